"""The badge: a label and a number as a small SVG that loads nothing and needs no style sheet."""

from __future__ import annotations

import re
import unicodedata
from xml.sax.saxutils import escape, quoteattr

_HEIGHT = 24
_SIZE = 12
_PADDING = 9
_CORNER = 4

# On grounds of their own, so that the page around them does not matter. White on them has 9.7:1
# and 7.9:1; WCAG 1.4.3 asks for 4.5:1.
LABEL_GROUND = "#444"
VALUE_GROUND = "#0b5c4a"
INK = "#fff"

NOT_XML = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")  # XML 1.0, 2.2

_NARROW = frozenset("!'(),.:;I[]fijlrt| \u2009\u202f\xa0")
_BROAD = frozenset("%&@MWmw—")


def svg(label: str, value: str, *, direction: str, lang: str) -> str:
    """An SVG document with the label first, in the reading direction, and the value after it.

    `direction` is `ltr` or `rtl`. Both texts are plain; what XML cannot carry becomes a space.
    """
    label, value = (NOT_XML.sub(" ", text).strip() for text in (label, value))
    label_width, value_width = _width(label), _width(value)
    width = label_width + value_width
    is_rtl = direction == "rtl"

    edge = width - label_width if is_rtl else label_width
    label_shape = (
        f"M{edge} 0H{width - _CORNER}q{_CORNER} 0 {_CORNER} {_CORNER}"
        f"V{_HEIGHT - _CORNER}q0 {_CORNER}-{_CORNER} {_CORNER}H{edge}z"
        if is_rtl
        else f"M{edge} 0H{_CORNER}q-{_CORNER} 0-{_CORNER} {_CORNER}"
        f"V{_HEIGHT - _CORNER}q0 {_CORNER} {_CORNER} {_CORNER}H{edge}z"
    )
    label_middle, value_middle = label_width / 2, label_width + value_width / 2
    if is_rtl:
        label_middle, value_middle = width - label_middle, width - value_middle

    name = f"{label}: {value}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" role="img"'
        f" xml:lang={quoteattr(lang)} aria-label={quoteattr(name)}>"
        f"<title>{escape(name)}</title>"
        f'<rect width="{width}" height="{_HEIGHT}" rx="{_CORNER}" fill="{VALUE_GROUND}"/>'
        f'<path d="{label_shape}" fill="{LABEL_GROUND}"/>'
        f'<g direction="{"rtl" if is_rtl else "ltr"}" fill="{INK}" text-anchor="middle"'
        f' font-family="system-ui,sans-serif" font-size="{_SIZE}">'
        f'<text x="{label_middle:g}" y="16">{escape(label)}</text>'
        f'<text x="{value_middle:g}" y="16" font-weight="600">{escape(value)}</text>'
        "</g></svg>"
    )


def _width(text: str) -> int:
    """Pixels for the text and the air beside it: a generous guess, for the font is the reader's."""
    return round(sum(map(_advance, text)) * _SIZE) + 2 * _PADDING


def _advance(character: str) -> float:
    """How far a character moves the pen, in ems."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1
    if character in _NARROW:
        return 0.36
    if character in _BROAD:
        return 0.95
    if unicodedata.bidirectional(character) == "AL":
        return 0.5  # Arabic letters join, and most are narrow
    return 0.72 if character.isupper() else 0.61
