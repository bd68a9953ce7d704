"""The staff's home: the letters that one may see, and what waits in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.counts import queries as counts
from signing.letters import listing
from signing.letters.listing import Called, Entry, Sought
from signing.letters.models import Letter, State
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import desk, gate, tables, words
from signing.web.staff.home import waiting as home_waiting
from signing.web.staff.tables import Page

bp = Blueprint("home", __name__)
SORTS = ("letter", "state", "-signatures")
STATES = list(State)  # in the order of a letter's life


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
    found = listing.list_entries(_sought(chosen))
    called = listing.name(found, spoken().tag)
    page = _sorted(found, called, chosen)
    return render_template(
        "staff/home.html",
        lines=_lines(listing.list_these([one.id for one in page.rows]), called),
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


def _sorted(
    found: list[Entry], called: Mapping[UUID, Called], chosen: dict[str, str]
) -> Page[Entry]:
    """Letters have as many titles as languages, so they are sorted here, by the one that is shown;
    how many have signed is asked for all of them only where they are sorted by it.
    """
    table = tables.read(*SORTS)
    is_counted = table.order.by == "signatures" and found
    totals = counts.totals([one.id for one in found]) if is_counted else {}
    keys: dict[str, Callable[[Entry], Any]] = {
        "letter": lambda one: tables.by_words(called[one.id].title),
        "state": lambda one: STATES.index(State(one.state)),
        "signatures": lambda one: totals.get(one.id, 0),
    }
    return table.of_all(found, keys, lambda one: one.slug, **chosen)


def _lines(letters: Sequence[Letter], called: Mapping[UUID, Called]) -> list[Line]:
    """By as many statements for a page of letters as for one."""
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
    """A line breaks between two languages, never within one."""
    named = locales.languages()
    names = [named[tag].name if tag in named else tag for tag in tags]
    return locales.listing([one.replace(" ", "\N{NO-BREAK SPACE}") for one in names], spoken())


def _new_letter() -> str:
    """Where a new letter begins, for those who may; "" for others."""
    return url_for("staff.new_letter.show") if gate.signed().may(Act.EDIT_LETTER) else ""
