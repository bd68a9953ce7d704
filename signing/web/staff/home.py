"""The staff's home: the letters that one may see."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.counts import queries as counts
from signing.letters import queries as letters
from signing.letters.models import Letter, State
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import gate, words

bp = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A letter as the list shows it."""

    letter: Letter
    title: str
    state: str
    count: int
    languages: str


@bp.get("")
@gate.asks(Act.SEE_HOME)
def show() -> ResponseReturnValue:
    where = gate.signed().reach(Act.SEE_LETTER)
    lines = [_line(one) for one in letters.list_all() if one.id in where]
    return render_template("staff/home.html", lines=lines)


def _line(letter: Letter) -> Line:
    named = locales.languages()
    tags = letters.list_locales(letter.id)
    return Line(
        letter,
        letters.get_title(letter, spoken().tag),
        str(words.LETTER_STATES[State(letter.state)]),
        counts.total(letter.id).n,
        locales.listing([named[tag].name if tag in named else tag for tag in tags], spoken()),
    )
