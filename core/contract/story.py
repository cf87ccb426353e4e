"""What happened to an order, as a device reads it through: in order, in codes that both sides have sentences for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Subject(StrEnum):
    """By what of its own a store asks for the story of an order."""

    FULFILMENT = "fulfilment"
    COLLECTION = "collection"
    OFFER = "offer"  # its copy


@dataclass(frozen=True, slots=True)
class StoryLine:
    """`code` and `params`: of the sentence (`core.contract.story_words`), with nothing else that the event holds.

    `who`: only of the asking store's own people. `command_id`: what a device did itself is told once.
    """

    id: str
    code: str
    at: datetime
    params: Mapping[str, str] = field(default_factory=dict)
    who: str = ""
    where: str = ""
    reason: str = ""
    command_id: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Oldest first. `told_at`: by the core's clock."""

    told_at: datetime
    lines: tuple[StoryLine, ...] = ()
