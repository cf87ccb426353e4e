"""What each role may do. Deny by default: a role or permission that is not named here gives nothing."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    ASSOCIATE = "associate"
    SEASONAL = "seasonal"
    MANAGER = "manager"
    HEAD_OFFICE = "head_office"
    INTEGRATOR = "integrator"


class Permission(StrEnum):
    PICK = "pick"
    PACK = "pack"
    UNPACK = "unpack"
    HAND_OVER = "hand_over"
    COLLECT = "collect"  # what customers fetch in the store
    CLAIM = "claim"
    OVERRIDE_SCAN = "override_scan"
    TAKE_OVER = "take_over"
    READ_STOCK = "read_stock"
    WRITE_STOCK = "write_stock"
    READ_ORDERS = "read_orders"
    WRITE_ORDERS = "write_orders"
    RELEASE_HOLDS = "release_holds"
    READ_CATALOGUE = "read_catalogue"
    WRITE_CATALOGUE = "write_catalogue"
    READ_CUSTOMERS = "read_customers"
    IMPORT_FILES = "import_files"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_USERS = "manage_users"
    MANAGE_SETTINGS = "manage_settings"


_P = Permission
_SEASONAL = frozenset({_P.PICK, _P.PACK, _P.HAND_OVER, _P.COLLECT, _P.READ_STOCK, _P.READ_CATALOGUE})
_ASSOCIATE = _SEASONAL | {_P.UNPACK, _P.TAKE_OVER, _P.READ_ORDERS}
_MANAGER = _ASSOCIATE | {_P.CLAIM, _P.OVERRIDE_SCAN, _P.READ_CUSTOMERS, _P.WRITE_STOCK, _P.MANAGE_DEVICES}
_HEAD_OFFICE = frozenset(
    {
        _P.READ_STOCK, _P.WRITE_STOCK, _P.READ_ORDERS, _P.WRITE_ORDERS, _P.RELEASE_HOLDS, _P.READ_CATALOGUE,
        _P.WRITE_CATALOGUE, _P.READ_CUSTOMERS, _P.IMPORT_FILES, _P.MANAGE_DEVICES, _P.MANAGE_USERS, _P.MANAGE_SETTINGS,
    }
)  # fmt: skip
_INTEGRATOR = frozenset(
    {
        _P.READ_STOCK, _P.WRITE_STOCK, _P.READ_ORDERS, _P.WRITE_ORDERS, _P.READ_CATALOGUE, _P.WRITE_CATALOGUE,
        _P.IMPORT_FILES,
    }
)  # fmt: skip

ROLES: Mapping[str, frozenset[Permission]] = {
    Role.SEASONAL: _SEASONAL,
    Role.ASSOCIATE: _ASSOCIATE,
    Role.MANAGER: _MANAGER,
    Role.HEAD_OFFICE: _HEAD_OFFICE,
    Role.INTEGRATOR: _INTEGRATOR,
}


_PERMISSIONS = frozenset(Permission)


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """All that these roles allow together; an unknown role allows nothing."""
    return frozenset(str(permission) for role in roles for permission in ROLES.get(role, frozenset()))


def may(permissions: Iterable[str], permission: str) -> bool:
    """Whether somebody with these permissions may do this. What is no permission at all is never allowed."""
    return permission in _PERMISSIONS and permission in set(permissions)
