"""Signing: the form comes in, the inbox is asked, the visitor is sent to look there."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.settings import Settings
from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.letters.models import Work as WorkChoice
from signing.signatures import actions, screening
from signing.signatures.screening import Reason, Seen, Work
from signing.web import errors, headers, visitor
from signing.web.site import letters as letter_page
from signing.web.site import mailable, stamps, typed_address, work
from signing.web.site.sign_form import SignForm
from signing.web.site.unhurried import unhurried
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
    seen = screening.knock(
        letter, form.counted(visitor.networks()), calm_a_minute=_settings().calm_a_minute
    )
    owed = _owed(letter, form, seen)
    if owed is Work.RAISED and not work.brings_proof(letter, form, owed):
        return work.ask_for_work(letter, form, owed, seen)
    if not form.validate():
        return _to_correct(letter, form)
    if not work.brings_proof(letter, form, owed):
        return work.ask_for_work(letter, form, owed, seen)
    if not mailable.check(form):
        return _to_correct(letter, form)
    if not work.is_paid(letter, form, owed):
        return work.ask_for_work(letter, form, owed, seen)
    declaration = form.declaration(letter, spoken().tag, _reasons(form, seen))
    with unhurried(), transaction():
        actions.sign(letter, declaration)
    sealed = typed_address.seal(letter.id, declaration.person.email)
    return redirect(url_for("site.sent.show", slug=letter.slug, t=sealed), 303)


def _to_correct(letter: Letter, form: SignForm) -> ResponseReturnValue:
    page = letter_page.render_letter(letter, form)
    page.status_code = 422
    return headers.personal(page)


def _owed(letter: Letter, form: SignForm, seen: Seen) -> Work:
    """A form without a stamp of ours, or filled in by a program, owes work in any case."""
    if letter.work == WorkChoice.OFF:
        return Work.NONE
    is_ours = stamps.is_good(form.stamp.data or "", letter.id, form.wording.data or "")
    return max(seen.work, Work.NORMAL if form.is_for_programs or not is_ours else Work.NONE)


def _reasons(form: SignForm, seen: Seen) -> tuple[Reason, ...]:
    found = [*seen.reasons]
    if form.is_for_programs:
        found.append(Reason.HONEYPOT)
    if mailable.is_throwaway(form):
        found.append(Reason.THROWAWAY_DOMAIN)
    return tuple(found)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["signing.settings"]
    return settings
