"""The answer from an inbox: yes, that was me."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import clock
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.core.tokens import LinkExpired, Purpose, SignatureRef, tokens
from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.letters.models import MAILED
from signing.moderation import confirming
from signing.signatures import actions, kept, names, person, queries
from signing.signatures.models import State
from signing.web import headers
from signing.web.site.letters import alternates
from signing.web.speech import spoken

bp = Blueprint("confirm", __name__)


@bp.get("/<locale:locale>/confirm/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Show what will be signed, and a button; change nothing: mail scanners follow links."""
    return _page(token, tokens.read(Purpose.CONFIRM, token))


@bp.post("/<locale:locale>/confirm/<token>")
def press(token: str) -> ResponseReturnValue:
    ref = tokens.read(Purpose.CONFIRM, token)
    try:
        with transaction():
            confirmed = confirming.confirm(
                ref,
                revision=request.form.get("revision", type=int, default=0),
                grace=_grace(),
                without=MAILED if "without_news" in request.form else (),
            )
    except actions.OlderRevision:
        return _page(token, ref, was_changed=True)
    if confirmed.is_decided:
        manage = tokens.make(Purpose.MANAGE, ref)
        return redirect(url_for("site.my_signature.show", token=manage), 303)
    return redirect(url_for("site.thanks.show", slug=confirmed.letter.slug), 303)


def _grace() -> timedelta:
    settings: Settings = current_app.extensions["signing.settings"]
    return timedelta(days=settings.confirm_days_after_closing)


def _page(token: str, ref: SignatureRef, *, was_changed: bool = False) -> ResponseReturnValue:
    signature, letter = queries.get(ref)
    reading = letters.read(letter, spoken().tag)
    if signature.state != State.PENDING:
        manage = tokens.make(Purpose.MANAGE, ref)
        if signature.state == State.SET_ASIDE:
            return redirect(url_for("site.my_signature.show", token=manage), 303)
        page = render_template(
            "site/confirmed_before.html", letter=letter, title=reading.translation.title,
            manage_path=url_for("site.my_signature.show", token=manage),
        )  # fmt: skip
        return headers.personal(make_response(page))
    if not letter.takes_confirmation(signature.created_at, clock.now(), _grace()):
        raise actions.LetterClosed
    who = person.of(signature)
    consents = {one.purpose: one for one in queries.list_consents(ref)}
    page = render_template(
        "site/confirm.html",
        signature=signature,
        letter=letter,
        reading=reading,
        alternates=alternates(reading, "site.letters.show"),
        person=who,
        public_name=names.public(who.name, who.show),
        consents=consents,
        takes_mail=any(purpose in consents for purpose in MAILED),
        decided=[one.deed for one in kept.list_of(signature)],
        revision=signature.revision,
        was_changed=was_changed,
        token=token,
    )
    return headers.personal(make_response(page, 409 if was_changed else 200))


@bp.errorhandler(LinkExpired)
def expired(refusal: LinkExpired) -> ResponseReturnValue:
    """Too old: the row is gone or about to go; signing again makes a fresh link."""
    letter = letters.get(refusal.ref.letter_id)
    page = render_template("site/confirm_expired.html", letter=letter)
    return headers.personal(make_response(page, refusal.status))


@bp.errorhandler(queries.SignatureGone)
@bp.errorhandler(Unreadable)
def gone(_error: Exception) -> ResponseReturnValue:
    token = (request.view_args or {})["token"]
    letter = letters.get(tokens.read(Purpose.CONFIRM, token).letter_id)
    page = render_template("site/signature_gone.html", letter=letter)
    return headers.personal(make_response(page, queries.SignatureGone.status))
