"""What a route can reach: the database, the clock, the live connections, and the device that speaks."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from core.contract.signing import Asked
from core.http.lanes import Lane
from core.http.pokes import Pokes
from core.http.problems import ProblemError
from core.http.proofs import Proofs, target_of
from core.http.turns import Turns
from core.service import device_keys, devices
from core.service.devices import Device
from core.service.refusal import Refusal
from core.service.shelf import Shelf
from core.settings import Settings
from core.store.database import Database

# Threads of one interpreter: more of them take turns, and each turn costs. What waits, waits without one. On SQLite one
# push is decided at a time; of those that pull caches most may wait for a file that is being built.
PULLS_AT_ONCE, CACHE_PULLS_AT_ONCE, PUSHES_AT_ONCE = 6, 12, 6
MOST_SEEN = 500


@dataclass(frozen=True, slots=True)
class Core:
    """`now`: the core's clock, aware UTC. `seen`: devices that asked for something, to be noted together."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]
    pokes: Pokes
    shelf: Shelf
    seen: Turns[tuple[Device, datetime], None]
    proofs: Proofs = field(default_factory=Proofs)
    pulls: Lane = field(default_factory=lambda: Lane(PULLS_AT_ONCE, "pulls"))
    cache_pulls: Lane = field(default_factory=lambda: Lane(CACHE_PULLS_AT_ONCE, "cache-pulls"))
    pushes: Lane = field(default_factory=lambda: Lane(PUSHES_AT_ONCE, "pushes"))


async def core_of(request: Request) -> Core:
    # Async, as is every dependency that waits for nothing: FastAPI sends the others through a thread.
    core = request.app.state.core
    assert isinstance(core, Core)
    return core


BodyOf = Callable[[], Awaitable[bytes]]  # reads the body of a request, once
CoreContext = Annotated[Core, Depends(core_of)]
T = TypeVar("T")


async def reading(core: Core, work: Callable[[], T]) -> T:
    """Does a short read that is asked for often.

    On SQLite here and now: rows of a local file are read in less time than a thread takes to begin, and readers wait
    for nobody. A PostgreSQL server is somewhere else, and is waited for in a thread.
    """
    return work() if core.database.is_sqlite else await run_in_threadpool(work)


def seen_by(database: Database) -> Turns[tuple[Device, datetime], None]:
    """A region that opens at nine is noted in a few writes, not in one for each tablet."""

    def note(seen: Sequence[tuple[Device, datetime]]) -> list[None]:
        devices.note_seen(database, [device for device, _ in seen], max(at for _, at in seen))
        return [None] * len(seen)

    return Turns(note, MOST_SEEN, "seen")


def bearer(authorization: str) -> str:
    """The token of an Authorization header, or ""."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def device_of(request: Request, core: CoreContext) -> Device:
    """Who speaks: its token, and the proof that the request is its own. 401, 403 as `device_by` and `Proofs.check`."""
    device = await device_by(core, request.headers.get("authorization", ""))
    core.proofs.check(device, await asked_of(request), request.headers, core.now())
    return device


async def asked_of(request: Request) -> Asked:
    """What a proof has to be of."""
    return Asked(request.method, target_of(request.scope), await request.body())


async def device_by(core: Core, authorization: str) -> Device:
    """The device of the access token. 401 `token_missing|token_invalid|token_expired`, 403 `device_revoked|...`."""
    token = bearer(authorization)
    if not token:
        raise ProblemError(401, "token_missing", detail="Send the access token: Authorization: Bearer ...")
    found, unseen = await reading(core, lambda: devices.recognise(core.database, token, core.now()))
    if unseen and isinstance(found, Device):
        await core.seen.ask((found, core.now()))
    if found == devices.DEVICE_REVOKED:
        raise await run_in_threadpool(revoked_problem, core, devices.named_by(core.database, token))
    if isinstance(found, Refusal):
        raise token_problem(found)
    return found


def revoked_problem(core: Core, device_id: str) -> ProblemError:
    """403 `device_revoked` with the order to the device to hand over what it holds and to forget everything."""
    with core.database.read() as connection:
        order = device_keys.wipe_order(connection, device_id, core.now())
    return ProblemError.of(replace(devices.DEVICE_REVOKED, params=order), 403)


def token_problem(refusal: Refusal) -> ProblemError:
    return ProblemError.of(refusal, 401 if refusal in (devices.TOKEN_INVALID, devices.TOKEN_EXPIRED) else 403)


Sent = Annotated[Asked, Depends(asked_of)]
CurrentDevice = Annotated[Device, Depends(device_of)]
