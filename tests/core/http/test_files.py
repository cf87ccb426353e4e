import hashlib

import pytest
import zstandard

from core.contract.cache_files import FORMAT
from core.service import devices
from core.service.refusal import Refusal
from tests.core.http.test_sync import pulled
from tests.support.core import NOW
from tests.support.http import client_of


@pytest.fixture
async def client(paired):
    async with client_of(paired.app, paired.token) as client:
        yield client


async def told(client, group: str = "catalogue") -> dict:
    answer = await client.post("/sync/v1/pull", json={"group": group, "cursor": None, "wire": 1, "files": FORMAT})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_pull_tells_of_a_file_that_can_be_fetched(client):
    file = await told(client)
    answer = await client.get(f"/sync/v1/files/{file['id']}")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == file["id"]
    assert len(answer.content) == file["size_bytes"]
    assert zstandard.ZstdDecompressor().decompress(answer.content)[:15] == b"SQLite format 3"
    assert answer.headers["etag"] == f'"{file["id"]}"'
    assert "immutable" in answer.headers["cache-control"]
    assert (await pulled(client, file["cursor"], "catalogue"))[0] == {"full": False, "ranges": [], "t": "head"}


async def test_a_fetch_goes_on_where_it_was_cut(client):
    file = await told(client)
    whole = (await client.get(f"/sync/v1/files/{file['id']}")).content
    ranged = {"Range": "bytes=100-", "If-Range": f'"{file["id"]}"'}
    rest = await client.get(f"/sync/v1/files/{file['id']}", headers=ranged)
    assert (rest.status_code, rest.content) == (206, whole[100:])
    beyond = await client.get(f"/sync/v1/files/{file['id']}", headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


async def test_who_has_the_file_is_not_sent_it_again(client):
    file = await told(client)
    answer = await client.get(f"/sync/v1/files/{file['id']}", headers={"If-None-Match": f'"{file["id"]}"'})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_device_of_another_store_does_not_get_its_stock(client, paired):
    file = await told(client, "stock")
    code = devices.create_code(paired.database, paired.world.lyon, NOW)
    elsewhere = devices.enrol(paired.database, devices.Applicant(code), NOW)
    assert not isinstance(elsewhere, Refusal)
    async with client_of(paired.app, elsewhere.access_token) as other:
        answer = await other.get(f"/sync/v1/files/{file['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "file_unknown")
    async with client_of(paired.app) as nobody:
        assert (await nobody.get(f"/sync/v1/files/{file['id']}")).status_code == 401
    assert (await client.get("/sync/v1/files/nonsense")).status_code == 404
