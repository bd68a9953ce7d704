"""Which way text is read, and how a name keeps its own way within a sentence (UAX 9)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from signing.core.locales import Direction

STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}
AGAINST = {"ltr": {"R", "AL", "AN"}, "rtl": {"L", "EN", "AN"}}  # digits too go from left to right
FIRST_STRONG, END = "\u2068", "\u2069"  # an isolate that goes the way of its first letter
ISOLATES: dict[str, Direction | None] = {"\u2066": "ltr", "\u2067": "rtl", FIRST_STRONG: None}
SIGNS = frozenset((*ISOLATES, END, *"\u202a\u202b\u202c\u202d\u202e"))  # with the older ones
BEGIN: dict[Direction, str] = {"ltr": "\u2066", "rtl": "\u2067"}


def direction(text: str) -> Direction | None:
    """Of the first letter that has one (UAX 9, P2): a name's own, whatever stands around it."""
    kinds = map(unicodedata.bidirectional, text)
    return next((STRONG[kind] for kind in kinds if kind in STRONG), None)


def isolated(value: str, line: Direction) -> str:
    """A name or an address, to be put into a sentence that is read this way.

    Without it the dot behind "e. V." goes to the wrong side of an Arabic sentence. What is read
    as the sentence is stays as it is: kept wordings are told apart by their letters.
    """
    turns = AGAINST[line] & set(map(unicodedata.bidirectional, value))
    return f"{FIRST_STRONG}{value}{END}" if turns else value


def _end(text: str, begin: int) -> int:
    """Where the isolate that begins there ends: at its partner, or with the text."""
    depth = 0
    for place in range(begin, len(text)):
        depth += (text[place] in ISOLATES) - (text[place] == END)
        if depth == 0:
            return place
    return len(text)


def _way(sign: str, inside: str) -> Direction:
    return ISOLATES[sign] or direction(inside) or "ltr"


def resolved(text: str) -> str:
    """Each isolate says its direction, which stays its own where a line ends within it."""
    return "".join(
        BEGIN[_way(letter, text[place + 1 : _end(text, place)])]
        if letter == FIRST_STRONG
        else letter
        for place, letter in enumerate(text)
    )


def carried(lines: Iterable[str]) -> Iterator[str]:
    """Lines of one text that is `resolved`: isolates that go on in the next are whole in both."""
    opened = ""
    for line in lines:
        begun = opened
        for letter in line:
            if letter in ISOLATES:
                opened += letter
            elif letter == END:
                opened = opened[:-1]
        yield f"{begun}{line}{END * len(opened)}"
