"""A letter's accent colour: whether it can be read, and the nearest that can. Pure.

WCAG 2.2, 1.4.3: text needs a contrast of 4.5 to its ground. The campaign chooses the colour for
light grounds; the one for dark grounds follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection

LEAST = 4.5
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
# As in site.css: paper, sheet and wash.
LIGHT = ("#f8f6f0", "#ffffff", "#eef3ef")
DARK = ("#161613", "#1e1e1a", "#1f2a26")
ON_LIGHT, ON_DARK = "#fff", "#161613"  # text on the accent itself
STEPS = 256

Colour = tuple[int, int, int]
_FORM = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)


def read(text: str) -> str:
    """The colour as #rrggbb; raises `ValueError` for anything that is none."""
    found = _FORM.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(text)
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG defines it."""
    lighter, darker = sorted((_luminance(_parts(one)), _luminance(_parts(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def can_be_read(colour: str, grounds: Collection[str] = LIGHT) -> bool:
    return all(contrast(colour, ground) >= LEAST for ground in grounds)


def nearest(colour: str, grounds: Collection[str] = LIGHT) -> str:
    """The colour itself if it can be read; else as little darker or lighter as it needs."""
    aim = BLACK if grounds is LIGHT else WHITE
    mixed = (_mix(_parts(colour), aim, step) for step in range(STEPS + 1))
    return next(one for one in mixed if can_be_read(one, grounds))


def for_dark(colour: str) -> str:
    """What stands for the colour on dark grounds."""
    return nearest(colour, DARK)


def _mix(colour: Colour, aim: Colour, step: int) -> str:
    pairs = zip(colour, aim, strict=True)
    return "#" + "".join(f"{round(one + (to - one) * step / STEPS):02x}" for one, to in pairs)


def _parts(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
