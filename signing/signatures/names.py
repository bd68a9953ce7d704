"""Names and comments as people write them, without what no pen can write."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from signing.signatures.models import Show

NAME_CHARACTERS = 100
COMMENT_CHARACTERS = 1000
CITY_CHARACTERS = 100
POSTCODE_CHARACTERS = 20
# Joiners shape letters in Persian, Arabic and Indic scripts; every other format character goes.
_KEPT_FORMAT = {"\u200c", "\u200d"}
_FILLERS = {"\u115f", "\u1160", "\u3164", "\uffa0"}  # letters by category, and yet invisible
_ADDRESS = re.compile(r"://|@|\bwww\.|\w\.\w{2,}/", re.IGNORECASE)
# Read as a full stop by browsers and mail programs, and not by Unicode's own folding.
_STOPS = str.maketrans("\u3002\uff61", "..")


class Fault(StrEnum):
    """Why something is no name."""

    NO_LETTER = "no_letter"
    TOO_LONG = "too_long"
    ADDRESS = "address"  # or a link


def find_fault(name: str) -> Fault | None:
    """What keeps the cleaned line from being a name; doors say it in their words."""
    if not any(character.isalpha() for character in name):
        return Fault.NO_LETTER
    if len(name) > NAME_CHARACTERS:
        return Fault.TOO_LONG
    return Fault.ADDRESS if holds_address(name) else None


def clean_line(text: str) -> str:
    """One line: composed (NFC), no control or direction-override characters, single spaces."""
    return " ".join(_visible(text).split())


def clean_text(text: str) -> str:
    """Lines of text: as `clean_line`, with line breaks kept and at most one empty line."""
    lines = [" ".join(_visible(line).split()) for line in text.splitlines()]
    kept = [line for before, line in zip(["", *lines], lines, strict=False) if line or before]
    return "\n".join(kept).strip()


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(c if _is_visible(c) else " " if c.isspace() else "" for c in composed)


def _is_visible(character: str) -> bool:
    if character in _FILLERS:
        return False
    return character in _KEPT_FORMAT or unicodedata.category(character)[0] != "C"


def holds_address(name: str) -> bool:
    """Whether a "name" is there to carry a link into other people's inboxes.

    However wide, small or raised its characters are written.
    """
    plain = unicodedata.normalize("NFKC", name).translate(_STOPS)
    return _ADDRESS.search(plain) is not None


def public(name: str, show: Show) -> str | None:
    """What stands under the letter: nothing, the name as written, or first name and initial."""
    match show:
        case Show.NO:
            return None
        case Show.FULL:
            return name
        case Show.INITIAL:
            first, *others = name.split()
            return f"{first} {_initial(others[-1])}" if others else _initial(first)


def _initial(word: str) -> str:
    """The first letter; of a name written as one word nothing more becomes public.

    The Arabic article is no part of a name's initial.
    """
    article = "ال"
    return f"{word.removeprefix(article)[:1] or word[0]}."
