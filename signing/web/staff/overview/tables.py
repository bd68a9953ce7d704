"""Who signs, by language, country, way and partner: from tallies alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from signing.core import locales
from signing.counts import queries as counts
from signing.counts.cells import OTHER
from signing.counts.models import Dimension
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.signatures.models import Entry
from signing.web.speech import spoken

FEW = 8  # rows of a table before "all"
HEADINGS: dict[str, LazyString] = {
    Dimension.LOCALE: _l("By language"),
    Dimension.COUNTRY: _l("By country"),
    Dimension.ENTRY: _l("By way of signing"),
    Dimension.PARTNER: _l("By partner"),
}
ENTRIES: dict[str, LazyString] = {
    Entry.FORM: _l("On our own page"),
    Entry.EMBED: _l("In a form on a partner’s page"),
    Entry.API: _l("In a partner’s own form"),
}


@dataclass(frozen=True, slots=True)
class Name:
    """`lang` where it is in another language than the page."""

    label: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One value with its number, and how much of the whole that is."""

    name: Name
    n: int
    percent: int


@dataclass(frozen=True, slots=True)
class Table:
    dimension: str
    heading: LazyString
    values: dict[str, int]  # most first
    rows: list[Row]


def list_of(letter: Letter) -> list[Table]:
    return [of(letter, name) for name in HEADINGS]


def of(letter: Letter, dimension: str) -> Table:
    """Every value with people, most first."""
    found = counts.by_value(letter.id, Dimension(dimension))
    whole, name = sum(found.values()), _namer(letter.id, dimension)
    rows = [Row(name(value), n, round(100 * n / whole)) for value, n in found.items()]
    return Table(dimension, HEADINGS[dimension], found, rows)


def _namer(letter_id: UUID, dimension: str) -> Callable[[str], Name]:
    if dimension == Dimension.LOCALE:
        return _language
    if dimension == Dimension.COUNTRY:
        return _country
    if dimension == Dimension.ENTRY:
        return _entry
    known = {id_.hex: name for id_, name in partners.list_names(letter_id).items()}
    directly = str(_("Directly, through no partner"))
    return lambda value: Name(known.get(value, value) if value else directly)


def _language(tag: str) -> Name:
    found = locales.find(tag)
    return Name(found.name, found.tag) if found else _rest(tag)


def _country(code: str) -> Name:
    known = dict(locales.countries(spoken().tag))
    if code in known:
        return Name(known[code])
    return _rest(code) if code else Name(str(_("Not asked")))


def _entry(value: str) -> Name:
    return Name(str(ENTRIES[value])) if value in ENTRIES else _rest(value)


def _rest(value: str) -> Name:
    """What is no value that is known today: cells that were too small to be kept apart."""
    return Name(str(_("Other"))) if value == OTHER else Name(value)
