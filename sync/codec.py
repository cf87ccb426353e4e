"""The protocol as JSON: what core.contract.sync says, one JSON document a line in a pull."""

import base64
import zlib
from typing import Any

import msgspec

from core.contract.commands import Command
from core.contract.grants import PairingCode, UserGrant
from core.contract.story import Story
from core.contract.sync import (
    CacheFile,
    Commit,
    Delete,
    Enrolment,
    Frame,
    Head,
    OpaqueCommand,
    Problem,
    PullRequest,
    PushAnswer,
    PushRequest,
    Put,
)
from sync.errors import InvalidAnswer


class _Head(msgspec.Struct, tag_field="t", tag="head"):
    full: bool
    ranges: tuple[int, ...] = ()


class _Put(msgspec.Struct, tag_field="t", tag="put"):
    e: str
    rows: list[tuple[str, int, msgspec.Raw]]


class _Delete(msgspec.Struct, tag_field="t", tag="del"):
    e: str
    ids: tuple[str, ...]


class _Commit(msgspec.Struct, tag_field="t", tag="commit"):
    cursor: str
    rows: int | None = None
    sum: int | None = None
    audit: str = ""


class Tokens(msgspec.Struct, frozen=True):
    """The part of a new Enrolment that changes."""

    access_token: str
    refresh_token: str
    core_key: str = ""


class _File(msgspec.Struct, tag_field="t", tag="file"):
    id: str
    size_bytes: int
    unpacked_bytes: int
    chunks: tuple[str, ...]
    rows: int
    cursor: str
    format: int


_FRAMES = msgspec.json.Decoder(_Head | _Put | _Delete | _Commit | _File)
_PUSH_ANSWERS = msgspec.json.Decoder(PushAnswer)
_ENROLMENTS = msgspec.json.Decoder(Enrolment)
_GRANTS = msgspec.json.Decoder(UserGrant)
_CODES = msgspec.json.Decoder(PairingCode)
_PROBLEMS = msgspec.json.Decoder(Problem)
_TOKENS = msgspec.json.Decoder(Tokens)
_STORIES = msgspec.json.Decoder(Story)
_ENCODER = msgspec.json.Encoder()


def encode_command(command: Command) -> bytes:
    return _ENCODER.encode(command)


def encode_request(request: PullRequest | PushRequest | OpaqueCommand | dict[str, str]) -> bytes:
    return _ENCODER.encode(request)


def opaque(command: Command) -> OpaqueCommand:
    return OpaqueCommand(base64.b64encode(zlib.compress(encode_command(command), 9)).decode())


def decode_frame(line: bytes) -> Frame:
    """One line of a pull. The bodies of a `Put` stay JSON bytes: who keeps them knows what they are."""
    match _read(_FRAMES, line):
        case _Head(full=full, ranges=ranges):
            return Head(full, ranges)
        case _Put(e=e, rows=rows):
            return Put(e, tuple((i, ver, bytes(body)) for i, ver, body in rows))
        case _Delete(e=e, ids=ids):
            return Delete(e, ids)
        case _Commit(cursor=cursor, rows=rows, sum=value, audit=audit):
            return Commit(cursor, rows, value, audit)
        case _File() as file:
            return CacheFile(**msgspec.structs.asdict(file))
        case other:
            raise AssertionError(other)


def decode_push_answer(body: bytes) -> PushAnswer:
    answer: PushAnswer = _read(_PUSH_ANSWERS, body)
    return answer


def decode_enrolment(body: bytes) -> Enrolment:
    enrolment: Enrolment = _read(_ENROLMENTS, body)
    return enrolment


def decode_tokens(body: bytes) -> Tokens:
    tokens: Tokens = _read(_TOKENS, body)
    return tokens


def decode_grant(body: bytes) -> UserGrant:
    grant: UserGrant = _read(_GRANTS, body)
    return grant


def decode_story(body: bytes) -> Story:
    story: Story = _read(_STORIES, body)
    return story


def decode_code(body: bytes) -> PairingCode:
    code: PairingCode = _read(_CODES, body)
    return code


def decode_problem(body: bytes, status: int) -> Problem:
    """Whatever an error's body is: proxies answer in HTML."""
    try:
        problem: Problem = _PROBLEMS.decode(body)
        return problem
    except msgspec.MsgspecError:
        return Problem(code=f"http_{status}", title="", status=status)


def _read(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise InvalidAnswer(str(fault)) from fault
