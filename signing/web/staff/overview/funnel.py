"""From the form to the inbox to the press of the button: the last fourteen days of a letter.

Forms and mails are what the worker has counted in the outbox, by the day on which the form came.
Confirmations are what the number has changed by on a day, those taken back subtracted: a form of
yesterday may be confirmed today. So a day has numbers, and rates belong to the fourteen days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from signing.core import clock
from signing.counts import series
from signing.counts.series import Span, Step
from signing.letters.models import Letter
from signing.mail import health
from signing.mail.health import Hour
from signing.mail.kinds import Kind
from signing.mail.models import MailState
from signing.web.staff.overview import figures as overview_figures

DAYS = 14


@dataclass(frozen=True, slots=True)
class Flow:
    """Forms that asked for a mail, those mails that a server took, and what was confirmed."""

    asked: int = 0
    mailed: int = 0
    refused: int = 0
    confirmed: int = 0

    @property
    def mailed_percent(self) -> int | None:
        return round(100 * self.mailed / self.asked) if self.asked else None

    @property
    def confirmed_percent(self) -> int | None:
        """Of the mails; none where forms of earlier days, confirmed in these, would falsify it."""
        is_share = 0 <= self.confirmed <= self.mailed and self.mailed > 0
        return round(100 * self.confirmed / self.mailed) if is_share else None


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    flow: Flow
    is_unfinished: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    whole: Flow
    days: list[Day]  # the newest first
    reminders: int  # mails that asked once more


def of(letter: Letter, changes: Mapping[int, int], now: datetime) -> Funnel:
    zone = overview_figures.zone(letter)
    begin = series.day_begin(now - timedelta(days=DAYS - 1), zone)
    hours = health.list_hours(letter.id, begin)
    parts = [_by_hour(hours, of_state) for of_state in STATES]
    since = {hour: n for hour, n in changes.items() if hour >= clock.hour_of(begin)}
    columns = [
        series.spans(found, step=Step.DAY, zone=zone, begin=begin, end=now, total=0)
        for found in (*parts, since)
    ]
    days = [_day(spans) for spans in zip(*columns, strict=True)]
    sums = [sum(one.change for one in spans) for spans in columns]
    reminders = sum(one.n for one in hours if one.kind == Kind.REMINDER)
    return Funnel(Flow(*sums), days[::-1], reminders)


# What a mail is, for each of the first figures of a `Flow`.
STATES: tuple[frozenset[MailState], ...] = (
    frozenset(MailState),
    frozenset({MailState.SENT}),
    frozenset({MailState.DEAD}),
)


def _by_hour(hours: list[Hour], states: frozenset[MailState]) -> Counter[int]:
    counted: Counter[int] = Counter()
    for one in hours:
        if one.kind == Kind.CONFIRM_SIGNATURE and one.state in states:
            counted[one.hour] += one.n
    return counted


def _day(spans: tuple[Span, ...]) -> Day:
    label = overview_figures.label(spans[0], Step.DAY)
    return Day(label, Flow(*(one.change for one in spans)), spans[0].is_unfinished)
