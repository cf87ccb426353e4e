"""What a screen can reach besides `app.ui`: the database, who stands there, the printer, the way to the core."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, cast

import flet as ft

from app.actions.desk import Desk
from app.devices.printer import Printer
from app.queries.people import PersonView, StoreView, person, store
from app.queries.work import Reader
from app.state.session import Identity, Session
from app.state.walks import Walks
from app.store.database import Database
from app.ui import use_query, use_translations
from core.contract.commands import How
from core.contract.grants import PairingCode
from core.contract.story import Subject
from core.domain.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class PairingRefused(Outcome):
    """`problem`: the code of `app.words` that says why."""

    code: ClassVar[str] = "pairing_refused"
    verdict: ClassVar[Verdict] = Verdict.REJECTED
    problem: str


class Link(Protocol):
    """The way to the core. Only pairing waits for it; everything else is carried out by the sync loop."""

    async def enrol(self, code: str, name: str) -> Identity | Outcome:
        """Pairs this device, or says why not; ends within 20 seconds."""

    async def pairing_code(self, user_id: str) -> PairingCode | PairingRefused:
        """For one more device of this store, asked for by somebody who may; ends within seconds."""

    async def confirm(self, user_id: str, pin: str) -> Outcome | None:
        """Signs somebody in with the core's help, in seconds; None where it cannot be asked now."""

    async def story(self, kind: Subject, id: str) -> bool:
        """Reads the story of an order through and keeps it here; False where the core cannot be asked now."""

    def nudge(self) -> None:
        """There is something to send: do not wait for the next turn."""

    def try_now(self) -> None:
        """A person asked to connect again now."""


@dataclass(frozen=True, eq=False)
class Workplace:
    """One window of the device. `changed` tells every window of it that these topics changed, and the sync loop."""

    database: Database
    walks: Walks
    session: Session
    printer: Printer
    link: Link
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    changed: Callable[..., None]
    core_address: str = ""


_workplace = ft.create_context(cast(Workplace | None, None))
HOW = {"wedge": How.WEDGE, "camera": How.CAMERA, "typed": How.MANUAL}


def provide_workplace(workplace: Workplace, build: Callable[[], object]) -> object:
    return _workplace(workplace, build)


def use_workplace() -> Workplace:
    workplace = ft.use_context(_workplace)
    if workplace is None:
        raise RuntimeError("no Workplace: wrap the root in app.context.provide_workplace(...)")
    return workplace


def use_session() -> Session:
    """Redraws when somebody signs in or out, or the device is paired."""
    session, _ = ft.use_state(use_workplace().session)
    return session


def use_desk() -> Desk:
    """Where actions are taken, in the name of who is signed in."""
    workplace, session = use_workplace(), use_session()
    identity = session.identity
    if identity is None:
        raise RuntimeError("a screen that acts is shown only on a paired device")
    return Desk(
        database=workplace.database,
        walks=workplace.walks,
        location_id=identity.location_id,
        device_number=identity.device_number,
        company_prefix=identity.company_prefix,
        user_id=session.user_id,
        clock=workplace.clock,
        new_id=workplace.new_id,
    )


def use_reader() -> Reader:
    """For whom lists are made: store, person, language."""
    session = use_session()
    language = use_translations().language.tag
    return Reader(session.identity.location_id if session.identity else "", session.user_id, language)


def use_person() -> PersonView | None:
    """Who is signed in, as the core knows them now."""
    workplace, user_id = use_workplace(), use_session().user_id
    return use_query(lambda: person(workplace.database, user_id), "people", deps=(user_id,))


def use_store() -> StoreView | None:
    """None until the first pull has come."""
    workplace, reader = use_workplace(), use_reader()
    return use_query(lambda: store(workplace.database, reader.location_id), "people", deps=(reader.location_id,))
