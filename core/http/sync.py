"""The sync routes: pull (NDJSON frames), push, server-sent pokes. Status codes speak of the batch, answers of commands.

409 `history_reset`: forget the cursor, pull with none, offer all kept commands again. 413: halve the batch. 426
`wire_unsupported`: update the app; `core_outdated`: the app is newer, and waits. 429 `file_not_ready`: the file that a
device begins with is being built; `busy`: see `core.http.lanes`. 401, 403: see `core.http.context`.
"""

import asyncio
import logging
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Header, Request, Response
from pydantic import TypeAdapter, ValidationError
from sse_starlette import EventSourceResponse
from starlette.responses import StreamingResponse

from core.contract.commands import Command
from core.contract.signing import Asked
from core.contract.sync import (
    MAX_PUSH_BYTES,
    MAX_PUSH_COMMANDS,
    OLDEST_WIRE,
    WIRE,
    Frame,
    Group,
    PullRequest,
    PushAnswer,
)
from core.http.body import too_large
from core.http.context import BodyOf, Core, CoreContext, CurrentDevice, device_by, reading, token_problem
from core.http.poke_stream import PokeStream
from core.http.problems import RESPONSES, ProblemError
from core.http.rush import are_claims
from core.http.spool import Abandoned, Spool, SpoolResponse
from core.service import envelope, sync
from core.service.cursors import parts_of
from core.service.devices import DEVICE_SUSPENDED, Device
from core.service.envelope import Unread
from core.service.shelf import FileNotReady

NDJSON = "application/x-ndjson"
WORTH_BYTES = 1_400  # a packet
_GZIP = 31  # as zlib calls it
PUSH_PATH, PULL_PATH, EVENTS_PATH = "/sync/v1/push", "/sync/v1/pull", "/sync/v1/events"
_PULLS = TypeAdapter(PullRequest)
log = logging.getLogger(__name__)

router = APIRouter(prefix="/sync/v1", tags=["sync"], responses=RESPONSES)


@router.post("/pull", response_class=StreamingResponse)
async def pull(
    request: PullRequest, device: CurrentDevice, core: CoreContext, accept_encoding: Annotated[str, Header()] = ""
) -> Response:
    """Frames, one JSON document a line: head, put and del ..., commit with the new cursor."""
    return await _pulled(core, device, request, "gzip" in accept_encoding)


async def answer_pull(state: Any, headers: Mapping[bytes, bytes], body_of: BodyOf) -> Response | None:
    """As the route. None for a body that is no pull, which the route says best."""
    core: Core = state.core
    read = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    device = await device_by(core, read.get("authorization", ""))
    body = await body_of()
    try:
        request = _PULLS.validate_json(body)
    except ValidationError:
        return None
    core.proofs.check(device, Asked("POST", PULL_PATH, body), read, core.now())
    return await _pulled(core, device, request, "gzip" in read.get("accept-encoding", ""))


async def _pulled(core: Core, device: Device, request: PullRequest, squeezed: bool) -> Response:
    check_wire(request.wire)
    # Work does not stand in line behind files that are being built.
    threads = core.pulls if request.group is Group.MAIN else core.cache_pulls
    spool, headers = Spool(), {"Cache-Control": "no-store"}
    writing = asyncio.ensure_future(threads.run(lambda: _written(core, device, request, spool, squeezed)))
    try:
        await asyncio.wait((spool.begun, writing), return_when=asyncio.FIRST_COMPLETED)
        if spool.begun.done():
            squeezing = {"Content-Encoding": "gzip"} if squeezed else {}
            return SpoolResponse(spool, headers | squeezing, NDJSON)
        whole = writing.result()
    except BaseException as fault:
        spool.close()
        raise _problem_of(fault) from None
    spool.close()
    return Response(whole, headers=headers, media_type=NDJSON)


def _problem_of(fault: BaseException) -> BaseException:
    """What the device is told; a fault that is none of its business stays what it is."""
    match fault:
        case sync.HistoryUnknown():
            return ProblemError(409, "history_reset")
        case sync.DeviceCopied():
            return token_problem(DEVICE_SUSPENDED)
        case FileNotReady(after_s=after_s):
            return ProblemError(429, "file_not_ready", retry_after_s=after_s)
    return fault


def _written(core: Core, device: Device, request: PullRequest, spool: Spool, squeezed: bool) -> bytes:
    """In a thread. All of a small answer, which is most of them and not worth squeezing; a larger one is spooled."""
    with closing(sync.pull(core.database, device, request, core.now(), core.shelf)) as frames:
        lines = b""
        for frame in frames:
            lines += line_of(frame)
            if len(lines) >= WORTH_BYTES:
                break
        else:
            return lines
        try:
            _spool(lines, frames, spool, squeezed)
        except Abandoned:
            log.info("the device took no more of its pull")
        except BaseException as fault:
            spool.end(fault)
        else:
            spool.end()
    return b""


def _spool(first: bytes, frames: Iterator[Frame], spool: Spool, squeezed: bool) -> None:
    squeeze = zlib.compressobj(level=1, wbits=_GZIP) if squeezed else None
    spool.write(squeeze.compress(first) if squeeze else first)
    for frame in frames:
        line = line_of(frame)
        spool.write(squeeze.compress(line) if squeeze else line)
    if squeeze:
        spool.write(squeeze.flush())


def line_of(frame: Frame) -> bytes:
    """Bodies that are JSON already go as they are."""
    return orjson.dumps(frame, default=orjson.Fragment, option=orjson.OPT_APPEND_NEWLINE)


@router.post("/push", response_model=PushAnswer)
async def push(request: Request) -> Response:
    """`{"commands": [...], "wire": 1}` -> an answer per command, in order. At most 200 commands or 256 KiB."""
    # `core.http.door` stands before it in the core; here it is for the OpenAPI document, and answers the same.
    return await answer_push(request.app.state, dict(request.headers.raw), request.body)


async def answer_push(state: Any, headers: Mapping[bytes, bytes], body_of: BodyOf) -> Response:
    """`state`: of the app."""
    core: Core = state.core
    read = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    device = await device_by(core, read.get("authorization", ""))
    body = await body_of()
    if len(body) > MAX_PUSH_BYTES:
        raise too_large(MAX_PUSH_BYTES)
    core.proofs.check(device, Asked("POST", PUSH_PATH, body), read, core.now())
    pushed = read_push(body)
    if are_claims(pushed.commands):
        answer = await state.rush.push(device, pushed.commands, core.now())
    else:
        try:
            answer = await core.pushes.run(
                lambda: sync.push(core.database, device, pushed.commands, core.now(), pushed.seen)
            )
        except sync.HistoryUnknown:
            raise ProblemError(409, "history_reset") from None
    return Response(orjson.dumps(answer), media_type="application/json")


class Pushed(NamedTuple):
    commands: list[Command | Unread]
    seen: str


def read_push(body: bytes) -> Pushed:
    """The commands of a push; what cannot be understood about one of them does not stop the others."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise ProblemError(422, "malformed", detail=str(fault)) from None
    raw = document.get("commands") if isinstance(document, dict) else None
    if not isinstance(raw, list):
        raise ProblemError(422, "malformed", detail="`commands` is a list", params={"field": "commands"})
    check_wire(document.get("wire", WIRE))
    if len(raw) > MAX_PUSH_COMMANDS:
        raise ProblemError(413, "too_many_commands", params={"limit": MAX_PUSH_COMMANDS})
    try:
        return Pushed([envelope.read(command) for command in raw], str(document.get("seen") or ""))
    except envelope.EnvelopeInvalid as fault:
        raise ProblemError(422, "malformed", detail=str(fault), params={"field": "commands"}) from None


def check_wire(wire: object) -> None:
    """An app that is too old has to be updated; one that is newer waits until the core is."""
    if type(wire) is not int or not OLDEST_WIRE <= wire <= WIRE:
        code = "core_outdated" if type(wire) is int and wire > WIRE else "wire_unsupported"
        raise ProblemError(426, code, params={"oldest": OLDEST_WIRE, "newest": WIRE})


@router.get("/events", response_class=EventSourceResponse)
async def events(device: CurrentDevice, core: CoreContext) -> Response:
    """Events named `poke` whose data is the name of a group that changed; comments in between as heartbeat."""
    return await _stream(core, device)


async def answer_events(state: Any, headers: Mapping[bytes, bytes], _: BodyOf) -> Response | None:
    """As the route. None for who sends a body."""
    if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
        return None
    core: Core = state.core
    read = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    device = await device_by(core, read.get("authorization", ""))
    core.proofs.check(device, Asked("GET", EVENTS_PATH, b""), read, core.now())
    return await _stream(core, device)


async def _stream(core: Core, device: Device) -> Response:
    parts = await reading(core, lambda: _parts(core, device))
    return PokeStream(core.pokes, parts)


def _parts(core: Core, device: Device) -> list[str]:
    with core.database.read() as connection:
        return [part for group in Group for part in parts_of(connection, device, group)]
