import httpx
from fastapi import FastAPI

from core.http import problems
from core.service.refusal import Kind, Refusal


def app_that_raises(error: Exception) -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    def fail(number: int = 0) -> None:
        raise error

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://core")


async def test_a_refusal_becomes_a_problem_document():
    refusal = Refusal("order_unknown", Kind.UNKNOWN, {"id": "7"}, "Look at the number.")
    async with app_that_raises(problems.ProblemError.of(refusal)) as client:
        answer = await client.get("/")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert answer.json() == {
        "code": "order_unknown", "title": "Not Found", "status": 404, "detail": "Look at the number.",
        "params": {"id": "7"},
    }  # fmt: skip


async def test_a_wrong_value_is_malformed_and_names_its_field():
    async with app_that_raises(RuntimeError()) as client:
        answer = await client.get("/?number=x")
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["params"] == {"field": "query.number"}


async def test_an_unknown_path_and_a_wrong_method_are_problems():
    async with app_that_raises(RuntimeError()) as client:
        assert (await client.get("/nowhere")).json()["code"] == "not_found"
        assert (await client.post("/")).json()["code"] == "method_not_allowed"


async def test_a_bug_says_nothing_of_the_inside():
    async with app_that_raises(RuntimeError("secret place")) as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
