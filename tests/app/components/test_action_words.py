"""Whatever somebody did has a name in words."""

import pytest

from app.components.action_words import action_words
from app.i18n import translations
from core.contract.commands import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_words(name: str) -> None:
    assert action_words(translations("en"), name, "K001") != f"{name}: K001"


def test_a_command_of_another_version_is_named_as_it_is() -> None:
    assert action_words(translations("en"), "FlyDrone", "") == "FlyDrone"
