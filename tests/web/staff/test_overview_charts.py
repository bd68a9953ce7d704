"""Charts: shapes that add up, in both directions, with nothing that our policy would refuse."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from signing.web.staff.overview import charts
from signing.web.staff.overview.charts import Bar, Scale, Words

WORDS = Words("Signatures <over> time", "From & to")


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([], (0, 1)),
        ([0, 0], (0, 1)),
        ([3, 7], (0, 10)),
        ([1201], (0, 2000)),
        ([5, -3], (-5, 5)),
        ([-30], (-50, 1)),
    ],
)
def test_the_edges_are_round_and_zero_is_between_them(
    values: list[int], edges: tuple[int, int]
) -> None:
    scale = Scale.of(values)
    assert (scale.low, scale.high) == edges
    assert all(0 <= scale.y(value) <= charts.HEIGHT for value in [*values, 0])


def drawn(svg: str) -> list[dict[str, str]]:
    root = ET.fromstring(svg)  # noqa: S314  # our own
    return [one.attrib for one in root.iter("rect")]


def test_bars_stand_beside_each_other_and_go_down_below_zero() -> None:
    of = [Bar(4, "Monday: 4"), Bar(-2, "Tuesday: -2"), Bar(1, "<b>", is_unfinished=True)]
    svg = charts.bars(of, WORDS)
    found = drawn(svg)
    xs = [float(one["x"]) for one in found]
    assert xs == sorted(xs)
    zero = Scale.of([4, -2, 1]).y(0)
    tops = [float(one["y"]) for one in found]
    assert tops[0] < zero
    assert tops[1] == zero
    assert found[2]["class"] == "bar unfinished"
    assert "<b>" not in svg
    assert "style=" not in svg


def test_time_runs_the_other_way_where_the_script_does() -> None:
    of = [Bar(1, "first"), Bar(9, "last")]
    ltr, rtl = (drawn(charts.bars(of, WORDS, is_rtl=is_rtl)) for is_rtl in (False, True))
    assert [one["height"] for one in ltr] == [one["height"] for one in reversed(rtl)]
    line = charts.line([1, 2, 3], WORDS, is_rtl=True)
    points = ET.fromstring(line).findall("polyline")[0].attrib["points"]  # noqa: S314
    assert points.startswith("1000")


def test_one_value_alone_makes_no_trouble() -> None:
    for of in ([], [5]):
        ET.fromstring(charts.line(of, WORDS))  # noqa: S314
    ET.fromstring(charts.bars([], WORDS))  # noqa: S314
