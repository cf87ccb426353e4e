import pytest

from core.contract.commands import COMMANDS
from core.domain.permissions import ROLES, Permission, Role, may, permissions_of


def test_nobody_may_do_anything_without_a_role():
    assert permissions_of([]) == permissions_of(["boss", ""]) == frozenset()
    assert not may(permissions_of([]), "pick")


@pytest.mark.parametrize(
    ("role", "may_do", "may_not"),
    [
        (Role.SEASONAL, {"pick", "pack", "hand_over"}, {"unpack", "claim", "override_scan", "write_orders"}),
        (Role.ASSOCIATE, {"pick", "unpack", "take_over"}, {"claim", "override_scan", "manage_users"}),
        (Role.MANAGER, {"claim", "override_scan", "manage_devices"}, {"write_orders", "manage_settings"}),
        (Role.HEAD_OFFICE, {"write_orders", "manage_settings", "manage_users"}, {"pick", "claim"}),
        (Role.INTEGRATOR, {"write_orders", "import_files"}, {"pick", "manage_users", "manage_settings"}),
    ],
)
def test_what_each_role_may_and_may_not(role, may_do, may_not):
    granted = permissions_of([role])
    assert all(may(granted, permission) for permission in may_do)
    assert not any(may(granted, permission) for permission in may_not)


def test_roles_add_up():
    both = permissions_of(["seasonal", "integrator"])
    assert both == permissions_of(["seasonal"]) | permissions_of(["integrator"])


def test_what_is_no_permission_is_never_allowed():
    assert not may({"fly"}, "fly")


def test_every_command_asks_for_a_permission_that_somebody_has():
    granted = set().union(*ROLES.values())
    for command in COMMANDS.values():
        assert command.permission in set(Permission)
        assert command.permission in granted, command.name


def test_every_permission_is_given_to_some_role_and_every_role_is_defined():
    assert set().union(*ROLES.values()) == set(Permission)
    assert set(ROLES) == set(Role)
