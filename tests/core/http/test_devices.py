from datetime import timedelta

from core.service import devices
from tests.support.http import client_of


async def test_a_tablet_pairs_and_renews_its_tokens(paired):
    code = devices.create_code(paired.database, paired.world.lyon, paired.clock.at)
    async with client_of(paired.app) as client:
        answer = await client.post("/device/v1/enrol", json={"code": code, "name": "Tablet 2"})
        enrolment = answer.json()
        assert (answer.status_code, enrolment["location_id"], enrolment["device_number"]) == (200, "loc-lyon", 1)
        fresh = await client.post("/device/v1/token", json={"refresh_token": enrolment["refresh_token"]})
        assert fresh.json()["device_id"] == enrolment["device_id"]
        lost = await client.post("/device/v1/token", json={"refresh_token": "unknown"})
        assert (lost.status_code, lost.json()["code"]) == (401, "token_invalid")


async def test_codes_that_do_not_work_say_why(paired):
    clock, database = paired.clock, paired.database
    code = devices.create_code(database, paired.world.lyon, clock.at)
    async with client_of(paired.app) as client:

        async def enrol(**body: str) -> tuple[int, str]:
            answer = await client.post("/device/v1/enrol", json=body)
            return answer.status_code, answer.json().get("code", "")

        assert await enrol(code="WRONG") == (404, "enrolment_code_unknown")
        assert await enrol(code=code, location_id=paired.world.lille) == (409, "enrolment_code_other_store")
        assert await enrol(code=code) == (200, "")
        assert await enrol(code=code) == (409, "enrolment_code_used")
        assert await enrol(code="") == (422, "malformed")
        late = devices.create_code(database, paired.world.lyon, clock.at)
        clock.at += timedelta(minutes=11)
        assert await enrol(code=late) == (409, "enrolment_code_expired")


async def test_who_guesses_is_stopped_for_a_while(paired):
    async with client_of(paired.app) as client:
        answers = [await client.post("/device/v1/enrol", json={"code": f"GUESS{n}"}) for n in range(11)]
        assert [answer.status_code for answer in answers] == [404] * 10 + [429]
        assert int(answers[-1].headers["retry-after"]) == 601
        paired.clock.at += timedelta(minutes=10)
        code = devices.create_code(paired.database, paired.world.lille, paired.clock.at)
        assert (await client.post("/device/v1/enrol", json={"code": code})).status_code == 200
