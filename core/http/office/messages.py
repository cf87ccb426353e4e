"""Messages to customers: their texts, by division, kind and language in versions; and those on their way."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from core.domain.messages import KINDS, LANGUAGES, LONGEST, Template, render
from core.http.context import CoreContext
from core.http.office.access import ManageSettings, ReadOrders, WriteOrders
from core.http.office.answers import IfMatch, Once, Page, PageOf, Reply, etag
from core.http.office.orders import found
from core.http.problems import RESPONSES, ProblemError
from core.service import message_templates, messages
from core.service.cause import Cause, office_cause
from core.service.message_templates import InForce
from core.service.refusal import Refusal
from core.store import tables as t

router = APIRouter(prefix="/v1", tags=["messages"], responses=RESPONSES)
OF_DIVISION = "/divisions/{division_id}/messages"


class TemplateBody(BaseModel):
    """Places in braces: order_number, customer_name, brand, store, address, hours, pick_up_by, pick_up_code; of the
    kind `locker` also locker_code and compartment. `html`: left out, it is made of the text.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"subject": "{order_number} is ready", "text": "Your code: {pick_up_code}\n\n{store}"}]
        },
    )
    subject: str = Field(min_length=1, max_length=LONGEST["subject"])
    text: str = Field(min_length=1, max_length=LONGEST["text"])
    html: str = Field(default="", max_length=LONGEST["html"])

    def template(self) -> Template:
        return Template(self.subject, self.text, self.html)


class TemplateView(BaseModel):
    """`version` 0: nobody wrote another one."""

    kind: str
    language: str
    version: int
    subject: str
    text: str
    html: str


class Preview(BaseModel):
    subject: str
    text: str
    html: str


class LanguageBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"language": "fr"}]})
    language: str = Field(max_length=8)


class MessageView(BaseModel):
    """`state`: waiting, sent, dead (nobody tries any more, `error` says why) or dropped (not true any more)."""

    id: str
    order_id: str
    number: str
    collection_id: str
    kind: str
    state: str
    language: str
    made_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    failures: int
    error: str


@router.get(OF_DIVISION)
def list_templates(division_id: str, _: ManageSettings, core: CoreContext) -> list[TemplateView]:
    """Every kind in every language, as it is in force."""
    with core.database.read() as connection:
        shown = [message_templates.read(connection, division_id, kind, tag) for kind in KINDS for tag in LANGUAGES]
    return [TemplateView(**_view(_found(one))) for one in shown]


@router.put(OF_DIVISION + "/language", status_code=200)
def put_language(division_id: str, body: LanguageBody, _: ManageSettings, core: CoreContext) -> LanguageBody:
    """In which customers are written to who named none. 422 `language_unknown`."""
    with core.database.write() as connection:
        refused = message_templates.put_language(connection, division_id, body.language)
    if refused is not None:
        raise ProblemError.of(refused)
    return body


@router.get(OF_DIVISION + "/{kind}/{language}", response_model=TemplateView)
def read_template(
    division_id: str,
    kind: str,
    language: str,
    _: ManageSettings,
    core: CoreContext,
    version: Annotated[int | None, Query(ge=0, description="Left out: what is in force.")] = None,
) -> Response:
    with core.database.read() as connection:
        shown = _found(message_templates.read(connection, division_id, kind, language, version))
    return Reply(_view(shown), 200, etag(shown.version)).send()


@router.put(OF_DIVISION + "/{kind}/{language}", response_model=TemplateView)
def put_template(
    division_id: str,
    kind: str,
    language: str,
    body: TemplateBody,
    principal: ManageSettings,
    core: CoreContext,
    version: IfMatch,
) -> Response:
    """From now on. 412 `stale_version`, 422 `template_invalid` with field, value and what was expected."""
    cause = office_cause(core.now(), principal.user_id or principal.id)
    with core.database.write() as connection:
        made = message_templates.put(connection, cause, division_id, (kind, language, version), body.template())
    shown = _found(made)
    return Reply(_view(shown), 200, etag(shown.version)).send()


@router.post(OF_DIVISION + "/{kind}/{language}/preview", status_code=200)
def preview_template(
    division_id: str, kind: str, language: str, body: TemplateBody, _: ManageSettings, core: CoreContext
) -> Preview:
    """As a customer would read it, of an order that does not exist; nothing is kept."""
    with core.database.read() as connection:
        _found(message_templates.read(connection, division_id, kind, language))
    if (refused := message_templates.invalid(kind, body.template())) is not None:
        raise ProblemError.of(refused)
    filled = render(body.template(), message_templates.sample_values(language), language)
    return Preview(**asdict(filled))


@router.get("/messages", response_model=Page[MessageView])
def list_messages(
    _: ReadOrders,
    core: CoreContext,
    page: PageOf,
    state: Literal["", "waiting", "sent", "dead", "dropped"] = "",
    order: Annotated[str, Query(max_length=100, description="Number or id; left out: of all orders.")] = "",
) -> Any:
    """Newest first; `state=dead` is what head office looks at. Nothing in it is personal."""
    m = t.messages.c
    with core.database.read() as connection:
        query = messages.listed(state, found(connection, order) if order else "")
        rows = page.rows(connection, query, m.made_at, m.id, descending=True)
    return page.page(rows, lambda row: row._asdict(), lambda row: (row.made_at, row.id))


@router.post("/messages/{message_id}/retry", status_code=200)
def retry_message(message_id: str, _: WriteOrders, once: Once) -> Response:
    """What was given up is tried again, with the address and text of now. 409 `message_not_dead`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return messages.retry(connection, cause, message_id) or Reply({}, 200)

    return once.once(None, work)


def _found(one: InForce | Refusal) -> InForce:
    if isinstance(one, Refusal):
        raise ProblemError.of(one)
    return one


def _view(one: InForce) -> dict[str, Any]:
    return {"kind": one.kind, "language": one.language, "version": one.version} | asdict(one.template)
