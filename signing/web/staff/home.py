"""The staff's home: the letters that one may see, and what waits in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.counts import queries as counts
from signing.letters import listing
from signing.letters.listing import Sought
from signing.letters.models import Letter, State
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import desk, gate, home_waiting, tables, words

bp = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A letter as the list shows it."""

    letter: Letter
    entrance: str
    title: str
    state: str
    count: int
    languages: str
    waits: int


@bp.get("")
@gate.asks(Act.SEE_HOME)
def show() -> ResponseReturnValue:
    chosen = {name: request.args.get(name, "").strip() for name in ("q", "state")}
    found = listing.list_page(
        _sought(chosen), after=request.args.get("after", ""), limit=tables.A_PAGE + 1
    )
    page = tables.of(found, lambda letter: letter.slug, size=tables.A_PAGE, **chosen)
    return render_template(
        "staff/home.html",
        lines=_lines(page.rows),
        page=page,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        states=words.LETTER_NAMES,
        new_letter=_new_letter(),
    )


def _sought(chosen: dict[str, str]) -> Sought:
    """What the filters say, within reach; a state that is none filters nothing."""
    where = gate.signed().reach(Act.SEE_LETTER)
    state = State(chosen["state"]) if chosen["state"] in list(State) else None
    return Sought(None if where.is_all else where.letters, chosen["q"], state)


def _lines(letters: Sequence[Letter]) -> list[Line]:
    """By as many statements for a page of letters as for one."""
    called = listing.name(letters, spoken().tag)
    ids = [one.id for one in letters]
    totals = counts.totals(ids) if ids else {}
    waits = home_waiting.count(gate.signed(), ids) if ids else Counter()
    return [
        Line(
            one,
            desk.entrance(one),
            called[one.id].title,
            str(words.LETTER_STATES[State(one.state)]),
            totals.get(one.id, 0),
            _listed(called[one.id].locales),
            waits[one.id],
        )
        for one in letters
    ]


def _listed(tags: Sequence[str]) -> str:
    named = locales.languages()
    return locales.listing([named[tag].name if tag in named else tag for tag in tags], spoken())


def _new_letter() -> str:
    """Where a new letter begins, for those who may; "" for others."""
    endpoint = "staff.new_letter.show"
    is_there = endpoint in current_app.view_functions
    return url_for(endpoint) if is_there and gate.signed().may(Act.EDIT_LETTER) else ""
