"""What a person must look at, and what still waits for the core: every action of this device that is not settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.store import attention, documents, outbox, readable, references
from app.store.database import Database
from core.contract import rules
from core.contract.commands import Command, StartRun
from core.domain.collection import Collection
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.outcome import Verdict
from core.domain.runs import PickRun

# Doing it again can only help where the core itself was the obstacle; a fact that it flagged has happened once.
RETRYABLE = frozenset({"internal", "unsupported_command", "not_permitted", "busy"})
SHOWN_WAITING = 100


@dataclass(frozen=True, slots=True)
class ActionView:
    """`name`: of the command; `about`: the order, run or list as people call it, "" where it is not known here."""

    command_id: str
    name: str
    about: str
    who: str
    at: datetime
    answered: bool  # the core has it, its effects have not come down yet


@dataclass(frozen=True, slots=True)
class AttentionItemView:
    """`code` and `params` name the sentence of the core. `counts`: it took effect all the same."""

    action: ActionView
    code: str
    params: tuple[tuple[str, str | int], ...]
    decided_at: datetime
    counts: bool
    retryable: bool


@dataclass(frozen=True, slots=True)
class AttentionView:
    """Oldest first. `waiting` has at most the first 100 of `waiting_total`."""

    items: tuple[AttentionItemView, ...]
    waiting: tuple[ActionView, ...]
    waiting_total: int


def attention_view(database: Database) -> AttentionView:
    with database.read() as connection:
        names = {user.id: user.name for user in references.users(connection)}
        items = tuple(_item(connection, item, names) for item in attention.items(connection))
        unfinished = outbox.unfinished(connection, SHOWN_WAITING)
        waiting = tuple(_action(connection, command, names, answered) for command, answered in unfinished)
        return AttentionView(items, waiting, outbox.waiting(connection))


def _item(connection: Connection, item: attention.Item, names: Mapping[str, str]) -> AttentionItemView:
    return AttentionItemView(
        action=_action(connection, item.command, names, answered=True),
        code=item.code,
        params=tuple(sorted(readable.params(connection, item.code, item.params).items())),
        decided_at=item.decided_at,
        counts=item.verdict is Verdict.ATTENTION,
        retryable=item.verdict is Verdict.REJECTED and item.code in RETRYABLE,
    )


def _action(connection: Connection, command: Command, names: Mapping[str, str], answered: bool) -> ActionView:
    return ActionView(
        command_id=command.id,
        name=command.name,
        about=_about(connection, command),
        who=names.get(command.user_id, ""),
        at=command.at,
        answered=answered,
    )


def _about(connection: Connection, command: Command) -> str:
    """What the command speaks of: a run by its number, an order by its short id."""
    if isinstance(command.arguments, StartRun):
        return command.arguments.number
    asked_of = getattr(command.arguments, "collection_id", "")
    for key in rules.touches(command.arguments) or ((("collection", asked_of),) if asked_of else ()):
        match documents.get(connection, key):
            case Fulfilment(short_id=short_id):
                return short_id
            case PickRun(number=number):
                return number
            case Manifest(carrier=carrier):
                return carrier
            case Collection(short_id=short_id):
                return short_id
    return ""
