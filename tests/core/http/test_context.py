from datetime import timedelta

import pytest

from core.http.context import bearer
from core.service import devices
from tests.support.http import client_of

ROUTES = [("POST", "/sync/v1/pull"), ("POST", "/sync/v1/push"), ("GET", "/sync/v1/events")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_route_of_a_device_answers_without_a_token(paired, method, path):
    async with client_of(paired.app) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


async def test_a_forged_an_old_and_a_withdrawn_token_are_told_apart(paired):
    body = {"group": "main", "cursor": None}
    async with client_of(paired.app, "forged") as client:
        assert (await client.post("/sync/v1/pull", json=body)).json()["code"] == "token_invalid"
    async with client_of(paired.app, paired.token) as client:
        assert (await client.post("/sync/v1/pull", json=body)).status_code == 200
        paired.clock.at += timedelta(minutes=15)
        old = await client.post("/sync/v1/pull", json=body)
        assert (old.status_code, old.json()["code"]) == (401, "token_expired")
        devices.revoke(paired.database, paired.enrolment.device_id, paired.clock.at)
        withdrawn = await client.post("/sync/v1/pull", json=body)
        assert (withdrawn.status_code, withdrawn.json()["code"]) == (403, "device_revoked")


def test_only_a_bearer_header_holds_a_token():
    assert [bearer(text) for text in ("Bearer abc", "bearer  abc ", "Basic abc", "abc", "")] == [
        "abc",
        "abc",
        "",
        "",
        "",
    ]
