"""The signatures of a letter: filters, sorts, pages. Nothing sealed is opened here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.audit import Verb, log
from signing.core import locales
from signing.core.db import transaction
from signing.core.vault import Unreadable
from signing.counts import queries as counts
from signing.counts.models import Dimension
from signing.letters.models import Letter
from signing.moderation import bulk
from signing.moderation.reasons import WORDS
from signing.partners import queries as partners
from signing.signatures import finding
from signing.signatures.finding import Found
from signing.signatures.models import State
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import desk, gate, tables
from signing.web.staff.overview.waiting import few
from signing.web.staff.signatures import filters as signatures_filters
from signing.web.staff.signatures import words as say
from signing.web.staff.signatures.filters import Filters
from signing.web.staff.tables import Table

bp = Blueprint("signatures", __name__, url_prefix="/letters/<slug>/signatures")
SORTS = ("-sent", "-confirmed", "name", "country", "language")


@bp.get("")
@gate.asks(Act.SEE_SIGNATURES)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    return page(letter, signatures_filters.read(letter))


def page(
    letter: Letter, filters: Filters, *, error: str = "", bulk_error: str = "", status: int = 200
) -> ResponseReturnValue:
    """The table with these filters; `error` is about the address that was typed."""
    table = tables.read(*SORTS, endpoint="staff.signatures.show")
    found = _find(filters, table)
    return desk.page(
        "staff/signatures/all.html",
        status,
        letter=letter,
        table=table.turn(found.rows, filters.address(found.after, table.order), **filters.kept),
        is_short=found.is_short,
        filters=filters,
        chosen={name: filters.kept.get(name, "") for name in signatures_filters.OPEN},
        error=error,
        bulk_error=bulk_error,
        choices=_choices(letter),
        numbers=_count(letter),
        may_moderate=gate.signed().may(Act.MODERATE, letter.id),
        deeds={one: say.DEEDS[one] for one in bulk.OFFERED},
        reasons=WORDS,
        say=say,
    )


def _count(letter: Letter) -> dict[State, str]:
    """How many are in each state; those that do not count, as far as it costs little to count."""
    confirmed = {State.CONFIRMED: locales.number(counts.total(letter.id).n, spoken())}
    others = (State.PENDING, State.SET_ASIDE)
    return confirmed | {one: few(finding.count_open(letter.id, one)) for one in others}


def _find(filters: Filters, table: Table) -> Found:
    try:
        after = filters.place(table.after, table.order)
        return finding.list_page(filters.wanted, table.order, after=after, limit=table.size)
    except ValueError:  # a place that is none: from the beginning
        return finding.list_page(filters.wanted, table.order, limit=table.size)


def _choices(letter: Letter) -> dict[str, dict[str, str]]:
    """What can be filtered by, in the order in which it is offered."""
    named = locales.languages()
    spoken_in = counts.by_value(letter.id, Dimension.LOCALE)
    return {
        "country": dict(locales.countries(spoken().tag)),
        "locale": {tag: named[tag].name if tag in named else tag for tag in spoken_in},
        "partner": {id_.hex: name for id_, name in partners.list_names(letter.id).items()},
        "state": {one.value: str(name) for one, name in say.STATES.items()},
        "entry": {one.value: str(name) for one, name in say.ENTRIES.items()},
        "noticed": {one.value: str(name) for one, name in say.NOTICED.items()},
    }


@bp.post("/find")
@gate.asks(Act.SEE_SIGNATURES)
def find() -> ResponseReturnValue:
    """To the table with these filters; who looks for a person is written down, not for whom."""
    letter = desk.letter()
    try:
        secret = signatures_filters.seal_secret(letter)
    except signatures_filters.NoAddress as refusal:
        return page(letter, signatures_filters.read(letter), error=str(refusal), status=422)
    except Unreadable:  # erased: nobody is there to be found
        secret = ""
    filters = signatures_filters.read(letter)
    if secret:
        with transaction():
            log.record(
                Verb.SIGNATURES_SEARCHED,
                by=gate.signed().doer.actor,
                subject=letter.slug,
                letter_id=letter.id,
                details={"fields": _fields(filters)},
            )
    sort = request.form.get("sort", "")
    kept = {**filters.kept, signatures_filters.SECRET: secret, "sort": sort}
    values: dict[str, Any] = {name: value for name, value in kept.items() if value}
    return redirect(url_for(".show", **values), 303)


def _fields(filters: Filters) -> list[str]:
    typed = [name for name in ("address", "name") if request.form.get(name, "").strip()]
    return [*typed, *filters.wanted.used]
