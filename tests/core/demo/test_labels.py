import csv
from pathlib import Path

from app.i18n import LANGUAGES
from core.demo import labels
from core.demo.reference import PACKAGINGS, REASONS


def test_everything_the_demo_is_configured_with_has_a_name_in_every_language():
    tags = {language.tag for language in LANGUAGES}
    with Path(labels.__file__).with_name("labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["en"] for row in rows if set(row) != tags or not all(row.values())] == []
    named = [packaging.labels for packaging in PACKAGINGS] + [reason.labels for reason in REASONS]
    assert {texts["en"] for texts in named} <= {row["en"] for row in rows}
