"""Proving again who one is, before what must not be done with a browser left open."""

from __future__ import annotations

import logging

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.staff_accounts import passkeys, passwords, queries, second_factors, sessions
from signing.staff_accounts.roles import Act
from signing.web import headers
from signing.web.staff import gate
from signing.web.staff.account import cookie, entering
from signing.web.staff.forms import AgainForm

log = logging.getLogger(__name__)
bp = Blueprint("again", __name__, url_prefix="/again")


@bp.get("")
@gate.asks(Act.SET_UP)
def show() -> ResponseReturnValue:
    return _page(AgainForm(formdata=None))


def _page(form: AgainForm, error: str = "", status: int = 200) -> ResponseReturnValue:
    form.forget()
    member = gate.signed().known.member
    has_passkey = bool(queries.list_passkeys(member.id))
    page = render_template(
        "staff/account/again.html",
        form=form,
        mistakes=[("password", error)] if error else [],
        next_page=gate.next_page(),
        has_app=member.totp_step is not None,
        has_passkey=has_passkey and entering.site().takes_passkeys,
    )
    return headers.with_script(make_response(page, status))


@bp.post("")
@gate.asks(Act.SET_UP)
def prove() -> ResponseReturnValue:
    """Go on with a new cookie, if the password or the code is right."""
    form = AgainForm(formdata=request.form)
    known = gate.signed().known
    if error := entering.too_often(known.profile.email):
        return _page(form, error, 429)
    password, code = form.password.data or "", form.code.data or ""
    is_right = bool(password) and passwords.is_right(password, known.member.password_hash)
    with transaction():
        if is_right or second_factors.use(known.member, code):
            return _go_on()
    log.warning("member %s did not prove again who they are", known.member.id)
    return _page(form, _("Password or code is wrong."), 422)


def _go_on() -> ResponseReturnValue:
    value = sessions.prove(gate.signed().session.id)
    return cookie.put(make_response(redirect(gate.next_page(), 303)), value)


@bp.post("/passkey/ask")
@gate.asks(Act.SET_UP)
def ask_passkey() -> ResponseReturnValue:
    with transaction():
        options = passkeys.ask_to_prove(entering.site(), gate.signed().id)
    return make_response(options, 200, {"Content-Type": "application/json"})


@bp.post("/passkey")
@gate.asks(Act.SET_UP)
def prove_with_passkey() -> ResponseReturnValue:
    member_id = gate.signed().id
    with transaction():
        credential = request.form.get("credential", "")
        if passkeys.prove(entering.site(), credential, member_id):
            return _go_on()
    return _page(AgainForm(formdata=None), _("This passkey is not known here."), 422)
