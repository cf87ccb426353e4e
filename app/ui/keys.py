"""One spelling of control keys: `<screen>-<thing>-<kind>`, so that tests and screens find the same control."""


def key(*parts: str | int) -> str:
    """`key("pick", task_id, "row")` is "pick-<id>-row". Every part says something: an empty one is a bug."""
    words = [str(part) for part in parts]
    if len(words) < 2 or not all(words):
        raise ValueError(f"a control key needs a screen and a thing, got {parts!r}")
    return "-".join(words)
