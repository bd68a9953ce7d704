"""Charts as SVG of bars and lines: shapes alone, so that they stretch. Words stand around them.

What a chart says is said in a table as well; nothing here is to be read by colour. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 1000, 200
GAP = 0.2  # of a bar's room
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `label` is what a pointer that rests on it is told."""

    value: int
    label: str
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a chart to those who do not see it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Scale:
    """What the lower and the upper edge stand for; zero lies between them, or is one of them."""

    low: int
    high: int

    @classmethod
    def of(cls, values: Sequence[int]) -> Scale:
        return cls(-_rounded(-min(0, *values, 0)), _rounded(max(0, *values, 0)) or 1)

    def y(self, value: int) -> float:
        """How far from the upper edge."""
        return round((self.high - value) * HEIGHT / (self.high - self.low), 1)


def _rounded(value: int) -> int:
    """The next round number: 1, 2 or 5 with noughts."""
    ten = 1
    while value > 0:
        for step in STEPS:
            if value <= step * ten:
                return step * ten
        ten *= 10
    return 0


def bars(of: Sequence[Bar], words: Words, *, is_rtl: bool = False) -> Markup:
    """One bar beside the other; in a script that runs to the left, time does too."""
    scale = Scale.of([bar.value for bar in of])
    room = WIDTH / max(1, len(of))
    shapes = []
    for place, bar in enumerate(reversed(of) if is_rtl else of):
        x = round((place + GAP / 2) * room, 1)
        top, bottom = sorted((scale.y(bar.value), scale.y(0)))
        kind = "bar unfinished" if bar.is_unfinished else "bar"
        shapes.append(
            f'<rect class="{kind}" x="{x}" y="{top}" width="{round(room * (1 - GAP), 1)}"'
            f' height="{round(bottom - top, 1)}"><title>{escape(bar.label)}</title></rect>'
        )
    zero = scale.y(0)
    shapes.append(f'<path class="zero" d="M0 {zero}H{WIDTH}"/>')
    return _picture("".join(shapes), words)


def line(values: Sequence[int], words: Words, *, is_rtl: bool = False) -> Markup:
    """A line from the first value to the last, and what is under it."""
    scale = Scale.of(values)
    apart = WIDTH / max(1, len(values) - 1)
    xs = [round(place * apart, 1) for place in range(len(values))]
    xs = [WIDTH - x for x in xs] if is_rtl else xs
    points = " ".join(f"{x},{scale.y(value)}" for x, value in zip(xs, values, strict=True))
    under = f"{xs[0]},{scale.y(0)} {points} {xs[-1]},{scale.y(0)}" if values else ""
    shapes = f'<polygon class="under" points="{under}"/><polyline class="line" points="{points}"/>'
    return _picture(shapes, words)


def _picture(shapes: str, words: Words) -> Markup:
    return Markup(  # noqa: S704  # what is not ours is escaped, here and above
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f"<title>{escape(words.title)}</title><desc>{escape(words.description)}</desc>{shapes}</svg>"
    )
