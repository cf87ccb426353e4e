"""What a version of the rules would have done to past orders, beside what another one would: the same orders in the
order they came, over the same stock.

The stock is today's with what these orders took given back to the places that sent it.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from core.domain.ruleset import Ruleset
from core.service.replay_apart import Decide
from core.service.replay_side import STEP, Question, Side, decided

EXAMPLES: Final = 10
Say = Callable[[int], None]


def replay(question: Question, against: Ruleset, say: Say, beside: Decide = decided) -> dict[str, Any]:
    """`question` of the new version; `against`: the one it is compared with, which `beside` decides. JSON.

    `say`: how many orders are done.
    """
    other = beside(question._replace(ruleset=against))
    orders, done, changed = question.orders, 0, 0
    new, old = Side(), Side()
    examples: list[dict[str, Any]] = []
    for mine, theirs in zip(decided(question), other, strict=True):
        new, old = mine.side, theirs.side
        for past, after, before in zip(orders[done : done + STEP], mine.places, theirs.places, strict=True):
            if after != before:
                changed += 1
                if len(examples) < EXAMPLES:
                    told = {"order_id": past.order_id, "number": past.number, "before": before, "after": after}
                    examples.append(told)
        done += len(mine.places)
        if done % STEP == 0:
            say(done)
    return {
        "orders": len(orders),
        "new": new.as_json(),
        "old": old.as_json(),
        "changed_orders": changed,
        "examples": examples,
        "load_change": _load_change(new.load, old.load),
    }


def _load_change(new: Counter[str], old: Counter[str]) -> list[dict[str, Any]]:
    """By place, the biggest change first."""
    rows = [
        {"location_id": place, "before": old[place], "after": new[place], "change": new[place] - old[place]}
        for place in {*new, *old}
    ]
    return sorted(rows, key=lambda row: (-abs(int(str(row["change"]))), str(row["location_id"])))
