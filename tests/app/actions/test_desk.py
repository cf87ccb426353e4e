"""Whatever is said at a desk is one command in one transaction."""

import pytest

from core.contract.commands import OpenManifest, PauseRun
from tests.support.desk import World


def test_what_is_told_is_queued_and_done_in_one_transaction(world: World) -> None:
    assert world.desk().tell(OpenManifest("m1", "paris", "COL")).code == "manifest_opened"
    assert world.document("manifest", "m1").opened_by == "ann"
    assert world.commands() == ["OpenManifest"]


def test_a_transaction_that_fails_leaves_neither_command_nor_effect(world: World) -> None:
    def half() -> None:
        with world.database.write() as connection:
            world.desk().say(connection, OpenManifest("m1", "paris", "COL"))
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        half()
    assert world.document("manifest", "m1") is None
    assert world.commands() == []


def test_the_same_intent_is_one_command(world: World) -> None:
    world.desk().tell(OpenManifest("m1", "paris", "COL"), "tap-1")
    assert world.desk().tell(OpenManifest("m2", "paris", "COL"), "tap-1").code == "already_submitted"


def test_what_the_rule_cannot_apply_is_still_told_to_the_core(world: World) -> None:
    assert world.desk().tell(PauseRun("nowhere")).code == "run_unknown"
    assert world.commands() == ["PauseRun"]
