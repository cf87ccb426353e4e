from tests.support.http import client_of


async def test_the_api_describes_itself_completely(paired):
    async with client_of(paired.app) as client:
        document = (await client.get("/openapi.json")).json()
    own = {"/sync/v1/pull", "/sync/v1/push", "/sync/v1/events", "/device/v1/enrol", "/device/v1/token", "/health"}
    assert own <= set(document["paths"])
    assert "Problem" in document["components"]["schemas"]


async def test_imports_may_be_larger_than_other_bodies(paired):
    async with client_of(paired.app) as client:
        small = await client.post("/device/v1/enrol", content=b"x" * 2_000_000)
        large = await client.post("/somewhere/imports", content=b"x" * 2_000_000)
    assert (small.status_code, large.status_code) == (413, 404)
