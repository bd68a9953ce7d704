"""Signing in and out: password with a second factor, or a passkey alone."""

from __future__ import annotations

import logging

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.staff_accounts import passkeys, queries, sessions, signing_in
from signing.staff_accounts.models import State
from signing.staff_accounts.roles import Act
from signing.web import headers
from signing.web.staff import gate
from signing.web.staff.account import cookie, entering
from signing.web.staff.forms import SignInForm

log = logging.getLogger(__name__)
bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
@gate.is_open
def show() -> ResponseReturnValue:
    if gate.find():
        return redirect(gate.next_page(), 303)
    return _page(SignInForm(formdata=None))


def _page(form: SignInForm, error: str = "", status: int = 200) -> ResponseReturnValue:
    form.forget()
    mistakes = [("email", error)] if error else form.mistakes
    page = render_template(
        "staff/account/sign_in.html",
        form=form,
        mistakes=mistakes,
        next_page=gate.next_page(),
        is_foreign=request.headers.get("Sec-Fetch-Site") == "cross-site",
        takes_passkeys=entering.site().takes_passkeys,
    )
    return headers.with_script(make_response(page, status))


@bp.post("/sign-in")
@gate.is_open
def enter() -> ResponseReturnValue:
    form = SignInForm(formdata=request.form)
    if not form.validate():
        return _page(form, status=422)
    address = form.email.data or ""
    if error := entering.too_often(address):
        return _page(form, error, 429)
    member = signing_in.find(address, form.password.data or "")
    if member is not None:
        with transaction():
            if signing_in.is_proved(member, form.code.data or ""):
                return entering.enter(member, gate.next_page())
    log.warning("a sign-in was refused: password, or code of %s", member.id if member else "nobody")
    return _page(form, _("Address, password or code is wrong."), 422)


@bp.post("/sign-in/passkey/ask")
@gate.is_open
def ask_passkey() -> ResponseReturnValue:
    if error := entering.too_often():
        return {"error": error}, 429
    with transaction():
        options = passkeys.ask_to_prove(entering.site())
    return make_response(options, 200, {"Content-Type": "application/json"})


@bp.post("/sign-in/passkey")
@gate.is_open
def enter_with_passkey() -> ResponseReturnValue:
    form = SignInForm(formdata=None)
    if error := entering.too_often():
        return _page(form, error, 429)
    with transaction():
        member_id = passkeys.prove(entering.site(), request.form.get("credential", ""))
        member = queries.get(member_id) if member_id else None
        if member is not None and member.state == State.ACTIVE:
            return entering.enter(member, gate.next_page())
    log.warning("a sign-in was refused: passkey")
    return _page(form, _("This passkey is not known here."), 422)


@bp.post("/sign-out")
@gate.asks(Act.SET_UP)
def leave() -> ResponseReturnValue:
    signed = gate.signed()
    with transaction():
        sessions.end(signed.id, signed.session.id)
    return cookie.drop(make_response(redirect(url_for("staff.sign_in.show"), 303)))
