""" "I came through them": a page with one button, linked from the mail to whoever had signed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.core.tokens import LinkBroken, Purpose, SignatureRef, tokens
from signing.letters import queries as letters
from signing.partners import queries as partners
from signing.partners.models import Partner
from signing.partners.queries import LinkVoid
from signing.signatures import credit, queries
from signing.web import headers
from signing.web.speech import spoken

bp = Blueprint("credit", __name__, url_prefix="/<locale:locale>/credit/<token>")


@bp.get("")
def ask(token: str) -> ResponseReturnValue:
    """Say whom the button tells what; change nothing: mail scanners follow links."""
    ref, partner = _read(token)
    _signature, letter = queries.get(ref)
    page = render_template(
        "site/credit.html",
        letter=letter,
        title=letters.get_title(letter, spoken().tag),
        partner=partner.name,
        token=token,
        done="done" in request.args,
    )
    return headers.personal(make_response(page))


@bp.post("")
def press(token: str) -> ResponseReturnValue:
    ref, partner = _read(token)
    with transaction():
        credit.add_touch(ref, partner.id)
    return redirect(url_for(".ask", token=token, done=1), 303)


def _read(token: str) -> tuple[SignatureRef, Partner]:
    """The signature and the partner that the link names, as long as that one is active."""
    ref, more = tokens.read_all(Purpose.CREDIT, token)
    if len(more) != len(ref.letter_id.bytes):
        raise LinkBroken
    try:
        partner = partners.get(ref.letter_id, UUID(bytes=more))
    except NotFound:
        raise LinkVoid from None
    if not partner.is_active:
        raise LinkVoid
    return ref, partner
