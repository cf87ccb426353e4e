"""One digest for what says the same, whoever made it; another one for whatever says something else."""

from dataclasses import make_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from app.store.codec import REFERENCE, WORK
from core.contract import audits
from core.contract.reference import Position, Variant
from core.contract.sync import ENTITIES, Group, VerdictDocument
from core.domain.outcome import Verdict

SHIRT = Variant("S1", "P1", "maison", "Shirt", "Maison", "shirts", "red", "M", ("0400",), 4990, "EUR", 250)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_order_of_rows_and_names_does_not_matter_and_everything_else_does() -> None:
    here = Position("S1", 5, 1, 0, 0, 0, "A", "A-1")
    rows = [("variant", "S1", 3, SHIRT), ("position", "S1", 4, here)]
    same = audits.digest(rows)
    assert audits.digest(reversed(rows)) == same
    changed = [("variant", "S1", 3, replace(SHIRT, price_minor=1)), ("position", "S1", 5, here)]
    assert len({same, audits.digest(rows[:1]), audits.digest(changed[:1]), audits.digest(changed), ""}) == 5


def test_a_moment_is_one_on_every_clock_and_a_number_with_or_without_its_zero() -> None:
    def of(at: datetime, **params: float) -> str:
        # What JSON brings is wider than what is declared.
        body = VerdictDocument("c", Verdict.ACCEPTED, "picked", params, at)  # type: ignore[arg-type]
        return audits.digest([("verdict", "c", 1, body)])

    assert of(AT, b=1, a=2.0) == of(AT.astimezone(timezone(timedelta(hours=2))), a=2, b=1.0)
    assert of(AT, a=2.5) != of(AT, a=2)


def test_every_row_is_in_one_slice_and_a_slice_is_four_ranges() -> None:
    names = [("variant", f"S{n}") for n in range(300)]
    assert [sum(audits.is_in(place, *name) for place in range(64)) for name in names] == [1] * 300
    assert sorted(r for place in range(64) for r in audits.ranges_of(place)) == list(range(256))
    days = {audits.place_on(date(2026, 3, 2) + timedelta(days=n)) for n in range(64)}
    assert len(days) == 64


def test_a_form_is_another_one_when_a_field_is_new_however_deep() -> None:
    seen: dict[str, str] = {}
    audits._note_shape(make_dataclass("Outer", [("inner", tuple[Position, ...])]), seen)
    assert set(seen) == {"Outer", "Position"}
    assert len({audits.form_of(group) for group in Group}) == 3


def test_all_that_travels_is_known_by_the_dataclass_that_the_device_reads_it_as() -> None:
    assert dict(audits.KINDS) == WORK | REFERENCE
    assert set(audits.KINDS) == {entity for entities in ENTITIES.values() for entity in entities}
