from collections.abc import AsyncIterator

from tests.support.http import client_of


async def test_a_body_over_the_limit_is_refused_before_it_is_read(paired):
    async with client_of(paired.app) as client:
        answer = await client.post("/device/v1/enrol", content=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["params"] == {"limit_bytes": 1024 * 1024}


async def test_a_body_that_does_not_say_its_size_is_counted(paired):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 64 * 1024

    async with client_of(paired.app, paired.token) as client:
        answer = await client.post("/sync/v1/push", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_every_answer_says_the_time_of_the_core(paired):
    async with client_of(paired.app) as client:
        for path in ("/health", "/nowhere"):
            assert (await client.get(path)).headers["date"] == "Mon, 04 May 2026 09:00:00 GMT"
