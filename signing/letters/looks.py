"""The few rules of style that are a letter's own, as a style sheet. Pure."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from signing.letters import colours
from signing.letters.models import Letter
from signing.letters.pictures import Picture


def css(letter: Letter) -> str:
    """Its accent on light and dark grounds, and what of its picture stays in sight; or nothing."""
    picture = Picture.of(letter)
    return _css(letter.accent, (picture.x, picture.y) if picture else None)


def digest(letter: Letter) -> str:
    """Names the style sheet in its address; "" where the letter has none of its own."""
    sheet = css(letter)
    return hashlib.sha256(sheet.encode()).hexdigest()[:12] if sheet else ""


@lru_cache(maxsize=256)
def _css(accent: str, focus: tuple[int, int] | None) -> str:
    rules = []
    if accent:
        dark = _accent(colours.for_dark(accent), colours.ON_DARK)
        rules.append(_accent(accent, colours.ON_LIGHT))
        rules.append(f"@media screen and (prefers-color-scheme:dark){{{dark}}}")
    if focus:
        rules.append(f".picture img{{object-position:{focus[0]}% {focus[1]}%}}")
    return "".join(rules)


def _accent(colour: str, on_it: str) -> str:
    return f":root{{--accent:{colour};--on-accent:{on_it}}}"
