"""One's own account: sessions, language, password."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.db import transaction
from signing.staff_accounts import actions, languages, passwords, queries, sessions
from signing.staff_accounts.roles import Act, needs_second_factor
from signing.web.staff import gate
from signing.web.staff.account import cookie, entering
from signing.web.staff.forms import PasswordForm

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@gate.asks(Act.KEEP_ACCOUNT)
def show() -> ResponseReturnValue:
    signed = gate.signed()
    return render_template(
        "staff/account/own.html",
        sessions=sessions.list_of(signed.id),
        passkeys=queries.list_passkeys(signed.id),
        codes_left=queries.count_recovery_codes(signed.id),
        needs_second_factor=needs_second_factor(signed.known.held),
        languages=[locales.languages()[tag] for tag in languages.tags()],
        done=request.args.get("done", ""),
    )


@bp.post("/language")
@gate.asks(Act.KEEP_ACCOUNT)
def choose_language() -> ResponseReturnValue:
    chosen = request.form.get("locale", "")
    if chosen in languages.tags():
        with transaction():
            actions.set_locale(gate.signed().id, chosen)
    return _done()


@bp.post("/sessions/<uuid:session_id>/end")
@gate.asks(Act.KEEP_ACCOUNT)
def end_session(session_id: UUID) -> ResponseReturnValue:
    signed = gate.signed()
    with transaction():
        sessions.end(signed.id, session_id)
    if session_id == signed.session.id:
        return cookie.drop(make_response(redirect(url_for("staff.sign_in.show"), 303)))
    return _done()


@bp.post("/sessions/end-others")
@gate.asks(Act.KEEP_ACCOUNT)
def end_other_sessions() -> ResponseReturnValue:
    signed = gate.signed()
    with transaction():
        sessions.end_others(signed.id, signed.session.id)
    return _done()


@bp.get("/password")
@gate.asks(Act.KEEP_ACCOUNT, fresh=True)
def show_password() -> ResponseReturnValue:
    return render_template("staff/account/password.html", form=PasswordForm(formdata=None))


@bp.post("/password")
@gate.asks(Act.KEEP_ACCOUNT, fresh=True)
def set_password() -> ResponseReturnValue:
    """The new password holds, and every other session is over: somebody may have had the old."""
    signed = gate.signed()
    person = signed.known.profile
    known = (*entering.known_words(), person.name, person.email)
    form = PasswordForm(formdata=request.form, known=known)
    if not form.validate():
        form.forget()
        return make_response(render_template("staff/account/password.html", form=form), 422)
    hashed = passwords.hash_(form.password.data or "")
    with transaction():
        actions.set_password(signed.id, hashed)
        sessions.end_others(signed.id, signed.session.id)
    return _done()


def _done() -> ResponseReturnValue:
    return redirect(url_for("staff.account.show", done="1"), 303)
