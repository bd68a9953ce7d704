"""How a letter fares: the first page of its desk."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from signing.collected import queries as collected
from signing.core import clock
from signing.core.refusals import NotFound
from signing.counts import queries as counts
from signing.counts.models import Dimension
from signing.mail import health
from signing.signatures import bounced
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate, tables
from signing.web.staff.overview import checklist, funnel
from signing.web.staff.overview import figures as overview_figures
from signing.web.staff.overview import tables as overview_tables
from signing.web.staff.overview import waiting as overview_waiting
from signing.web.staff.overview.figures import Range

bp = Blueprint("overview", __name__, url_prefix="/letters/<slug>")
A_WEEK = timedelta(days=7)


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show() -> ResponseReturnValue:
    letter, now = desk.letter(), clock.now()
    total = counts.total(letter.id).n
    wanted = Range.read(request.args.get("range", ""))
    changes = overview_figures.changes(letter, wanted, now)
    shares = overview_tables.list_of(letter)
    signed_in = next(one.values for one in shares if one.dimension == Dimension.LOCALE)
    return desk.page(
        "staff/overview/all.html",
        letter=letter,
        now=letter.local(now),
        checklist=checklist.of(letter),
        may_sign=letter.takes_signatures(now),
        is_still=bool(request.args.get("still")),
        ranges=Range,
        chosen=wanted,
        figures=overview_figures.figures(letter, total, changes, now),
        course=overview_figures.course(letter, wanted, total, changes, now),
        tables=shares,
        few=overview_tables.FEW,
        beside=collected.list_shown(letter.id),
        waits=overview_waiting.list_of(letter, signed_in),
        funnel=funnel.of(letter, changes, now),
        mail=health.house(),
        queue=overview_waiting.few(sum(health.count_waiting(letter.id).values())),
        errors=health.list_errors(letter.id, now - A_WEEK),
        bounced=overview_waiting.few(bounced.count(letter.id)),
    )


@bp.get("/by/<dimension>")
@gate.asks(Act.SEE_LETTER)
def by(dimension: str) -> ResponseReturnValue:
    """All values of one dimension."""
    if dimension not in overview_tables.HEADINGS:
        raise NotFound
    letter = desk.letter()
    shares = overview_tables.of(letter, dimension)
    page = tables.read("-n", "name", size=len(shares.rows)).of_all(
        shares.rows,
        {"n": lambda one: one.n, "name": lambda one: tables.by_words(one.name.label)},
        lambda one: one.name.label,
    )
    return desk.page("staff/overview/by.html", letter=letter, table=shares, page=page)
