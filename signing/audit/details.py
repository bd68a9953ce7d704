"""The details of an event, one by one: what each is now, and what it was. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signing.audit.events import Verb

# Under these, a list of two is what was before and what is now.
CHANGES = frozenset(
    {
        Verb.LETTER_SET,
        Verb.LETTER_RENAMED,
        Verb.LETTER_OPENED,
        Verb.LETTER_CLOSED,
        Verb.LETTER_DELIVERED,
        Verb.LETTER_ARCHIVED,
        Verb.PARTNER_CHANGED,
    }
)


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing noted about an event, as it was noted."""

    name: str
    value: object
    before: object = None
    is_change: bool = False


def read(verb: str, details: Mapping[str, Any]) -> list[Detail]:
    """In the order in which they were noted."""
    return [_detail(verb, name, value) for name, value in details.items()]


def _detail(verb: str, name: str, value: object) -> Detail:
    if verb in CHANGES and isinstance(value, list) and len(value) == 2:
        return Detail(name, value[1], value[0], is_change=True)
    return Detail(name, value)
