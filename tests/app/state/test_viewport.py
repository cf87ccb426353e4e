"""A window is a phone or a tablet; between the two nothing redraws."""

from app.state import FormFactor, Viewport


def test_a_listener_hears_only_a_change_of_form() -> None:
    viewport = Viewport()
    heard: list[str | None] = []

    def listen(_sender: object, field: str | None) -> None:
        heard.append(field)

    viewport.subscribe(listen)
    viewport.measure(None)
    viewport.measure(1280)
    viewport.measure(900)
    assert heard == []
    viewport.measure(400)
    assert viewport.form_factor is FormFactor.PHONE
    assert heard == ["form_factor"]
