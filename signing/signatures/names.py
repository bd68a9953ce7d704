"""Names and comments as people write them, without characters that no pen can write."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from signing.signatures.models import Show

NAME_CHARACTERS = 100
COMMENT_CHARACTERS = 1000
CITY_CHARACTERS = 100
POSTCODE_CHARACTERS = 20
SEEN_CHARACTERS = 100_000  # of what was typed into one field; nobody types as much
MOST_COMPOSED = 4  # that many characters become one at most (UAX 15)
# Joiners shape letters in Persian, Arabic and Indic scripts; every other format character goes.
_KEPT_FORMAT = {"\u200c", "\u200d"}
_FILLERS = {"\u115f", "\u1160", "\u3164", "\uffa0"}  # letters by category, and yet invisible
_ADDRESS = re.compile(r"://|@|\bwww\.|\w\.\w{2,}/", re.IGNORECASE)
# What mail programs may make a link of: evil.com, bit.ly#a, tel:1, +1 555 0100; no J.R.R. Tolkien.
_LINK = re.compile(r"\S\.[\w\u200c\u200d][^\s.]|\w:\S|@|\d(?:[\s().-]{0,3}\d){5}")
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


def clean_line(text: str, most: int = NAME_CHARACTERS) -> str:
    """One line: composed (NFC), no control or direction-override characters, single spaces.

    `most` is how many the field may have. What is far longer stays so, for the door to refuse and
    to show again, and is not composed.
    """
    return _composed(_words(text[:SEEN_CHARACTERS]), most)


def clean_text(text: str, most: int = COMMENT_CHARACTERS) -> str:
    """Lines of text: as `clean_line`, with line breaks kept and at most one empty line."""
    lines = [_words(line) for line in text[:SEEN_CHARACTERS].splitlines()]
    kept = [line for before, line in zip(["", *lines], lines, strict=False) if line or before]
    return _composed("\n".join(kept).strip(), most)


def _words(line: str) -> str:
    shown = "".join(c if _is_visible(c) else " " if c.isspace() else "" for c in line)
    return " ".join(shown.split())


def _composed(text: str, most: int) -> str:
    """Unless it stays too long anyhow: to put thousands of marks in order takes seconds."""
    return text if len(text) > MOST_COMPOSED * most else unicodedata.normalize("NFC", text)


def _is_visible(character: str) -> bool:
    if character in _FILLERS:
        return False
    return character in _KEPT_FORMAT or unicodedata.category(character)[0] != "C"


def holds_address(name: str) -> bool:
    """Whether a "name" is there to carry a link into other people's inboxes."""
    return _ADDRESS.search(_folded(name)) is not None


def in_mail(name: str) -> str:
    """The name where it may stand in a mail to an inbox that has not agreed; "" where it may not.

    A form takes "Dr.med. Li" and "Booking.com Workers", and whoever types "Visit evil.com" beside
    somebody else's address as well: mail programs would make a link of that.
    """
    return "" if _LINK.search(_folded(name)) else name


def _folded(name: str) -> str:
    """However wide, small or raised its characters are written."""
    return unicodedata.normalize("NFKC", name).translate(_STOPS)


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
