"""Whole numbers as people write them: digits of any script, with marks between the thousands."""

from __future__ import annotations

import re

MOST_DIGITS = 15
# Point, commas, apostrophes, the Arabic mark for thousands, and spaces of every width.
_MARK = r"[.,\u060c'\u2019\u066c\u2009 \u00a0\u202f_]"
# Groups of three, or of two before the last three as in India: so 1.5 is no whole number.
_NUMBER = re.compile(rf"\d+|\d{{1,3}}(?:{_MARK}\d{{2,3}})*{_MARK}\d{{3}}")


def whole(text: str) -> int | None:
    """The number; None where there is none, or a fraction, or one too long to be meant."""
    plain = " ".join(text.split())
    if not _NUMBER.fullmatch(plain):
        return None
    digits = [one for one in plain if one.isdecimal()]
    return int("".join(digits)) if len(digits) <= MOST_DIGITS else None
