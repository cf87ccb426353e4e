"""When a location is open: its hours, days that differ, and closures, from a moment until another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from core.http.context import CoreContext
from core.http.office.access import ManageSettings, ReadStock
from core.http.office.answers import IfMatch, Once, Reply, etag
from core.http.problems import RESPONSES, ProblemError
from core.service import closures
from core.service.cause import Cause
from core.service.closures import Closing
from core.service.refusal import Refusal

router = APIRouter(prefix="/v1", tags=["network"], responses=RESPONSES)
Key = Annotated[str, Path(max_length=64)]
Span = tuple[Annotated[str, Field(max_length=5)], Annotated[str, Field(max_length=5)]]
DayHours = Annotated[list[Span], Field(max_length=12)]
SHOP = [["10:00", "19:00"]]
HOURS_EXAMPLE: Mapping[str, Any] = {"week": [*[SHOP] * 6, []], "special": {"2026-12-24": [["10:00", "16:00"]]}}
CLOSURE_EXAMPLE: Mapping[str, Any] = {
    "from_at": "2026-12-27T08:00:00+01:00", "until_at": "2027-01-02T08:00:00+01:00", "reason": "inventory",
}  # fmt: skip


class HoursBody(BaseModel):
    """By the location's clock. `week`: Monday first. `special`: hours of single days, [] closed.

    `region`: whose public holidays count besides the country's, for example "BY". On those it is closed, unless
    `open_on_holidays`.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(HOURS_EXAMPLE)]})
    week: list[DayHours] = Field(min_length=7, max_length=7)
    special: dict[Annotated[str, Field(max_length=10)], DayHours] = Field(default_factory=dict, max_length=400)
    region: str = Field(default="", max_length=10)
    open_on_holidays: bool = False


class ClosureBody(BaseModel):
    """`from_at` left out: from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(CLOSURE_EXAMPLE)]})
    from_at: AwareDatetime | None = None
    until_at: AwareDatetime
    reason: str = Field(default="", max_length=200)


class ClosureView(BaseModel):
    """`ended_at`: when it was said that it ends early."""

    id: str
    location_id: str
    from_at: datetime
    until_at: datetime
    reason: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    version: int


class HoursView(BaseModel):
    """`week` null: nobody entered hours; promises then assume careful ones. `version`: of the location."""

    location_id: str
    timezone: str
    week: list[DayHours] | None
    special: dict[str, DayHours]
    region: str
    open_on_holidays: bool
    closures: list[ClosureView]
    version: int


@router.get("/locations/{location_id}/hours", response_model=HoursView)
def read_hours(location_id: Key, _: ReadStock, core: CoreContext) -> Response:
    """With closures that are not over."""
    with core.database.read() as connection:
        found = closures.hours_of(connection, location_id, core.now())
    return _hours(found).send()


@router.put("/locations/{location_id}/hours", response_model=HoursView)
def replace_hours(location_id: Key, body: HoursBody, _: ManageSettings, once: Once, version: IfMatch) -> Response:
    """All of them. Promises and offers heed them at once. 412 `stale_version`, 422 `hours_invalid`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        hours = body.model_dump(mode="json", exclude_defaults=True)
        found = closures.set_hours(connection, cause, location_id, version, hours)
        return found if isinstance(found, Refusal) else _hours(found)

    return once.once(body, work)


@router.post("/locations/{location_id}/closures", status_code=201, response_model=ClosureView)
def close_location(location_id: Key, body: ClosureBody, _: ManageSettings, once: Once) -> Response:
    """No minute of it counts as open; sourcing does not ask the location meanwhile. 422 `closure_out_of_range`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        wanted = Closing(location_id, body.from_at or cause.received_at, body.until_at, body.reason)
        return _closure(closures.close(connection, cause, wanted), 201)

    return once.once(body, work)


@router.post("/closures/{closure_id}/end", response_model=ClosureView)
def end_closure(closure_id: Key, _: ManageSettings, once: Once, version: IfMatch) -> Response:
    """Open again from now on; a closure that has not begun never does. 409 `closure_over`, 412 `stale_version`."""

    def work(connection: Connection, cause: Cause) -> Reply | Refusal:
        return _closure(closures.end(connection, cause, closure_id, version), 200)

    return once.once({"version": version}, work)


def _hours(found: Mapping[str, Any] | Refusal) -> Reply:
    if isinstance(found, Refusal):
        raise ProblemError.of(found)
    hours = found["hours"] or {}
    view = HoursView(
        location_id=found["id"],
        timezone=found["timezone"],
        week=hours.get("week"),
        special=hours.get("special", {}),
        region=hours.get("region", ""),
        open_on_holidays=bool(hours.get("open_on_holidays")),
        closures=[ClosureView(**one) for one in found["closures"]],
        version=found["version"],
    )
    return Reply(view.model_dump(mode="json"), 200, etag(view.version))


def _closure(found: Mapping[str, Any] | Refusal, status: int) -> Reply | Refusal:
    if isinstance(found, Refusal):
        return found
    view = ClosureView(**found)
    return Reply(view.model_dump(mode="json"), status, etag(view.version))
