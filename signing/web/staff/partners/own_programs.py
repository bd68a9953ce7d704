"""Programs of the campaign's own: their tokens, with what each opens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core import clock
from signing.core.db import transaction
from signing.core.links import absolute
from signing.letters import queries as letters
from signing.partners import tokens
from signing.staff_accounts import queries as staff
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.partners.programs_forms import OWN_SCOPES, TokenForm

bp = Blueprint("programs", __name__, url_prefix="/letters/<slug>/programs")


@bp.get("")
@gate.asks(Act.MANAGE_TOKENS)
def show() -> ResponseReturnValue:
    return _page(TokenForm(formdata=None).offer(OWN_SCOPES))


def _page(form: TokenForm, status: int = 200, *, secret: str = "") -> ResponseReturnValue:
    """With what the form said wrong, or with a token that is shown this once."""
    letter = desk.letter()
    values: dict[str, Any] = {
        "tokens": tokens.list_all(letter.id, None),
        "scopes": {one.value: label for one, label in OWN_SCOPES.items()},
        "names": {str(id_): name for id_, name in staff.list_names().items()},
        "now": clock.now(),
        "reference": absolute("api.reference.page"),
    }
    template = "staff/programs.html"
    return desk.page(template, status, letter=letter, form=form, secret=secret, **values)


@bp.post("")
@gate.asks(Act.MANAGE_TOKENS, fresh=True)
def make() -> ResponseReturnValue:
    """The token is on the page that answers, and never again."""
    form = TokenForm(formdata=request.form).offer(OWN_SCOPES)
    if not form.validate():
        return _page(form, 422)
    letter, by = desk.letter(), gate.signed().doer.actor
    try:
        with transaction():
            letters.get_to_change(letter.id)  # of two at once one waits, and counts the other
            plain = tokens.make_for_letter(
                letter.id, form.name.data or "", form.chosen, form.life, by=by
            )
    except tokens.TooManyTokens:
        form.name.errors = [_("There are 20 tokens already. Take one back that is not used.")]
        return _page(form, 409)
    return _page(TokenForm(formdata=None).offer(OWN_SCOPES), secret=plain)


@bp.post("/<uuid:token_id>/revoke")
@gate.asks(Act.MANAGE_TOKENS)
def revoke(token_id: UUID) -> ResponseReturnValue:
    """It opens nothing from now on."""
    with transaction():
        tokens.revoke_for_letter(desk.letter().id, token_id, by=gate.signed().doer.actor)
    return redirect(url_for(".show", done=1), 303)
