import pytest

from app.store.device_store import DeviceStore
from core.contract.sync import Commit, Group, Head
from sync.errors import InvalidAnswer
from tests.support.device import database, put, store, variant

__all__ = ["database", "store"]


def test_frames_out_of_order_or_of_nonsense_are_refused(store: DeviceStore) -> None:
    with pytest.raises(InvalidAnswer):
        store.begin_pull(Group.MAIN).receive(Commit("c"))
    pull = store.begin_pull(Group.MAIN)
    pull.receive(Head(False))
    with pytest.raises(InvalidAnswer):
        pull.receive(put("fulfilment", variant(1)))
