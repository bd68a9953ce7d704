"""Where sentences end, so that what has to be short need not stop in the middle of one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

# A sign and a space, but not before a digit ("Art. 5"). Chinese and Japanese leave no space.
_END = re.compile(r"""[.!?…؟۔।]["'”»’)\]]*(?=\s+\D|\s*$)|[。！？][」』）]*""")
_LAST_WORD = re.compile(r"\w+$")
_SHORT = 4


def fitting(text: str, fits: Callable[[str], bool]) -> str:
    """As many whole sentences from the beginning on as fit; "" where the first is too long."""
    found = ""
    for end in _END.finditer(text):
        if _goes_on(text, end):
            continue
        if not fits(longer := text[: end.end()]):
            break
        found = longer
    return found


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """The dot of "e. V." or "Dr.", or one before a small letter. Rather once too often."""
    word = _LAST_WORD.search(text, max(0, end.start() - 20), end.start())
    name = word[0] if word and end[0] == "." else ""
    is_shortened = len(name) == 1 or (len(name) <= _SHORT and name[:1].isupper())
    return is_shortened or text[end.end() :].lstrip()[:1].islower()
