import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.stock_rules import Level, Rule, RuleBook, RuleKind, Scope, Subject, fault_of

SAFETY = RuleKind.SAFETY
SUBJECT = Subject("lille", "SKU-1", ("shirts", "clothes"))
# Every scope that fits the subject, narrowest first.
LADDER = (
    Scope("lille", "SKU-1"),
    Scope("", "SKU-1"),
    Scope("lille", "", "shirts"),
    Scope("lille", "", "clothes"),
    Scope("", "", "shirts"),
    Scope("", "", "clothes"),
    Scope("lille"),
    Scope(),
)


def rule(scope: Scope, kind: RuleKind = SAFETY, owner_id: str = "", units: int | None = 1, **more: int) -> Rule:
    return Rule(f"{kind}{scope}{owner_id}", kind, scope, owner_id, units, **more)


@given(st.sets(st.sampled_from(LADDER), min_size=1))
def test_the_narrowest_scope_wins(scopes):
    book = RuleBook(rule(scope) for scope in scopes)
    found = book.find(SAFETY, SUBJECT)
    assert found is not None
    assert found.scope == min(scopes, key=LADDER.index)


def test_a_rule_for_something_else_never_counts():
    others = (Scope("lyon"), Scope("lyon", "SKU-1"), Scope("", "SKU-2"), Scope("", "", "shoes"))
    assert RuleBook(map(rule, others)).find(SAFETY, SUBJECT) is None
    assert RuleBook([rule(Scope(), RuleKind.SHARE, "nord")]).find(SAFETY, SUBJECT) is None


def test_an_owner_s_rule_comes_before_everybody_s_of_the_same_scope():
    web, everybody = rule(Scope(), RuleKind.EXCLUDE, "web", 0), rule(Scope(), RuleKind.EXCLUDE)
    narrower = rule(Scope("", "SKU-1"), RuleKind.EXCLUDE)
    assert RuleBook([web, everybody]).find(RuleKind.EXCLUDE, SUBJECT, "web") == web
    assert RuleBook([web, everybody]).find(RuleKind.EXCLUDE, SUBJECT, "shop") == everybody
    assert RuleBook([web, everybody, narrower]).find(RuleKind.EXCLUDE, SUBJECT, "web") == narrower


def test_a_percentage_is_rounded_up():
    ten_per_cent = rule(Scope(), units=None, basis_points=1000)
    assert [ten_per_cent.amount(base) for base in (-5, 0, 1, 10, 11)] == [0, 0, 1, 1, 2]
    assert rule(Scope(), units=3).amount(100) == 3


def test_a_scope_says_its_level():
    assert [scope.level for scope in LADDER] == [
        Level.SKU_LOCATION, Level.SKU, Level.CATEGORY_LOCATION, Level.CATEGORY_LOCATION, Level.CATEGORY,
        Level.CATEGORY, Level.LOCATION, Level.DEFAULT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (rule(Scope(), owner_id="nord"), "rule_owner_not_allowed"),
        (rule(Scope(), RuleKind.SHARE), "rule_owner_missing"),
        (rule(Scope("", "SKU-1", "shirts")), "rule_scope_twice"),
        (rule(Scope("lille"), RuleKind.THRESHOLD, "web"), "rule_scope_not_allowed"),
        (rule(Scope(), units=None), "rule_amount_missing"),
        (rule(Scope(), basis_points=100), "rule_amount_twice"),
        (rule(Scope(), RuleKind.THRESHOLD, "web", None, basis_points=100), "rule_amount_not_allowed"),
        (rule(Scope(), RuleKind.EXCLUDE, units=2), "rule_amount_out_of_range"),
        (rule(Scope(), units=-1), "rule_amount_out_of_range"),
        (rule(Scope(), units=None, basis_points=10_001), "rule_amount_out_of_range"),
    ],
)
def test_a_rule_that_means_nothing_says_what_is_wrong(wrong, code):
    fault = fault_of(wrong)
    assert fault is not None
    assert fault.code == code
    assert fault_of(rule(Scope("lille", "SKU-1"))) is None
