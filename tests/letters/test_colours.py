"""An accent is readable, or the nearest that is stands in for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.letters import colours

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@given(COLOURS)
def test_the_nearest_of_any_colour_can_be_read_on_light_and_on_dark_ground(colour: str) -> None:
    light, dark = colours.nearest(colour), colours.for_dark(colour)
    assert colours.can_be_read(light)
    assert colours.can_be_read(dark, colours.DARK)
    assert colours.nearest(light) == light
    assert colours.contrast(light, "#ffffff") >= colours.LEAST
    assert colours.contrast(dark, colours.ON_DARK) >= colours.LEAST


@given(COLOURS)
def test_what_can_be_read_stays_as_it_is(colour: str) -> None:
    if colours.can_be_read(colour):
        assert colours.nearest(colour) == colour


@given(COLOURS, COLOURS)
def test_contrast_knows_no_direction_and_lies_between_1_and_21(one: str, other: str) -> None:
    assert colours.contrast(one, other) == colours.contrast(other, one)
    assert 1 <= colours.contrast(one, other) <= 21.001


def test_contrast_is_as_wcag_defines_it() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_the_nearest_is_no_darker_than_it_needs_to_be() -> None:
    assert colours.contrast(colours.nearest("#ffcc00"), "#eef3ef") < colours.LEAST + 0.15


@pytest.mark.parametrize(
    ("typed", "read"), [("#FFF", "#ffffff"), ("0b5c4a", "#0b5c4a"), (" #0B5c4a ", "#0b5c4a")]
)
def test_colours_are_read_in_the_shapes_people_type(typed: str, read: str) -> None:
    assert colours.read(typed) == read


@pytest.mark.parametrize("typed", ["red", "#12", "#12345", "#1234567", "#gggggg", "url(x)"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(typed)):
        colours.read(typed)


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    sheet = Path("signing/web/static/site.css").read_text(encoding="utf-8")
    roots = [rule.partition("}")[0] for rule in sheet.split(":root {")[1:3]]
    for root, known in zip(roots, (colours.LIGHT, colours.DARK), strict=True):
        stated = dict(re.findall(r"--(paper|sheet|wash): (#[0-9a-f]+);", root))
        assert {colours.read(value) for value in stated.values()} == set(known)
        accent = re.search(r"--accent: (#[0-9a-f]+);", root)
        assert accent
        assert colours.can_be_read(accent[1], known)
