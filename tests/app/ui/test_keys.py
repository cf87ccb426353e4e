"""Keys are made in one place."""

import pytest

from app.ui import key


def test_a_key_joins_screen_thing_and_kind() -> None:
    assert key("pick", 7, "row") == "pick-7-row"


@pytest.mark.parametrize("parts", [("pick",), ("pick", "")])
def test_a_key_without_a_thing_is_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="control key"):
        key(*parts)
