"""Signing: the form comes in, the inbox is asked, the visitor is sent to look there."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.signatures import actions
from signing.web import errors, headers
from signing.web.site import letters as letter_page
from signing.web.site import proof_of_work, taking
from signing.web.site.sign_form import SignForm
from signing.web.site.taking import Owing, Sent

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
    form = SignForm.sent(letter)
    outcome = taking.take(letter, form)
    if isinstance(outcome, Sent):
        return redirect(url_for("site.sent.show", slug=letter.slug, t=outcome.sealed), 303)
    if isinstance(outcome, Owing):
        return proof_of_work.ask_for_work(letter, form, outcome.work, outcome.seen)
    return _to_correct(letter, form)


def _to_correct(letter: Letter, form: SignForm) -> ResponseReturnValue:
    page = letter_page.render_letter(letter, form)
    page.status_code = 422
    return headers.personal(page)
