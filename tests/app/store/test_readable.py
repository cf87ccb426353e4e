"""A user id becomes a name and a moment the store's; everything else stays as the core said it."""

from pathlib import Path

from app.store import readable
from tests.support.workplace import workplace


def test_who_and_when_are_said_as_in_the_store(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    told: dict[str, str | int] = {"units": 1, "by": "bruno", "at": "2026-03-02T09:00:00+00:00", "collector": ""}
    with place.database.read() as connection:
        said = readable.params(connection, "handed_over_twice", told)
        strange = readable.params(connection, "handed_over_twice", {**told, "by": "somebody"})
        assert readable.params(connection, "picked", told) == told
        far = readable.params(connection, "extended_too_far", {"latest": "2026-03-08T23:00:00+00:00"})
    assert far == {"latest": "2026-03-09T00:00:00+01:00"}
    assert (said["by"], said["at"], said["units"]) == ("Bruno Martin", "2026-03-02T10:00:00+01:00", 1)
    assert strange["by"] == ""
    place.database.close()
