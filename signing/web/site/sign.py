"""Signing: the form comes in, the inbox is asked, the visitor is sent to look there."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.signatures import actions
from signing.web import errors, headers
from signing.web.site import letters as letter_page
from signing.web.site import typed_address
from signing.web.site.sign_form import SignForm
from signing.web.speech import spoken

bp = Blueprint("sign", __name__)


@bp.errorhandler(Unreadable)
def erased(_error: Unreadable) -> ResponseReturnValue:
    """The letter's key was destroyed while somebody still had its form open."""
    return errors.answer(actions.LetterClosed.status, str(actions.LetterClosed.message))


@bp.get("/<locale:locale>/<slug:slug>/sign")
def back(slug: str) -> ResponseReturnValue:
    """Whoever reloads after an error in the form lands on the letter."""
    return redirect(url_for("site.letters.show", slug=slug), 303)


@bp.post("/<locale:locale>/<slug:slug>/sign")
def send(slug: str) -> ResponseReturnValue:
    """The same answer for new, pending and confirmed addresses; the truth goes by mail."""
    letter = letters.get_by_slug(slug)
    actions.check_open(letter)
    form = SignForm.sent(letter)
    if not form.validate():
        page = letter_page.render_letter(letter, form)
        page.status_code = 422
        return headers.personal(page)
    declaration = form.declaration(letter, spoken().tag)
    with transaction():
        actions.sign(letter, declaration)
    sealed = typed_address.seal(letter.id, declaration.person.email)
    return redirect(url_for("site.sent.show", slug=letter.slug, t=sealed), 303)
