"""What happened to an order: as the core told it last, and what was done about it on this device since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from app.queries.work import Reader, label
from app.store import commands, documents, references, stories
from app.store.database import Database, driver
from app.store.documents import Where
from core.contract.commands import Command
from core.contract.story import Story, Subject

LOOKED_AT: Final = 2_000  # newest commands of this device
UNDECIDED: Final = ("queued", "answered")


@dataclass(frozen=True, slots=True)
class StoryLineView:
    """`code`: of an event, or with `own` the name of a command of this device that the core has not told yet.

    `waits`: the core has not decided it. `reason`: in the reader's language, else its code.
    """

    id: str
    code: str
    params: tuple[tuple[str, str], ...]
    at: datetime
    who: str
    where: str
    reason: str
    own: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class StoryView:
    """Newest first. `told_at`: None where the core has never told it to this device."""

    told_at: datetime | None
    lines: tuple[StoryLineView, ...]


def story_view(database: Database, reader: Reader, kind: Subject, id: str) -> StoryView:
    with database.read() as connection:
        story = stories.kept(connection, kind, id)
        reasons = {reason.id: label(reason.labels, reader.language) for reason in references.all_reasons(connection)}
        told = [_told(line, reasons) for line in story.lines] if story else []
        known = {line.command_id for line in story.lines} if story else set()
        own = [*_own(connection, reader, _ids(connection, reader, kind, id), known, story)]
    lines = sorted([*told, *own], key=lambda line: (line.at, line.id), reverse=True)
    return StoryView(story.told_at if story else None, tuple(lines))


def _told(line: Any, reasons: dict[str, str]) -> StoryLineView:
    params = tuple(sorted(line.params.items()))
    reason = reasons.get(line.reason, line.reason)
    return StoryLineView(line.id, line.code, params, line.at, line.who, line.where, reason)


def _ids(connection: Connection, reader: Reader, kind: Subject, id: str) -> frozenset[str]:
    """Of everything here that belongs to the same order."""
    if kind is Subject.OFFER:
        return frozenset({id})
    here: list[Any] = [
        document
        for entity in (Subject.FULFILMENT.value, Subject.COLLECTION.value)
        for document in documents.all(connection, entity, Where(location_id=reader.location_id))
    ]
    orders = {document.order_id for document in here if document.id == id}
    return frozenset({id, *(document.id for document in here if document.order_id in orders)})


def _own(
    connection: Connection, reader: Reader, ids: frozenset[str], known: set[str], story: Story | None
) -> Iterator[StoryLineView]:
    """What was done here that the core has not told: it waits, or was decided after the story was told."""
    names = {user.id: user.name for user in references.users(connection)}
    rows = driver(connection).execute(
        f"SELECT {commands.COLUMNS}, state, decided_at FROM command ORDER BY seq DESC LIMIT ?", (LOOKED_AT,)
    )
    for *columns, state, decided_at in rows.fetchall():
        waits = state in UNDECIDED
        is_news = story is None or not decided_at or datetime.fromisoformat(decided_at) >= story.told_at
        command = commands.from_row(columns)
        if command.id not in known and (waits or is_news) and ids & _about(command) and state != "rejected":
            who = names.get(command.user_id, "")
            yield StoryLineView(command.id, command.name, (), command.at, who, "", "", own=True, waits=waits)


def _about(command: Command) -> set[str]:
    said = command.arguments
    one = {getattr(said, name, "") for name in ("fulfilment_id", "collection_id", "offer_id")}
    return {*one, *getattr(said, "fulfilment_ids", ())} - {""}
