"""How a letter's number grows: from tallies alone, so that a million cost what a thousand do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from signing.core import clock, locales
from signing.counts import queries as counts
from signing.counts import series
from signing.counts.series import Span, Step
from signing.letters.models import Letter
from signing.web.speech import spoken
from signing.web.staff.overview import charts
from signing.web.staff.overview.charts import Bar, Words


class Range(StrEnum):
    """How far back the chart goes."""

    HOURS = "hours"
    DAYS = "days"
    ALL = "all"

    @classmethod
    def read(cls, text: str) -> Range:
        return cls(text) if text in list(cls) else cls.DAYS

    @property
    def title(self) -> LazyString:
        return RANGES[self]

    @property
    def back(self) -> timedelta | None:
        return BACK.get(self)


RANGES = {
    Range.HOURS: _l("48 hours"),
    Range.DAYS: _l("30 days"),
    Range.ALL: _l("From the beginning"),
}
BACK = {Range.HOURS: timedelta(hours=47), Range.DAYS: timedelta(days=29)}
NEEDED = timedelta(days=15)  # for today's figures and the funnel


@dataclass(frozen=True, slots=True)
class Figures:
    """What one looks for first."""

    total: int
    today: int
    hour: int
    hour_before: int
    hour_began: datetime
    goal: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A span of time as the table names it."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class Course:
    """The number over time: as bars, as a line where it goes back to the beginning, as a table."""

    bars: Markup
    line: Markup
    line_top: int
    top: int
    bottom: int
    lines: list[Line]


def zone(letter: Letter) -> ZoneInfo:
    return ZoneInfo(letter.time_zone)


def changes(letter: Letter, wanted: Range, now: datetime) -> Mapping[int, int]:
    """By hour, as far back as anything on the page asks for."""
    if wanted.back is None:
        return counts.changes(letter.id)
    begin = series.day_begin(now - max(wanted.back, NEEDED), zone(letter))
    return counts.changes(letter.id, clock.hour_of(begin))


def figures(letter: Letter, total: int, changed: Mapping[int, int], now: datetime) -> Figures:
    hour = clock.hour_of(now)
    today = clock.hour_of(series.day_begin(now, zone(letter)))
    return Figures(
        total,
        today=sum(n for at, n in changed.items() if at >= today),
        hour=changed.get(hour, 0),
        hour_before=changed.get(hour - 1, 0),
        hour_began=letter.local(now).replace(minute=0),
        goal=letter.goal_at(total),
    )


def course(
    letter: Letter, wanted: Range, total: int, changed: Mapping[int, int], now: datetime
) -> Course:
    begin, step = _frame(wanted, changed, now)
    found = series.spans(changed, step=step, zone=zone(letter), begin=begin, end=now, total=total)
    lines = [Line(label(span, step), span) for span in found]
    scale = charts.Scale.of([span.change for span in found])
    told = _described(lines)
    is_rtl = spoken().direction == "rtl"
    bars = [Bar(one.span.change, _told(one), one.span.is_unfinished) for one in lines]
    totals = [span.total for span in found]
    line = Markup()
    if wanted is Range.ALL and len(found) > 1:
        line = charts.line(totals, Words(str(_("All signatures")), told), is_rtl=is_rtl)
    return Course(
        charts.bars(bars, Words(str(_("Signatures over time")), told), is_rtl=is_rtl),
        line,
        charts.Scale.of(totals).high,
        scale.high,
        scale.low,
        lines[::-1],
    )


def _frame(wanted: Range, changed: Mapping[int, int], now: datetime) -> tuple[datetime, Step]:
    """Where the chart begins, and by what it goes."""
    if wanted.back is not None:
        return now - wanted.back, Step.HOUR if wanted is Range.HOURS else Step.DAY
    first = min(changed, default=clock.hour_of(now))
    begin = clock.begin_of(first)
    return begin, series.step_for(begin, now)


def label(span: Span, step: Step) -> str:
    """A span as people name it."""
    at, spoken_ = span.begin, spoken().dates
    if step is Step.HOUR:
        day = format_date(at, "EEE d MMM", locale=spoken_)
        return f"{day}, {format_time(at, 'short', locale=spoken_)}"
    if step is Step.MONTH:
        return format_date(at, "MMMM y", locale=spoken_)
    day = format_date(at, "medium", locale=spoken_)
    return str(_("Week from %(day)s", day=day)) if step is Step.WEEK else day


def _told(line: Line) -> str:
    n = locales.number(line.span.change, spoken())
    if line.span.is_unfinished:
        return str(_("%(when)s, so far: %(n)s", when=line.label, n=n))
    return f"{line.label}: {n}"


def _described(lines: list[Line]) -> str:
    """What the shape says, in a sentence; every number is in the table."""
    most = max(lines, key=lambda one: one.span.change)
    return str(
        _(
            "From %(first)s to %(last)s. The most were %(n)s: %(when)s.",
            first=lines[0].label,
            last=lines[-1].label,
            n=locales.number(most.span.change, spoken()),
            when=most.label,
        )
    )
