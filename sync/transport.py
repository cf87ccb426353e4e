"""The wire: HTTP requests out, contract values or faults of sync.errors in. The only place here that knows httpx.

Every wait has an end: connecting 5 s, answers 20 s, a silent stream of rows 30 s, a silent stream of pokes 60 s (the
core sends a comment every 15).
"""

import email.utils
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote

import httpx
import httpx_sse

from core.contract import signing
from core.contract.grants import PairingCode, UserGrant
from core.contract.signing import Asked
from core.contract.story import Story, Subject
from core.contract.sync import Enrolment, Frame, Group, OpaqueCommand, Problem, PullRequest, PushAnswer, PushRequest
from sync import codec, errors
from sync.identity import Applicant, Credentials, Identity
from sync.signing import Signer, is_wipe_order, proof_headers

LONGEST_LINE = 32 * 1024 * 1024
_PLAIN = httpx.Timeout(20, connect=5)
_ROWS = httpx.Timeout(30, connect=5)
_FILE_PIECE_BYTES = 512 * 1024
_POKES = httpx.Timeout(60, connect=5)
_FAULTS: dict[int, type[errors.SyncFault]] = {
    401: errors.Unauthorised,
    403: errors.Revoked,
    409: errors.ResetRequired,
    413: errors.TooLarge,
    426: errors.UpgradeRequired,
    429: errors.Throttled,
}
_OUTDATED: dict[tuple[int, str], type[errors.SyncFault]] = {(426, "core_outdated"): errors.CoreOutdated}
_JSON = {"Content-Type": "application/json"}
ENROL = "/device/v1/enrol"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nonce() -> str:
    return secrets.token_urlsafe(18)


class Transport(Protocol):
    """What the engine needs of the wire. Everything raises faults of sync.errors."""

    async def push(self, request: PushRequest) -> PushAnswer: ...

    async def hand_over(self, request: PushRequest | OpaqueCommand) -> PushAnswer: ...

    def pull(self, request: PullRequest) -> AsyncGenerator[Frame, None]: ...

    def file(self, id: str, start: int) -> AsyncGenerator[bytes, None]:
        """The bytes of a file from `start` on, in pieces of any length."""
        ...

    def pokes(self) -> AsyncGenerator[Group | None, None]:
        """First None, when the stream is open, then the groups that have news."""
        ...

    async def refresh(self) -> None:
        """A new access token, kept in the identity."""


class HttpTransport:
    """Speaks with the core named in the identity. Close with `aclose`.

    `signer` gives the device's key, None for a device that has none.
    """

    def __init__(
        self,
        identity: Identity,
        client: httpx.AsyncClient | None = None,
        signer: Callable[[], Signer | None] = lambda: None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._identity = identity
        self._client = client or httpx.AsyncClient(timeout=_PLAIN)
        self._signer = signer
        self._now = now
        # Core clock minus device clock. Measured at every answer, so that a refused signature is good the next time.
        self._offset = timedelta()
        # The core itself has told this device to hand over what it holds and to forget everything.
        self.wipe_ordered = False

    async def aclose(self) -> None:
        await self._client.aclose()

    async def push(self, request: PushRequest) -> PushAnswer:
        return codec.decode_push_answer(await self._post("/sync/v1/push", codec.encode_request(request)))

    async def pull(self, request: PullRequest) -> AsyncGenerator[Frame, None]:
        asked = Asked("POST", "/sync/v1/pull", codec.encode_request(request))
        with _faults():
            async with self._client.stream(
                "POST", self._url(asked.target), content=asked.body, headers=self._headers(asked), timeout=_ROWS
            ) as response:
                await self._expect_good(response)
                async for line in _lines(response):
                    yield codec.decode_frame(line)

    async def file(self, id: str, start: int) -> AsyncGenerator[bytes, None]:
        asked = Asked("GET", f"/sync/v1/files/{id}")
        wanted = {"Accept-Encoding": "identity"}
        if start:
            wanted |= {"Range": f"bytes={start}-", "If-Range": f'"{id}"'}
        with _faults():
            async with self._client.stream(
                "GET", self._url(asked.target), headers=self._headers(asked) | wanted, timeout=_ROWS
            ) as response:
                await self._expect_good(response)
                if start and response.status_code != httpx.codes.PARTIAL_CONTENT:
                    raise errors.InvalidAnswer("the core sends the file from its beginning")
                async for piece in response.aiter_bytes(_FILE_PIECE_BYTES):
                    yield piece

    async def pokes(self) -> AsyncGenerator[Group | None, None]:
        asked = Asked("GET", "/sync/v1/events")
        with _faults():
            async with httpx_sse.aconnect_sse(
                self._client, "GET", self._url(asked.target), headers=self._headers(asked), timeout=_POKES
            ) as source:
                await self._expect_good(source.response)
                yield None
                async for event in source.aiter_sse():
                    if event.data in tuple(Group):
                        yield Group(event.data)

    async def refresh(self) -> None:
        known, signer = self._known(), self._signer()
        told = {"refresh_token": known.refresh_token} | ({"public_key": signer.public_key} if signer else {})
        tokens = codec.decode_tokens(await self._post("/device/v1/token", codec.encode_request(told)))
        fresh = replace(known, access_token=tokens.access_token, refresh_token=tokens.refresh_token)
        self._identity.save(replace(fresh, core_key=tokens.core_key or known.core_key))

    async def sign_in(self, user_id: str, pin: str) -> UserGrant:
        """Raises Refused with `wrong_pin` or `may_not_sign_in`, Throttled where the person is locked out."""
        told = codec.encode_request({"user_id": user_id, "pin": pin})
        return codec.decode_grant(await self._post("/device/v1/sign-in", told))

    async def pairing_code(self, token: str) -> PairingCode:
        """`token`: of a manager's grant. Raises Refused with `not_permitted`."""
        return codec.decode_code(await self._post("/device/v1/codes", codec.encode_request({"token": token})))

    async def story(self, kind: Subject, id: str) -> Story:
        """Raises Refused where it is not this store's."""
        asked = Asked("GET", f"/device/v1/stories/{kind.value}/{quote(id, safe='')}")
        with _faults():
            response = await self._client.get(self._url(asked.target), headers=self._headers(asked), timeout=_PLAIN)
            await self._expect_good(response)
            return codec.decode_story(response.content)

    async def hand_over(self, request: PushRequest | OpaqueCommand) -> PushAnswer:
        """To head office: what is not to have an effect at once. Needs no token, only the device's key."""
        return codec.decode_push_answer(await self._post("/sync/v1/quarantine", codec.encode_request(request)))

    async def _post(self, path: str, body: bytes) -> bytes:
        headers = self._headers(Asked("POST", path, body))
        with _faults():
            response = await self._client.post(self._url(path), content=body, headers=headers, timeout=_PLAIN)
            await self._expect_good(response)
            return response.content

    async def _expect_good(self, response: httpx.Response) -> None:
        self._offset = _offset(response, self._now()) or self._offset
        if response.status_code == httpx.codes.FORBIDDEN:
            await response.aread()
            self._hear_order(codec.decode_problem(response.content, response.status_code))
        await _expect_good(response)

    def _hear_order(self, problem: Problem) -> None:
        known, told = self._known(), problem.params
        order = told.get("wipe_at_ms"), told.get("wipe")
        if problem.code == "device_revoked" and is_wipe_order(known.core_key, known.device_id, *order):
            self.wipe_ordered = True

    def _known(self) -> Credentials:
        known = self._identity.load()
        if known is None:
            raise errors.Unauthorised("this device is not enrolled")
        return known

    def _url(self, path: str) -> str:
        return self._known().core_url + path

    def _headers(self, asked: Asked) -> dict[str, str]:
        proof = proof_headers(self._signer(), asked, self._now() + self._offset, _nonce())
        known = self._known()
        return _JSON | {"Authorization": f"Bearer {known.access_token}", signing.DEVICE: known.device_id} | proof


async def enrol(
    core_url: str, applicant: Applicant, signer: Signer | None = None, client: httpx.AsyncClient | None = None
) -> Credentials:
    """Makes this device known to the core, by the key of `signer` from now on.

    Raises Refused with the problem's code (a used, expired or wrong code), or any other fault.
    """
    core_url = core_url.rstrip("/")
    own = client or httpx.AsyncClient()
    try:
        response = await _ask_to_enrol(own, core_url, applicant, signer)
        return _credentials(core_url, codec.decode_enrolment(response.content))
    finally:
        if client is None:
            await own.aclose()


async def _ask_to_enrol(
    client: httpx.AsyncClient, core_url: str, applicant: Applicant, signer: Signer | None
) -> httpx.Response:
    told = {"code": applicant.code, "name": applicant.name, "location_id": applicant.location_id}
    asked = Asked("POST", ENROL, codec.encode_request(told | ({"public_key": signer.public_key} if signer else {})))
    offset = timedelta()
    with _faults():
        for is_last in (False, True):
            proof = proof_headers(signer, asked, _utc_now() + offset, _nonce())
            response = await client.post(core_url + ENROL, content=asked.body, headers=_JSON | proof, timeout=_PLAIN)
            if not 400 <= response.status_code < 500:
                break
            problem = codec.decode_problem(response.content, response.status_code)
            if problem.code != "signature_expired" or is_last:
                raise errors.Refused(problem)
            # The clock of this device is wrong: the answer says by how much.
            offset = _offset(response, _utc_now()) or offset
        await _expect_good(response)
    return response


def _credentials(core_url: str, enrolment: Enrolment) -> Credentials:
    return Credentials(
        core_url=core_url,
        device_id=enrolment.device_id,
        device_number=enrolment.device_number,
        location_id=enrolment.location_id,
        company_prefix=enrolment.company_prefix,
        access_token=enrolment.access_token,
        refresh_token=enrolment.refresh_token,
        core_key=enrolment.core_key,
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
    if status in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        return
    await response.aread()
    problem = codec.decode_problem(response.content, status)
    kind = _OUTDATED.get((status, problem.code)) or _FAULTS.get(status)
    if kind is None and status >= 500:
        kind = errors.Unavailable
    fault = kind(f"{status} {problem.code} {problem.title}") if kind else errors.Refused(problem)
    fault.retry_after_s = _retry_after_s(response.headers.get("Retry-After", ""), datetime.now(UTC))
    raise fault


def _offset(response: httpx.Response, now: datetime) -> timedelta | None:
    """Core clock minus device clock, as its `Date` says; None where it says none."""
    try:
        told = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return told.replace(tzinfo=told.tzinfo or UTC) - now


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
