"""What a bench says: figures, ratios against floors of the same run, budgets, and whether every budget is met.

A ratio that is missing or not a number does not meet its budget: a bench that could not measure is never `ok`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds of one ratio, both inclusive; None is unbounded."""

    at_most: float | None = None
    at_least: float | None = None

    def allows(self, ratio: float | None) -> bool:
        if ratio is None or math.isnan(ratio):
            return False
        return (self.at_most is None or ratio <= self.at_most) and (self.at_least is None or ratio >= self.at_least)

    def as_json(self) -> dict[str, float]:
        bounds = {"at_most": self.at_most, "at_least": self.at_least}
        return {name: bound for name, bound in bounds.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class Report:
    """`figures`: anything worth knowing, units in names. `notes`: sentences for the reader of the table."""

    name: str
    figures: Mapping[str, Any]
    ratios: Mapping[str, float]
    budgets: Mapping[str, Budget]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(name for name, budget in self.budgets.items() if not budget.allows(self.ratios.get(name)))

    @property
    def ok(self) -> bool:
        return not self.missed

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "figures": dict(self.figures),
            "ratios": dict(self.ratios),
            "budgets": {name: budget.as_json() for name, budget in self.budgets.items()},
            "ok": self.ok,
            "notes": list(self.notes),
        }


def quantile(samples: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of at least one sample; `share` 0.5 is the median, 0.95 the p95."""
    ranked = sorted(samples)
    return ranked[min(len(ranked) - 1, max(0, math.ceil(share * len(ranked)) - 1))]
