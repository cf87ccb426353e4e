from dataclasses import fields, is_dataclass
from typing import Any, get_args

import pytest

from core.contract.commands import COMMANDS, Arguments, Kind, ScanItem


def test_every_kind_of_arguments_is_a_command():
    assert {command.arguments for command in COMMANDS.values()} == set(get_args(Arguments))


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_a_command_is_named_like_its_arguments_and_has_a_version_and_a_permission(command):
    assert COMMANDS[command.arguments.__name__] is command
    assert command.version >= 1
    assert command.permission


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_arguments_are_frozen_and_of_plain_values(command):
    assert is_dataclass(command.arguments)
    parameters: Any = vars(command.arguments)["__dataclass_params__"]
    assert parameters.frozen
    assert {str(field.type).removeprefix("<enum ") for field in fields(command.arguments)} <= {
        "<class 'str'>", "<class 'int'>", "<class 'bool'>", "tuple[str, ...]", "'How'>", "'Method'>",
        "<class 'datetime.datetime'>",
        "tuple[core.contract.commands.HandedItem, ...]", "tuple[core.contract.commands.RefusedItem, ...]",
    }  # fmt: skip


def test_what_happened_in_the_shop_is_a_fact_and_what_is_shared_is_a_claim():
    assert COMMANDS["ClaimOffer"].kind is Kind.CLAIM
    assert COMMANDS[ScanItem.__name__].kind is Kind.FACT
    assert COMMANDS["DeclareOutOfStock"].kind is Kind.FACT
    asked = [command.name for command in COMMANDS.values() if command.kind is not Kind.FACT]
    assert asked == [
        "ClaimOffer", "DeclineOffer", "ReleaseClaim", "PauseOffers", "ExtendPickUp", "NotifyCustomer", "ReserveLocker",
        "ChargeCard",
    ]  # fmt: skip
