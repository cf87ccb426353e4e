import pytest

from core.domain.process import (
    Process,
    ProcessInvalid,
    ScanRule,
    Sequence,
    may_override_scan,
    resolve,
    scan_rule_for,
    understood,
)
from core.domain.runs import Method


def test_what_nobody_sets_has_its_default():
    assert resolve({}) == Process()


def test_the_location_overrides_the_division_and_the_run_overrides_both():
    division = {"method": "single", "wave_size": 4, "location_scan": True}
    process = resolve(division, {"wave_size": 6, "sequence": "category"}, {"method": "batch"})
    assert (process.method, process.wave_size, process.sequence) == (Method.BATCH, 6, Sequence.CATEGORY)
    assert process.location_scan


def test_scan_rules_of_categories_are_overridden_one_at_a_time():
    division = {"scan": "first", "scan_by_category": {"socks": "none", "watches": "each"}}
    process = resolve(division, {"scan_by_category": {"socks": "first"}})
    assert [scan_rule_for(process, c) for c in ("socks", "watches", "shirts")] == [
        ScanRule.FIRST, ScanRule.EACH, ScanRule.FIRST,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"method": "teleport"}, "method"),
        ({"method": ["single"]}, "method"),
        ({"sequence": None}, "sequence"),
        ({"scan": "sometimes"}, "scan"),
        ({"location_scan": "yes"}, "location_scan"),
        ({"manual_entry": 1}, "manual_entry"),
        ({"quantity_confirm": "false"}, "quantity_confirm"),
        ({"wave_size": 0}, "wave_size"),
        ({"wave_size": 201}, "wave_size"),
        ({"wave_size": True}, "wave_size"),
        ({"wave_size": 2.5}, "wave_size"),
        ({"override_roles": "manager"}, "override_roles"),
        ({"override_roles": [""]}, "override_roles"),
        ({"scan_by_category": ["each"]}, "scan_by_category"),
        ({"scan_by_category": {"socks": "never"}}, "scan_by_category.socks"),
        ({"wave": 5}, "wave"),
    ],
)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_wrong_setting_is_refused_by_name_at_every_level(settings, field, level):
    levels: list[dict[str, object]] = [{}, {}, {}]
    levels[level] = settings
    with pytest.raises(ProcessInvalid) as refused:
        resolve(*levels)
    assert refused.value.field == field
    assert field in str(refused.value)


def test_only_named_roles_may_count_without_the_scan():
    process = resolve({"override_roles": ["manager", "expert"]})
    assert may_override_scan(process, ["associate", "expert"])
    assert not may_override_scan(process, ["associate"])
    assert not may_override_scan(process, [])


def test_a_tablet_goes_on_without_a_setting_that_only_a_newer_version_knows():
    assert resolve(understood({"wave_size": 3, "teleport": True})) == Process(wave_size=3)
    with pytest.raises(ProcessInvalid):
        resolve({"teleport": True})


def test_rules_of_the_house_are_read_and_a_wrong_one_is_named():
    (rule,) = resolve({"store_codes": [{"pattern": "21{ppppp}{wwwww}{check}"}]}).store_codes
    assert (rule.means, rule.decimals) == ("weight", 3)
    for wrong in ([{"pattern": "9{ppppp}"}], "2", [1], [{"pattern": "21{ppppp}{wwwww}{check}"}] * 21):
        with pytest.raises(ProcessInvalid) as refused:
            resolve({"store_codes": wrong})
        assert refused.value.field.startswith("store_codes")
