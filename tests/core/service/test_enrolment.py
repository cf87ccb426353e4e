from sqlalchemy import select

from core.contract.sync import Enrolment
from core.service import devices, enrolment
from core.service.refusal import Refusal
from core.store import tables as t
from core.store.database import Database
from tests.support.core import NOW, build_world


def test_a_code_pairs_a_tablet_and_says_who_made_it(database: Database):
    world = build_world(database)
    with database.write() as connection:
        made = enrolment.create(connection, "LILLE", NOW, created_by="usr-ana")
        assert isinstance(made, enrolment.EnrolmentCode)
        assert connection.execute(select(t.enrolment_codes.c.created_by)).scalar() == "usr-ana"
    assert (made.location_id, made.store, made.expires_at) == (world.lille, "Lille", NOW + devices.CODE_LIFETIME)
    assert isinstance(devices.enrol(database, devices.Applicant(made.code), NOW), Enrolment)


def test_a_store_that_does_not_exist_has_no_code(database: Database):
    build_world(database)
    with database.write() as connection:
        refused = enrolment.create(connection, "NOWHERE", NOW)
    assert isinstance(refused, Refusal)
    assert refused.code == "location_unknown"


def test_the_picture_is_a_picture():
    assert enrolment.qr_image("comptoir:enrol:ABC", "png").startswith(b"\x89PNG")
    assert b"<svg" in enrolment.qr_image("comptoir:enrol:ABC", "svg")
    assert enrolment.svg_data_uri("comptoir:enrol:ABC").startswith("data:image/svg+xml")
