"""The details of an event, as people read them. Pure."""

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
    """One thing noted about an event: what it is now, and what it was if it changed."""

    name: str
    value: str
    before: str = ""
    is_change: bool = False


def read(verb: str, details: Mapping[str, Any]) -> list[Detail]:
    """In the order in which they were noted."""
    return [_detail(verb, name, value) for name, value in details.items()]


def _detail(verb: str, name: str, value: object) -> Detail:
    if verb in CHANGES and isinstance(value, list) and len(value) == 2:
        return Detail(name, _plain(value[1]), _plain(value[0]), is_change=True)
    return Detail(name, _plain(value))


def _plain(value: object) -> str:
    """Nothing is a dash, so that what was empty can be seen."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    return str(value)
