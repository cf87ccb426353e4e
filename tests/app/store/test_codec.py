from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.codec import WORK, decode, decode_work, encode
from core.domain.fulfilment import Fulfilment
from core.domain.handover import Manifest
from core.domain.runs import PickRun

st.register_type_strategy(
    datetime,
    st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
)
DOCUMENTS = st.sampled_from([("fulfilment", Fulfilment), ("run", PickRun), ("manifest", Manifest)])


@given(DOCUMENTS.flatmap(lambda kind: st.tuples(st.just(kind[0]), st.from_type(kind[1]))))
def test_a_work_document_comes_back_as_it_went(document: tuple[str, object]) -> None:
    entity, value = document
    assert decode(entity, encode(value)) == value


def test_the_same_bytes_are_the_same_frozen_object() -> None:
    body = b'{"id":"r","number":"1","location_id":"p","method":"multi","fulfilment_ids":[],"pickers":[],'
    body += b'"started_at":"2026-03-02T09:00:00Z","started_by":"ann"}'
    assert decode_work("run", body) is decode_work("run", bytes(bytearray(body)))


@pytest.mark.parametrize("entity", sorted(WORK))
def test_nonsense_is_refused(entity: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(entity, b'{"id": 5}')


def test_fields_of_a_newer_core_are_ignored() -> None:
    assert decode("packaging", b'{"id":"b","labels":{},"length_mm":1,"width_mm":1,"height_mm":1,"tare_g":1,"new":1}')
