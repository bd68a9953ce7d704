""" "Not me, never write again": a page with one button, linked from every mail."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.ids import HOUSE
from signing.core.tokens import Purpose, SignatureRef
from signing.letters import queries as letters
from signing.mail import opt_outs
from signing.signatures import opting_out, queries
from signing.web import headers
from signing.web.speech import spoken

bp = Blueprint("not_me", __name__, url_prefix="/<locale:locale>/not-me/<token>")


@bp.get("")
def ask(token: str) -> ResponseReturnValue:
    """Say plainly what the button does, or that it was pressed; change nothing."""
    opt_out = opt_outs.read(Purpose.NOT_ME, token)
    page = render_template(
        "site/not_me.html",
        is_silenced=opting_out.is_silenced(opt_out),
        title=_title_of_what_goes(opt_out.ref),
        is_lifted="lifted" in request.args,
        token=token,
    )
    return headers.personal(make_response(page))


def _title_of_what_goes(ref: SignatureRef) -> str:
    """The letter's title, if a signature is still there to be withdrawn; else nothing."""
    if ref.letter_id == HOUSE:
        return ""
    try:
        _signature, letter = queries.get(ref)
    except queries.SignatureGone:
        return ""
    return letters.get_title(letter, spoken().tag)


@bp.post("")
def press(token: str) -> ResponseReturnValue:
    with transaction():
        opting_out.never_again(opt_outs.read(Purpose.NOT_ME, token))
    return redirect(url_for(".ask", token=token), 303)


@bp.post("/lift")
def lift(token: str) -> ResponseReturnValue:
    with transaction():
        opting_out.write_again(opt_outs.read(Purpose.NOT_ME, token))
    return redirect(url_for(".ask", token=token, lifted=1), 303)
