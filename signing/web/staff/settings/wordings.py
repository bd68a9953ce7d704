"""The sentences that people agree to: what each says, since when, and who has approved it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.db import transaction
from signing.letters import queries as letters
from signing.letters import reviewing
from signing.staff_accounts import queries as staff
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate, reading, words
from signing.web.staff.settings.states import names_until

bp = Blueprint("wordings", __name__, url_prefix="/letters/<slug>/wordings")


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    own = {letter.default_locale, *letters.list_locales(letter.id)}
    return desk.page(
        "staff/settings/wordings.html",
        letter=letter,
        shelves=reviewing.list_shelves(letter, own),
        languages=locales.languages(),
        purposes=words.PURPOSES,
        names={str(id_): name for id_, name in staff.list_names().items()},
        may_approve=gate.signed().may(Act.EDIT_LETTER, letter.id),
    )


@bp.post("/prepare")
@gate.asks(Act.EDIT_LETTER)
def prepare() -> ResponseReturnValue:
    """So that they can be read and approved before the letter opens."""
    with transaction():
        letter = letters.get_to_change(desk.letter().id)
        reviewing.prepare(letter, names_until=names_until())
    return redirect(url_for(".show", slug=letter.slug, done=1), 303)


@bp.post("/approve")
@gate.asks(Act.EDIT_LETTER, fresh=True)
def approve() -> ResponseReturnValue:
    """Puts one's name to those that the page showed, and to no newer ones."""
    ids = [one for one in map(reading.uuid, request.form.getlist("wording")) if one]
    with transaction():
        letter = letters.get_to_change(desk.letter().id)
        reviewing.approve(letter, ids, by=gate.signed().doer.actor)
    return redirect(url_for(".show", slug=letter.slug, done=1), 303)
