"""Second factors: an app with one-time codes, passkeys, recovery codes."""

from __future__ import annotations

import io
from uuid import UUID

import segno
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.staff_accounts import passkeys, profile, queries, second_factors
from signing.staff_accounts.roles import Act
from signing.web import headers
from signing.web.staff import gate
from signing.web.staff.account import entering
from signing.web.staff.forms import CodeForm

bp = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


@bp.get("")
@gate.asks(Act.SET_UP, fresh=True)
def show() -> ResponseReturnValue:
    return _page(CodeForm(formdata=None))


def _page(form: CodeForm, error: str = "", status: int = 200) -> ResponseReturnValue:
    member = queries.get(gate.signed().id)
    page = render_template(
        "staff/account/second_factor.html",
        form=form,
        mistakes=[("code", error)] if error else form.mistakes,
        secret=_grouped(profile.of(member).totp_next),
        takes_passkeys=entering.site().takes_passkeys,
    )
    return headers.with_script(make_response(page, status))


def _grouped(secret: str) -> str:
    """As it is typed where no camera is at hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@bp.post("/app")
@gate.asks(Act.SET_UP, fresh=True)
def begin_app() -> ResponseReturnValue:
    with transaction():
        second_factors.begin_app(gate.signed().id)
    return redirect(url_for("staff.second_factor.show"), 303)


@bp.get("/app/qr.svg")
@gate.asks(Act.SET_UP, fresh=True)
def show_qr() -> ResponseReturnValue:
    """The secret that waits for its first code, to be scanned."""
    member = queries.get(gate.signed().id)
    uri = second_factors.uri(member, entering.site().name)
    if not uri:
        raise NotFound
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff")
    return make_response(picture.getvalue(), 200, {"Content-Type": "image/svg+xml"})


@bp.post("/app/confirm")
@gate.asks(Act.SET_UP, fresh=True)
def confirm_app() -> ResponseReturnValue:
    form = CodeForm(formdata=request.form)
    if not form.validate():
        return _page(form, status=422)
    if error := entering.too_often(gate.signed().known.profile.email):
        return _page(form, error, 429)
    with transaction():
        is_set = second_factors.confirm_app(gate.signed().id, form.code.data or "")
    if not is_set:
        error = _("This code is not the app’s. Is the clock of your phone right?")
        return _page(form, error, 422)
    return _with_codes()


def _with_codes() -> ResponseReturnValue:
    """Recovery codes with the first factor, shown this once."""
    member_id = gate.signed().id
    if queries.count_recovery_codes(member_id):
        return _done()
    return _show_new_codes(member_id)


def _show_new_codes(member_id: UUID) -> ResponseReturnValue:
    with transaction():
        codes = second_factors.make_recovery_codes(member_id)
    return headers.with_script(
        make_response(render_template("staff/account/codes.html", codes=codes))
    )


@bp.post("/app/remove")
@gate.asks(Act.KEEP_ACCOUNT, fresh=True)
def remove_app() -> ResponseReturnValue:
    with transaction():
        second_factors.remove_app(gate.signed().id)
    return _done()


@bp.post("/codes")
@gate.asks(Act.KEEP_ACCOUNT, fresh=True)
def make_codes() -> ResponseReturnValue:
    signed = gate.signed()
    if not signed.known.has_second_factor:
        return redirect(url_for("staff.second_factor.show"), 303)
    return _show_new_codes(signed.id)


@bp.post("/passkeys/ask")
@gate.asks(Act.SET_UP, fresh=True)
def ask_passkey() -> ResponseReturnValue:
    with transaction():
        options = passkeys.ask_to_add(entering.site(), queries.get(gate.signed().id))
    return make_response(options, 200, {"Content-Type": "application/json"})


@bp.post("/passkeys")
@gate.asks(Act.SET_UP, fresh=True)
def add_passkey() -> ResponseReturnValue:
    with transaction():
        credential = request.form.get("credential", "")
        is_set = passkeys.add(entering.site(), gate.signed().id, credential)
    if not is_set:
        return _page(CodeForm(formdata=None), _("The passkey could not be added."), 422)
    return _with_codes()


@bp.post("/passkeys/<uuid:passkey_id>/remove")
@gate.asks(Act.KEEP_ACCOUNT, fresh=True)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    with transaction():
        passkeys.remove(gate.signed().id, passkey_id)
    return _done()


def _done() -> ResponseReturnValue:
    return redirect(url_for("staff.account.show", done="1"), 303)
