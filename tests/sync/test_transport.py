from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.store.identity import FileIdentity
from core.contract import signing
from core.contract.commands import Command, How, ScanItem
from core.contract.story import Subject
from core.contract.sync import Commit, Delete, Frame, Group, Head, PullRequest, PushRequest, Put
from core.domain.outcome import Verdict
from sync import errors
from sync.identity import Applicant, Credentials
from sync.signing import SeedSigner
from sync.transport import HttpTransport, enrol

Handler = Callable[[httpx.Request], httpx.Response]
KNOWN = Credentials("http://core", "dev-1", 7, "paris", "3012345", "access", "refresh")
COMMAND = Command("c1", 1, "ScanItem", 1, "ann", datetime(2026, 3, 2, tzinfo=UTC), ScanItem("f1", "l1", 1, How.WEDGE))


def transport(folder: Path, handler: Handler) -> HttpTransport:
    identity = FileIdentity(folder)
    identity.save(KNOWN)
    return HttpTransport(identity, httpx.AsyncClient(transport=httpx.MockTransport(handler)))


async def frames(wire: HttpTransport) -> list[Frame]:
    return [frame async for frame in wire.pull(PullRequest(Group.MAIN, "c0"))]


async def test_a_pull_is_frames_of_raw_bodies(tmp_path: Path) -> None:
    lines = (
        b'{"t":"head","full":false}\n{"t":"put","e":"carrier","rows":[["a",3,{"x": 1}]]}\n'
        b'{"t":"del","e":"run","ids":["r"]}\n{"cursor":"c1","t":"commit"}\n'
    )

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer access"
        assert (
            request.read()
            == b'{"group":"main","cursor":"c0","wire":1,"files":0,"holds":"","last_seq":null,"doubt":0,"have":[],'
            b'"waiting":[],"seen":"","audit":null,"form":""}'
        )
        return httpx.Response(200, content=lines)

    found = await frames(transport(tmp_path, answer))
    assert found == [Head(False), Put("carrier", (("a", 3, b'{"x": 1}'),)), Delete("run", ("r",)), Commit("c1")]


async def test_a_push_sends_the_contract_and_reads_answers(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert b'"arguments":{"fulfilment_id":"f1","line_id":"l1"' in request.read()
        body = b'{"answers":[{"id":"c1","verdict":"accepted"}],"server_time":"2026-03-02T09:00:00Z"}'
        return httpx.Response(200, content=body)

    told = await transport(tmp_path, answer).push(PushRequest((COMMAND,)))
    assert told.answers[0].verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.Unauthorised), (403, errors.Revoked), (409, errors.ResetRequired), (413, errors.TooLarge),
        (422, errors.Refused), (426, errors.UpgradeRequired), (429, errors.Throttled), (502, errors.Unavailable),
    ],
)  # fmt: skip
async def test_each_status_is_one_fault(tmp_path: Path, status: int, kind: type[errors.SyncFault]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"Retry-After": "12"}, content=b"<html>")

    with pytest.raises(kind) as caught:
        await transport(tmp_path, answer).push(PushRequest((COMMAND,)))
    assert caught.value.retry_after_s == 12


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx.ConnectError("refused"), errors.Unreachable),
        (httpx.ReadTimeout("slow"), errors.Broken),
        (httpx.RemoteProtocolError("cut"), errors.Broken),
    ],
)
async def test_a_dead_connection_is_a_fault(tmp_path: Path, raised: Exception, kind: type[Exception]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(kind):
        await frames(transport(tmp_path, answer))


async def test_nonsense_is_a_fault_and_never_an_empty_list(tmp_path: Path) -> None:
    with pytest.raises(errors.InvalidAnswer):
        await frames(transport(tmp_path, lambda _: httpx.Response(200, content=b"hello")))


async def test_a_device_that_is_not_enrolled_does_not_ask(tmp_path: Path) -> None:
    with pytest.raises(errors.Unauthorised):
        await HttpTransport(FileIdentity(tmp_path)).push(PushRequest(()))


async def test_new_tokens_are_kept_in_a_file_for_the_owner_only(tmp_path: Path) -> None:
    body = b'{"access_token":"a2","refresh_token":"r2","device_id":"dev-1"}'
    await transport(tmp_path, lambda _: httpx.Response(200, content=body)).refresh()
    again = FileIdentity(tmp_path).load()
    assert again is not None
    assert (again.access_token, again.refresh_token, again.device_number) == ("a2", "r2", 7)
    assert (tmp_path / "identity.json").stat().st_mode & 0o777 == 0o600
    FileIdentity(tmp_path).forget()
    assert FileIdentity(tmp_path).load() is None


async def test_pokes_name_groups_and_unknown_ones_are_ignored(tmp_path: Path) -> None:
    stream = b": hello\n\nevent: poke\ndata: main\n\nevent: poke\ndata: weather\n\nevent: poke\ndata: stock\n\n"

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=stream)

    assert [group async for group in transport(tmp_path, answer).pokes()] == [None, Group.MAIN, Group.STOCK]


async def test_enrolment_makes_credentials_or_says_why_not() -> None:
    good = (
        b'{"device_id":"d","device_number":3,"location_id":"paris","company_prefix":"3012345","access_token":"a",'
        b'"refresh_token":"r","access_expires_at":"2026-03-02T09:00:00Z"}'
    )
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=good)))
    assert (await enrol("http://core/", Applicant("123", "Till 1"), None, client)).core_url == "http://core"
    bad = b'{"code":"enrolment_code_expired","title":"Conflict","status":409}'
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(409, content=bad)))
    with pytest.raises(errors.Refused) as caught:
        await enrol("http://core", Applicant("123", "Till 1"), None, client)
    assert caught.value.problem.code == "enrolment_code_expired"


async def test_every_request_is_signed_by_the_key_of_the_device(tmp_path: Path) -> None:
    signer, seen = SeedSigner(bytes(range(32))), list[httpx.Request]()

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    identity = FileIdentity(tmp_path)
    identity.save(KNOWN)
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    wire = HttpTransport(identity, client, lambda: signer)
    for work in (wire.push(PushRequest(())), frames(wire), wire.refresh(), _pokes(wire)):
        with pytest.raises(errors.Unavailable):
            await work
    assert len({request.headers[signing.NONCE] for request in seen}) == 4
    for request in seen:
        proof = signing.read(request.headers)
        assert proof is not None
        asked = signing.Asked(request.method, request.url.raw_path.decode(), request.read())
        signature = signer.sign(signing.message(asked, proof.time_ms, proof.nonce))
        assert signature.hex() == proof.signature


async def _pokes(wire: HttpTransport) -> list[Group | None]:
    return [group async for group in wire.pokes()]


async def test_a_clock_that_is_wrong_is_measured_and_the_next_signature_is_by_the_clock_of_the_core(
    tmp_path: Path,
) -> None:
    told: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        told.append(int(request.headers[signing.TIME]))
        return httpx.Response(401, headers={"Date": "Mon, 02 Mar 2026 09:00:00 GMT"})

    identity = FileIdentity(tmp_path)
    identity.save(KNOWN)
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    wrong = datetime(2031, 1, 1, tzinfo=UTC)
    wire = HttpTransport(identity, client, lambda: SeedSigner(bytes(32)), lambda: wrong)
    for _ in range(2):
        with pytest.raises(errors.Unauthorised):
            await wire.push(PushRequest(()))
    assert told == [int(wrong.timestamp() * 1000), int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1000)]


async def test_an_order_to_wipe_is_believed_when_the_core_signed_it_for_this_device(tmp_path: Path) -> None:
    core = SeedSigner(b"c" * 32)
    for signer, expected in ((core, True), (SeedSigner(b"x" * 32), False)):
        order = signer.sign(signing.wipe_message("dev-1", 5)).hex()
        body = f'{{"code":"device_revoked","title":"","status":403,"params":{{"wipe_at_ms":5,"wipe":"{order}"}}}}'
        identity = FileIdentity(tmp_path)
        identity.save(replace(KNOWN, core_key=core.public_key))
        answer = httpx.Response(403, content=body)
        wire = HttpTransport(
            identity, httpx.AsyncClient(transport=httpx.MockTransport(lambda _, answer=answer: answer))
        )
        with pytest.raises(errors.Revoked):
            await wire.push(PushRequest(()))
        assert wire.wipe_ordered is expected


async def test_a_file_is_fetched_from_where_it_was_cut(tmp_path: Path) -> None:
    body = bytes(range(256)) * 5000

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/sync/v1/files/ab12"
        assert request.headers["Accept-Encoding"] == "identity"
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        assert request.headers.get("If-Range") == ('"ab12"' if start else None)
        return httpx.Response(206 if start else 200, content=body[start:])

    wire = transport(tmp_path, answer)
    assert b"".join([piece async for piece in wire.file("ab12", 0)]) == body
    assert b"".join([piece async for piece in wire.file("ab12", 1000)]) == body[1000:]


async def test_a_file_that_is_sent_from_its_beginning_again_is_not_taken_for_its_rest(tmp_path: Path) -> None:
    wire = transport(tmp_path, lambda _: httpx.Response(200, content=b"whole"))
    with pytest.raises(errors.InvalidAnswer):
        _ = [piece async for piece in wire.file("ab12", 3)]


async def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    wire = transport(tmp_path, lambda _: httpx.Response(404, json={"code": "file_unknown", "title": "", "status": 404}))
    with pytest.raises(errors.Refused):
        _ = [piece async for piece in wire.file("ab12", 0)]


async def test_a_story_is_read_through_signed_like_everything(tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path.endswith("/f2"):
            return httpx.Response(404, json={"code": "fulfilment_unknown", "title": "", "status": 404})
        line = {"id": "e1", "code": "OrderReceived", "at": "2026-03-02T09:00:00Z"}
        return httpx.Response(200, json={"told_at": "2026-03-02T10:00:00Z", "lines": [line]})

    wire = transport(tmp_path, answer)
    story = await wire.story(Subject.FULFILMENT, "f1")
    assert [line.code for line in story.lines] == ["OrderReceived"]
    assert asked[0].url.path == "/device/v1/stories/fulfilment/f1"
    assert asked[0].headers["authorization"] == "Bearer access"
    with pytest.raises(errors.Refused):
        await wire.story(Subject.FULFILMENT, "f2")
