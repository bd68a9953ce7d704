"""The badge says the same to eyes and to screen readers, in any script, and stays small."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.web.embed import badge

SVG = "{http://www.w3.org/2000/svg}"
LIMIT = 1024

REALISTIC = [
    ("signatures", "3,230", "ltr", "en"),
    ("people have signed the open letter", "12,345,678", "ltr", "en"),
    ("Menschen unterstützen Bürgerrechtsschutzverordnungen", "1.234.567", "ltr", "de"),
    ("personnes ont signé", "3\u202f230", "ltr", "fr"),
    ("وقّعوا على الرسالة المفتوحة", "٣٬٢٣٠", "rtl", "ar"),
    ("חתמו על המכתב", "3,230", "rtl", "he"),
    ("امضا کرده‌اند", "۳٬۲۳۰", "rtl", "fa"),
    ("この公開書簡に署名した人", "3,230人", "ltr", "ja"),
    ("हस्ताक्षर", "३,२३०", "ltr", "mr"),
]


def _root(label: str, value: str, direction: str = "ltr", lang: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(badge.svg(label, value, direction=direction, lang=lang))  # noqa: S314 (our own)


def _texts(root: ElementTree.Element) -> list[ElementTree.Element]:
    return list(root.iter(f"{SVG}text"))


def _contrast(first: str, second: str) -> float:
    """WCAG 2.2, contrast ratio of two hexadecimal colours."""

    def luminance(colour: str) -> float:
        digits = colour.removeprefix("#")
        digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted([luminance(first), luminance(second)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("label", "value", "direction", "lang"), REALISTIC)
def test_a_badge_is_at_most_a_kilobyte(label: str, value: str, direction: str, lang: str) -> None:
    assert len(badge.svg(label, value, direction=direction, lang=lang).encode()) <= LIMIT


@pytest.mark.parametrize(("label", "value", "direction", "lang"), REALISTIC)
def test_what_is_seen_is_what_is_said(label: str, value: str, direction: str, lang: str) -> None:
    root = _root(label, value, direction, lang)

    assert root.get("role") == "img"
    assert root.get("aria-label") == f"{label}: {value}"
    assert root.findtext(f"{SVG}title") == f"{label}: {value}"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
    assert [text.text for text in _texts(root)] == [label, value]


def test_nothing_is_loaded_and_no_style_is_inline() -> None:
    drawn = badge.svg("signatures", "3,230", direction="ltr", lang="en")

    assert "style" not in drawn
    assert "href" not in drawn
    assert "url(" not in drawn


def test_text_from_outside_stays_text() -> None:
    nasty = """</text><script>alert("1 & 2 'x'")</script>"""
    root = _root(nasty, nasty)

    assert not list(root.iter(f"{SVG}script"))
    assert [text.text for text in _texts(root)] == [nasty, nasty]
    assert root.get("aria-label") == f"{nasty}: {nasty}"


@pytest.mark.parametrize(("direction", "first_is_left"), [("ltr", True), ("rtl", False)])
def test_the_label_stands_where_reading_begins(direction: str, first_is_left: bool) -> None:
    root = _root("signatures", "12", direction)
    label, value = (float(text.get("x", "")) for text in _texts(root))

    assert (label < value) is first_is_left
    groups = list(root.iter(f"{SVG}g"))
    assert [group.get("direction") for group in groups] == [direction]


def test_right_to_left_is_the_mirror_of_left_to_right() -> None:
    left, right = _root("signatures", "12"), _root("signatures", "12", "rtl")
    width = float(left.get("width", ""))

    assert right.get("width") == left.get("width")
    for one, other in zip(_texts(left), _texts(right), strict=True):
        assert float(one.get("x", "")) + float(other.get("x", "")) == width


def test_full_width_characters_get_the_room_they_need() -> None:
    def width(label: str) -> float:
        return float(_root(label, "1").get("width", ""))

    assert width("署" * 11) - width("署") == 10 * 12
    assert width("署名" * 5) > 1.4 * width("signatures")
    assert width("e\u0301") == width("e")  # a mark stands on its letter
    assert width("iiii") < width("nnnn") < width("MMMM")


def test_both_halves_can_be_read_by_weak_eyes() -> None:
    drawn = badge.svg("signatures", "3,230", direction="ltr", lang="en")
    value_ground, label_ground, ink = re.findall(r'fill="(#\w+)"', drawn)

    assert _contrast(ink, value_ground) >= 4.5
    assert _contrast(ink, label_ground) >= 4.5


@given(
    label=st.text(st.characters(), max_size=60),
    value=st.text(st.characters(), max_size=20),
    direction=st.sampled_from(["ltr", "rtl"]),
)
def test_whatever_the_texts_a_parser_can_read_it(label: str, value: str, direction: str) -> None:
    drawn = badge.svg(label, value, direction=direction, lang="en")
    root = ElementTree.fromstring(drawn.encode())  # noqa: S314 (our own)

    assert len(_texts(root)) == 2
    assert [child.tag.removeprefix(SVG) for child in root] == ["title", "rect", "path", "g"]
