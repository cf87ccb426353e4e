"""Every message is written and read alike by both sides, and as it was written when devices were sent out with it."""

import json
import re
from dataclasses import MISSING, fields
from typing import Any

import msgspec
import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from core.contract.commands import COMMANDS
from core.contract.sync import ENTITIES, Group, PullRequest, Put
from core.service import envelope
from sync.codec import decode_frame
from tests.contract.examples import (
    COMMAND_EXAMPLES,
    DOCUMENT_EXAMPLES,
    EXAMPLES,
    GOLDEN,
    SYNC_EXAMPLES,
    unset_fields,
)

CASES = [pytest.param(file, name, id=f"{file}-{name}") for file, examples in EXAMPLES.items() for name in examples]
# Whose type alone does not say what it holds: arguments are read by the name of the command.
NAMED = ("commands", "PushRequest")
TYPED = [case for case in CASES if not set(NAMED).intersection(case.values)]


def golden(file: str, name: str) -> Any:
    return json.loads((GOLDEN / f"{file}.json").read_text(encoding="utf-8"))[name]


def plain(encoded: bytes) -> Any:
    """Parsed, with UTC always as Z: one side writes Z, the other +00:00, and both read both."""
    return json.loads(re.sub(rb"(T[0-9:.]+)\+00:00\"", rb'\1Z"', encoded))


@pytest.mark.parametrize(("file", "name"), CASES)
def test_device_and_core_write_what_the_golden_file_says(file, name):
    example = EXAMPLES[file][name]
    assert plain(msgspec.json.encode(example)) == golden(file, name)
    assert plain(orjson.dumps(example)) == golden(file, name)


@pytest.mark.parametrize(("file", "name"), TYPED)
def test_device_and_core_read_the_golden_file_as_the_same_value(file, name):
    example = EXAMPLES[file][name]
    text = json.dumps(golden(file, name)).encode()
    assert msgspec.json.decode(text, type=type(example)) == example
    assert TypeAdapter(type(example)).validate_json(text) == example


@pytest.mark.parametrize("name", COMMAND_EXAMPLES)
def test_a_command_is_read_by_its_name(name):
    assert envelope.read(golden("commands", name)) == COMMAND_EXAMPLES[name]
    arguments = json.dumps(golden("commands", name)["arguments"]).encode()
    assert msgspec.json.decode(arguments, type=COMMANDS[name].arguments) == COMMAND_EXAMPLES[name].arguments


@pytest.mark.parametrize("name", COMMAND_EXAMPLES)
def test_what_one_side_writes_the_other_reads(name):
    command = COMMAND_EXAMPLES[name]
    assert envelope.read(json.loads(msgspec.json.encode(command))) == command
    assert envelope.read(json.loads(orjson.dumps(command))) == command


@pytest.mark.parametrize("name", COMMAND_EXAMPLES)
def test_a_field_of_the_wrong_kind_is_refused_by_both(name):
    arguments = golden("commands", name)["arguments"]
    for field in arguments:
        spoilt = json.dumps(arguments | {field: {"an": "object"}}).encode()
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(spoilt, type=COMMANDS[name].arguments)
        with pytest.raises(ValidationError):
            TypeAdapter(COMMANDS[name].arguments).validate_json(spoilt)


@pytest.mark.parametrize("name", COMMAND_EXAMPLES)
def test_a_device_that_leaves_out_what_has_a_default_is_understood(name):
    """Fields that are added to a command have one: work that waits on a tablet for weeks is still read."""
    kind = COMMANDS[name].arguments
    required = {field.name for field in fields(kind) if field.default is MISSING}
    sent = {key: value for key, value in golden("commands", name)["arguments"].items() if key in required}
    text = json.dumps(sent).encode()
    assert msgspec.json.decode(text, type=kind) == TypeAdapter(kind).validate_json(text)
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_json(b"{}")


@pytest.mark.parametrize("name", ["Head", "Put", "Delete", "Commit", "CacheFile"])
def test_the_device_reads_each_frame_by_its_own_mark(name):
    frame = decode_frame(json.dumps(golden("sync", name)).encode())
    if isinstance(frame, Put):
        frame = Put(frame.e, tuple((i, ver, json.loads(body)) for i, ver, body in frame.rows))
    assert frame == SYNC_EXAMPLES[name]


def test_there_is_an_example_of_everything_that_travels():
    assert set(COMMAND_EXAMPLES) == set(COMMANDS)
    assert set(DOCUMENT_EXAMPLES) == {entity for entities in ENTITIES.values() for entity in entities}


@pytest.mark.parametrize(
    "example", [*COMMAND_EXAMPLES.values(), *DOCUMENT_EXAMPLES.values()], ids=lambda e: str(e)[:30]
)
def test_every_field_of_an_example_is_set(example):
    assert unset_fields(example) == []


def test_a_push_is_read_command_by_command():
    pushed = golden("sync", "PushRequest")
    assert tuple(envelope.read(command) for command in pushed["commands"]) == SYNC_EXAMPLES["PushRequest"].commands


def test_a_device_that_knows_nothing_of_files_is_asked_for_none():
    request = TypeAdapter(PullRequest).validate_json(b'{"group": "catalogue", "cursor": null, "wire": 1}')
    assert request == PullRequest(Group.CATALOGUE, None, 1, files=0)
