"""Making a partner's tokens and taking them back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.partners import tokens
from signing.staff_accounts.roles import Act
from signing.web.staff import gate
from signing.web.staff.partners.programs import found, page
from signing.web.staff.partners.programs_forms import TokenForm

bp = Blueprint(
    "partners_tokens", __name__, url_prefix="/letters/<slug>/partners/<uuid:partner_id>/tokens"
)


@bp.post("")
@gate.asks(Act.MANAGE_PROGRAMS, fresh=True)
def make(partner_id: UUID) -> ResponseReturnValue:
    """The token is on the page that answers, and never again."""
    form = TokenForm(formdata=request.form).offer()
    letter, partner = found(partner_id)
    if not form.validate():
        return page(letter, partner, 422, token_form=form)
    try:
        with transaction():
            letter, partner = found(partner_id, to_change=True)
            by = gate.signed().doer.actor
            plain = tokens.make(partner, form.name.data or "", form.chosen, form.life, by=by)
    except tokens.TooManyTokens:
        form.name.errors = [_("There are 20 tokens already.")]
        return page(*found(partner_id), 409, token_form=form)
    return page(letter, partner, secret=plain)


@bp.post("/<uuid:token_id>/revoke")
@gate.asks(Act.MANAGE_PROGRAMS)
def revoke(partner_id: UUID, token_id: UUID) -> ResponseReturnValue:
    """It opens nothing from now on."""
    _letter, partner = found(partner_id)
    with transaction():
        tokens.revoke(partner, token_id, by=gate.signed().doer.actor)
    here = url_for("staff.partners_programs.show", partner_id=partner_id, done="1")
    return redirect(here, 303)
