"""A bump reaches the topics named and no other."""

from app.state import Changes
from app.state.changes import TOPICS


def test_only_the_named_topics_get_a_new_version() -> None:
    changes = Changes()
    picks, offers = changes.topic("picks"), changes.topic("offers")
    heard: list[str] = []

    def listen(sender: object, _field: str | None) -> None:
        heard.append(getattr(sender, "name", "?"))

    picks.subscribe(listen)
    offers.subscribe(listen)
    changes.bump("picks")
    assert (picks.version, offers.version) == (1, 0)
    assert heard == ["picks"]
    changes.bump_all()
    assert (picks.version, offers.version) == (2, 1)


def test_every_entity_that_lies_in_a_store_is_on_a_screen_of_the_work() -> None:
    """A customer who says "I'm here" changes nothing but a collection."""
    assert {"fulfilment", "run", "manifest", "collection"} <= TOPICS["work"]
