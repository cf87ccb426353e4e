"""The wire: HTTP requests out, contract values or faults of sync.errors in. The only place here that knows httpx.

Every wait has an end: connecting 5 s, answers 20 s, a silent stream of rows 30 s, a silent stream of pokes 60 s (the
core sends a comment every 15).
"""

import email.utils
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

import httpx
import httpx_sse

from core.contract.sync import Enrolment, Frame, Group, PullRequest, PushAnswer, PushRequest
from sync import codec, errors
from sync.identity import Credentials, Identity

LONGEST_LINE = 32 * 1024 * 1024
_PLAIN = httpx.Timeout(20, connect=5)
_ROWS = httpx.Timeout(30, connect=5)
_POKES = httpx.Timeout(60, connect=5)
_FAULTS: dict[int, type[errors.SyncFault]] = {
    401: errors.Unauthorised,
    403: errors.Revoked,
    409: errors.ResetRequired,
    413: errors.TooLarge,
    426: errors.UpgradeRequired,
    429: errors.Throttled,
}
_JSON = {"Content-Type": "application/json"}


class Transport(Protocol):
    """What the engine needs of the wire. Everything raises faults of sync.errors."""

    async def push(self, request: PushRequest) -> PushAnswer: ...

    def pull(self, request: PullRequest) -> AsyncGenerator[Frame, None]: ...

    def pokes(self) -> AsyncGenerator[Group | None, None]:
        """First None, when the stream is open, then the groups that have news."""
        ...

    async def refresh(self) -> None:
        """A new access token, kept in the identity."""


class HttpTransport:
    """Speaks with the core named in the identity. Close with `aclose`."""

    def __init__(self, identity: Identity, client: httpx.AsyncClient | None = None) -> None:
        self._identity = identity
        self._client = client or httpx.AsyncClient(timeout=_PLAIN)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def push(self, request: PushRequest) -> PushAnswer:
        body = await self._post("/sync/v1/push", codec.encode_request(request), self._headers())
        return codec.decode_push_answer(body)

    async def pull(self, request: PullRequest) -> AsyncGenerator[Frame, None]:
        url, body = self._url("/sync/v1/pull"), codec.encode_request(request)
        with _faults():
            async with self._client.stream(
                "POST", url, content=body, headers=self._headers(), timeout=_ROWS
            ) as response:
                await _expect_good(response)
                async for line in _lines(response):
                    yield codec.decode_frame(line)

    async def pokes(self) -> AsyncGenerator[Group | None, None]:
        url = self._url("/sync/v1/events")
        with _faults():
            async with httpx_sse.aconnect_sse(
                self._client, "GET", url, headers=self._headers(), timeout=_POKES
            ) as source:
                await _expect_good(source.response)
                yield None
                async for event in source.aiter_sse():
                    if event.data in tuple(Group):
                        yield Group(event.data)

    async def refresh(self) -> None:
        known = self._known()
        body = codec.encode_request({"refresh_token": known.refresh_token})
        access_token, refresh_token = codec.decode_tokens(await self._post("/device/v1/token", body, _JSON))
        self._identity.save(replace(known, access_token=access_token, refresh_token=refresh_token))

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        with _faults():
            response = await self._client.post(self._url(path), content=body, headers=headers, timeout=_PLAIN)
            await _expect_good(response)
            return response.content

    def _known(self) -> Credentials:
        known = self._identity.load()
        if known is None:
            raise errors.Unauthorised("this device is not enrolled")
        return known

    def _url(self, path: str) -> str:
        return self._known().core_url + path

    def _headers(self) -> dict[str, str]:
        return _JSON | {"Authorization": f"Bearer {self._known().access_token}"}


async def enrol(
    core_url: str, code: str, name: str, client: httpx.AsyncClient | None = None, location_id: str = ""
) -> Credentials:
    """Makes this device known to the core. `code`: the one-time pairing code; `name`: what colleagues call the device.

    `location_id`: the store whose unsent work the device keeps; a code of another store is refused then.

    Raises Refused with the problem's code (a used, expired or wrong code), or any other fault.
    """
    core_url = core_url.rstrip("/")
    own = client or httpx.AsyncClient()
    try:
        with _faults():
            body = codec.encode_request({"code": code, "name": name, "location_id": location_id})
            response = await own.post(f"{core_url}/device/v1/enrol", content=body, headers=_JSON, timeout=_PLAIN)
            if 400 <= response.status_code < 500:
                raise errors.Refused(codec.decode_problem(response.content, response.status_code))
            await _expect_good(response)
        return _credentials(core_url, codec.decode_enrolment(response.content))
    finally:
        if client is None:
            await own.aclose()


def _credentials(core_url: str, enrolment: Enrolment) -> Credentials:
    return Credentials(
        core_url=core_url,
        device_id=enrolment.device_id,
        device_number=enrolment.device_number,
        location_id=enrolment.location_id,
        company_prefix=enrolment.company_prefix,
        access_token=enrolment.access_token,
        refresh_token=enrolment.refresh_token,
    )


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as fault:
        raise errors.Unreachable(str(fault)) from fault
    except (httpx.HTTPError, httpx.InvalidURL, httpx_sse.SSEError) as fault:
        raise errors.Broken(str(fault)) from fault


async def _expect_good(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    await response.aread()
    kind = _FAULTS.get(status) or (errors.Unavailable if status >= 500 else None)
    problem = codec.decode_problem(response.content, status)
    fault = kind(f"{status} {problem.code} {problem.title}") if kind else errors.Refused(problem)
    fault.retry_after_s = _retry_after_s(response.headers.get("Retry-After", ""), datetime.now(UTC))
    raise fault


def _retry_after_s(text: str, now: datetime) -> float | None:
    """Seconds; RFC 9110 allows a number or a date."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in response.aiter_bytes():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in filter(None, whole):
            yield line
        if len(rest) > LONGEST_LINE:
            raise errors.InvalidAnswer("a line without an end")
    if rest:
        yield rest
