"""What the demo retailer calls its packagings, reasons and ways of delivery, in every language of the app."""

import csv
from collections.abc import Mapping
from pathlib import Path

with Path(__file__).with_name("labels.csv").open(encoding="utf-8", newline="") as file:
    _LABELS = {row["en"]: row for row in csv.DictReader(file)}


def labels(english: str) -> Mapping[str, str]:
    """By language. Raises KeyError for what has no line in `labels.csv`."""
    return dict(_LABELS[english])
