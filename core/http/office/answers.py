"""How the office API answers: writes once per key, changes by version, lists by cursor."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection, Integer, Select, tuple_
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.http.context import Core, CoreContext
from core.http.office.access import SignedIn
from core.http.problems import ProblemError
from core.service import idempotency
from core.service.cause import Cause, office_cause
from core.service.idempotency import Kept, Key
from core.service.refusal import Refusal
from core.service.sessions import Principal
from core.store.columns import UtcDateTime

MOST_TURNS = 4
LONGEST_KEY = 200
CURSOR_INVALID = ProblemError(422, "cursor_invalid", detail="Send next_cursor as it was given.")
Work = Callable[[Connection, Cause], "Reply | Refusal"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a write answers: kept under its key, sent again as often as the key comes again."""

    body: Any
    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self) -> Response:
        return Response(orjson.dumps(self.body), self.status, dict(self.headers), "application/json")


@dataclass(frozen=True, slots=True)
class Writing:
    """One POST: who, under which key. `again`: the work, in a transaction; a Refusal undoes all of it."""

    core: Core
    principal: Principal
    key: str
    route: str

    def cause(self) -> Cause:
        return office_cause(self.core.now(), self.principal.user_id or self.principal.id)

    def once(self, body: Any, work: Work, secret: tuple[str, ...] = ()) -> Response:
        """422 `idempotency_key_reused` where the key came with another request.

        `secret`: fields of the answer that are told once and not kept; a repetition answers with them empty.
        """
        key = self.key_of(body)
        for _ in range(MOST_TURNS):
            try:
                return self._turn(key, work, secret).send()
            except DBAPIError as fault:
                if not _is_clash(fault):
                    raise
                clash = fault
        raise clash

    def once_apart(self, body: Any, work: Callable[[], Any]) -> Response:
        """For work that commits in steps and may be done again: a repetition after a crash does it again."""
        key = self.key_of(body)
        with self.core.database.write() as connection:
            known = self._known(connection, key)
        if known is not None:
            return known.send()
        answer = Reply(work(), 200)
        with self.core.database.write() as connection:
            _keep(connection, key, answer, ())
        return answer.send()

    def _turn(self, key: Key, work: Work, secret: tuple[str, ...]) -> Reply:
        with self.core.database.write() as connection:
            known = self._known(connection, key)
            if known is not None:
                return known
            reply = work(connection, self.cause())
            if isinstance(reply, Refusal):
                raise ProblemError.of(reply)
            _keep(connection, key, reply, secret)
            return reply

    def key_of(self, body: Any) -> Key:
        return Key(self.key, f"{self.principal.id} {self.route}", fingerprint(body))

    def _known(self, connection: Connection, key: Key) -> Reply | None:
        known = idempotency.claim(connection, key, self.core.now())
        if isinstance(known, Refusal):
            raise ProblemError.of(known)
        if known is None:
            return None
        return replayed(known)


def replayed(known: Kept) -> Reply:
    kept = known.response
    return Reply(kept["body"], known.status, {**kept["headers"], "Idempotent-Replayed": "true"})


def keepable(reply: Reply) -> Kept:
    """As it goes into the database; whatever orjson writes may be in the body."""
    return Kept(reply.status, {"body": reply.body, "headers": dict(reply.headers)})


def _is_clash(fault: DBAPIError) -> bool:
    """The same key at the same moment, or a circle of transactions that the database broke: both are tried again."""
    return isinstance(fault, IntegrityError) or (getattr(fault.orig, "sqlstate", None) or "").startswith("40")


def _keep(connection: Connection, key: Key, reply: Reply, secret: tuple[str, ...]) -> None:
    if secret:
        body = orjson.loads(orjson.dumps(reply.body))
        reply = replace(reply, body={name: "" if name in secret else value for name, value in body.items()})
    idempotency.keep(connection, key, keepable(reply))


def fingerprint(body: Any) -> str:
    """Of what the request says, however its JSON is spaced."""
    if isinstance(body, BaseModel):
        body = body.model_dump(mode="json")
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def writing(
    request: Request,
    core: CoreContext,
    principal: SignedIn,
    idempotency_key: Annotated[str, Header(max_length=LONGEST_KEY, description="One a write, the same again.")] = "",
) -> Writing:
    """400 `idempotency_key_missing`."""
    return writing_of(core, principal, idempotency_key, f"{request.method} {request.url.path}?{request.url.query}")


def writing_of(core: Core, principal: Principal, key: str, route: str) -> Writing:
    if not key:
        raise ProblemError(400, "idempotency_key_missing", detail="Send a header Idempotency-Key with each POST.")
    return Writing(core, principal, key, route)


Once = Annotated[Writing, Depends(writing)]


async def version_of(
    if_match: Annotated[str, Header(description="The ETag of what was read.", examples=['"3"'])] = "",
) -> int:
    """428 `if_match_missing`, 412 `stale_version` for what is no version of ours."""
    if not if_match:
        raise ProblemError(428, "if_match_missing", detail="Send the ETag that was read as If-Match.")
    text = if_match.removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit():
        raise ProblemError(412, "stale_version", detail="If-Match takes one ETag, as it was read.")
    return int(text)


IfMatch = Annotated[int, Depends(version_of)]


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


class Page(BaseModel, Generic[T]):
    """`next_cursor`: to be sent as `cursor` for what follows; null on the last page."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    limit: int
    after: tuple[Any, ...] | None

    def rows(self, connection: Connection, query: Select[Any], *keys: Any, descending: bool = False) -> list[Any]:
        """One row more than the page has, sorted by `keys`, which together are unique."""
        if self.after is not None:
            if [type(part) for part in self.after] != [_kind(key) for key in keys]:
                raise CURSOR_INVALID
            here = tuple_(*keys)
            query = query.where(here < self.after if descending else here > self.after)
        ordered = query.order_by(*(key.desc() if descending else key for key in keys))
        return list(connection.execute(ordered.limit(self.limit + 1)))

    def page(self, rows: list[Any], view: Callable[[Any], Any], key: Callable[[Any], tuple[Any, ...]]) -> Any:
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return {
            "items": [view(row) for row in shown],
            "next_cursor": _cursor(key(shown[-1])) if more and shown else None,
        }


def _kind(column: Any) -> type:
    """What a cursor holds of a column that lists are sorted by."""
    if isinstance(column.type, UtcDateTime):
        return datetime
    return int if isinstance(column.type, Integer) else str


def _cursor(key: tuple[Any, ...]) -> str:
    parts = [f"@{part.isoformat()}" if isinstance(part, datetime) else part for part in key]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


async def paging(
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str, Query(max_length=500, description="next_cursor of the page before.")] = "",
) -> Paging:
    """422 `cursor_invalid`."""
    if not cursor:
        return Paging(limit, None)
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return Paging(limit, tuple(map(_part, key)))
    except (binascii.Error, ValueError, TypeError) as fault:
        raise CURSOR_INVALID from fault


def _part(part: Any) -> Any:
    if not isinstance(part, str | int):
        raise TypeError(part)
    return datetime.fromisoformat(part[1:]) if isinstance(part, str) and part.startswith("@") else part


PageOf = Annotated[Paging, Depends(paging)]
