"""A detail of the audit log as people read it, in their language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from flask_babel import gettext as _

from signing.audit.details import Detail
from signing.core import locales
from signing.core.locales import Language
from signing.letters.settings import PERSONAL
from signing.web.staff.audit import words

NOTHING = "–"  # so that what was empty can be seen


@dataclass(frozen=True, slots=True)
class Told:
    """What it is now, and what it was if it changed; in words."""

    name: str
    value: str
    before: str = ""
    is_change: bool = False


def tell(detail: Detail, language: Language, zone: tzinfo = UTC) -> Told:
    """Times are by the clocks of `zone`."""
    both = (detail.value, detail.before)
    value, before = (value_of(detail.name, one, language, zone) for one in both)
    return Told(name_of(detail.name, language), value, before, detail.is_change)


def name_of(name: str, language: Language) -> str:
    """In words; as it was noted, where an older version noted it.

    Of a count that was repaired it is a figure and what it was counted by: `country:FR`.
    """
    if name in words.NAMES:
        return str(words.NAMES[name])
    sort, colon, value = name.partition(":")
    if colon and sort in words.NAMES:
        return f"{words.NAMES[sort]}: {value_of(sort, value, language)}"
    return name


def value_of(name: str, value: object, language: Language, zone: tzinfo = UTC) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int):
        word = words.VALUES.get(name, {}).get(str(value))
        return str(word) if word else locales.number(value, language)
    if isinstance(value, list):
        return ", ".join(value_of(name, one, language, zone) for one in value)
    if isinstance(value, dict):
        parts = ((value_of(name, one, language, zone), n) for one, n in value.items())
        return ", ".join(f"{one}: {value_of('', n, language)}" for one, n in parts)
    return _text(name, str(value), language, zone)


def _text(name: str, value: str, language: Language, zone: tzinfo) -> str:
    """The words for a code; anything else as it is."""
    known = words.VALUES.get(name, {}) | (words.CHANGED if name in PERSONAL else {})
    if value in known:
        return str(known[value])
    if name in words.OF_NAMES and value in words.NAMES:
        return str(words.NAMES[value])
    if name in words.OF_LANGUAGES and (found := locales.find(value)):
        return found.name
    if name in words.OF_COUNTRIES:
        return dict(locales.countries(language.tag)).get(value, value)
    return _time(name, value, language, zone)


def _time(name: str, value: str, language: Language, zone: tzinfo) -> str:
    try:
        if name in words.OF_MOMENTS:
            return locales.moment(datetime.fromisoformat(value).astimezone(zone), language)
        if name in words.OF_DAYS:
            return locales.day(date.fromisoformat(value), language)
    except (ValueError, OverflowError):  # as an older version has noted it
        pass
    return value
