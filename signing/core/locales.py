"""Which languages there are, how one is chosen, and how each writes numbers, dates and lists."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal
from flask_babel import force_locale
from flask_babel import get_locale as _babel_locale

TRANSLATIONS = Path(__file__).parents[2] / "translations"
SOURCE = "en"  # the language that the messages in the code are written in


Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the interface, by its tag (BCP 47, lower case).

    What else is known of it is read when it is asked for: all of CLDR is 20 MB in memory.
    """

    tag: str

    @property
    def babel(self) -> Locale:
        return _parse(self.tag)

    @property
    def dates(self) -> Locale:
        """For days and times: English ones are written as in Europe, 20 November 2028, 14:05."""
        return _parse("en-gb") if self.tag == SOURCE else self.babel

    @property
    def direction(self) -> Direction:
        return "rtl" if self.babel.text_direction == "rtl" else "ltr"

    @property
    def name(self) -> str:
        """As its own speakers call it."""
        return _own_name(self.tag)


@cache
def _parse(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


@cache
def languages() -> dict[str, Language]:
    """All languages of the interface by tag, sorted by tag: a folder each in `translations/`."""
    folders = {path.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES")}
    tags = sorted({SOURCE, *(folder.replace("_", "-").lower() for folder in folders)})
    return {tag: Language(tag) for tag in tags}


@cache
def _own_name(tag: str) -> str:
    name = _parse(tag).get_display_name() or tag
    return name[0].upper() + name[1:]


def find(tag: str) -> Language | None:
    return languages().get(tag)


def current() -> Language:
    """The language being spoken; the source language where nobody has chosen."""
    spoken = _babel_locale()
    return languages()[str(spoken).replace("_", "-").lower() if spoken else SOURCE]


@contextmanager
def speaking(tag: str) -> Iterator[Language]:
    """Inside, messages come out in this language."""
    language = languages()[tag]
    with force_locale(str(language.babel)):
        yield language


# What browsers call languages that are here by another tag (CLDR, languageMatching).
_ALSO_CALLED = {"no": "nb", "nn": "nb", "iw": "he"}


def choose(wanted: Iterable[str], available: Collection[str], default: str) -> str:
    """The best of `available` for tags in order of preference: exact, same base, else default."""
    for tag in wanted:
        lower = tag.replace("_", "-").lower()
        base = lower.partition("-")[0]
        base = _ALSO_CALLED.get(base, base)
        candidates = [lower, base, *(one for one in available if one.partition("-")[0] == base)]
        for candidate in candidates:
            if candidate in available:
                return candidate
    return default


def number(value: int, language: Language) -> str:
    return format_decimal(value, locale=language.babel)


def day(value: date, language: Language) -> str:
    return format_date(value, "long", locale=language.dates)


def moment(value: datetime, language: Language) -> str:
    """Day, time and time zone, by the clocks of the value's own zone."""
    time = format_time(value, "short", tzinfo=value.tzinfo, locale=language.dates)
    zone = get_timezone_name(value, width="short", locale=language.babel)
    joined = str(get_datetime_format("long", locale=language.dates)).replace("'", "")
    return joined.format(f"{time} {zone}", day(value, language))


def listing(words: list[str], language: Language) -> str:
    """The words with the language's own commas and "and"."""
    return format_list(words, locale=language.babel)


# ISO 3166 has no such countries; CLDR uses them for unions, tests and outlying areas.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@cache
def countries(tag: str) -> tuple[tuple[str, str], ...]:
    """ISO 3166-1 codes (and XK) with the names of this language, sorted as far as letters go."""
    names = {
        code: name
        for code, name in _parse(tag).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    return tuple(sorted(names.items(), key=lambda item: _sort_key(item[1])))


@cache
def country_codes() -> frozenset[str]:
    return frozenset(code for code, _name in countries(SOURCE))


def _sort_key(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
