"""A partner's own newsletter: what its visitors are asked, and how many partners may ask."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.letters import queries as letters
from signing.programs import newsletters
from signing.signatures.names import clean_line
from signing.staff_accounts.roles import Act
from signing.web.staff import gate
from signing.web.staff.partners.programs import found, page

bp = Blueprint(
    "partners_newsletter",
    __name__,
    url_prefix="/letters/<slug>/partners/<uuid:partner_id>/newsletter",
)


@bp.post("")
@gate.asks(Act.MANAGE_PROGRAMS)
def save(partner_id: UUID) -> ResponseReturnValue:
    """These sentences are asked from now on."""
    letter, partner = found(partner_id)
    texts = {
        tag: clean_line(request.form.get(f"text-{tag}", ""), newsletters.CHARACTERS)
        for tag in letters.list_locales(letter.id)
    }
    if any(len(text) > newsletters.CHARACTERS for text in texts.values()):
        error = _("A sentence has 300 characters at most.")
        return page(letter, partner, 422, texts=texts, text_error=error)
    try:
        with transaction():
            held = letters.get_to_change(letter.id)
            newsletters.set_texts(held, partner, texts, by=gate.signed().doer.actor)
    except newsletters.TooManyReceivers:
        error = _("As many partners ask already as this letter allows. Allow more of them first.")
        return page(*found(partner_id), 409, texts=texts, text_error=error)
    return _back(partner_id)


@bp.post("/limit")
@gate.asks(Act.MANAGE_PROGRAMS)
def limit(partner_id: UUID) -> ResponseReturnValue:
    """So many partners of this letter may ask; with none, no form asks any more."""
    letter, partner = found(partner_id)
    most = request.form.get("most", type=int)
    if most is None or not 0 <= most <= newsletters.MOST:
        return page(letter, partner, 422, most_error=_("Enter a number from 0 to 20."))
    with transaction():
        held = letters.get_to_change(letter.id)
        newsletters.limit(held, most, by=gate.signed().doer.actor)
    return _back(partner_id)


def _back(partner_id: UUID) -> ResponseReturnValue:
    here = url_for("staff.partners_programs.show", partner_id=partner_id, done="1")
    return redirect(here, 303)
