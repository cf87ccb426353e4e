"""A bump reaches the topics named and no other."""

from app.state import Changes


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
