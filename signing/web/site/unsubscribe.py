"""One click that ends mails of one sort (RFC 8058): pressed here, or by a mail program."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.tokens import Purpose
from signing.letters import queries as letters
from signing.mail import opt_outs
from signing.signatures import opting_out
from signing.web import headers
from signing.web.speech import spoken

bp = Blueprint("unsubscribe", __name__)


@bp.get("/u/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Show what will end, and a button; change nothing: mail scanners follow links."""
    return _page(token, is_done=False)


@bp.post("/u/<token>")
def press(token: str) -> ResponseReturnValue:
    """Whatever the body says, and wherever it comes from: the link itself is the proof.

    No redirect (RFC 8058, 3.1): the mail programs that post this follow none.
    """
    opt_out = opt_outs.read(Purpose.UNSUBSCRIBE, token)
    with transaction():
        opting_out.stop(opt_out)
    return _page(token, is_done=True)


def _page(token: str, *, is_done: bool) -> ResponseReturnValue:
    opt_out = opt_outs.read(Purpose.UNSUBSCRIBE, token)
    letter = letters.get(opt_out.ref.letter_id)
    page = render_template(
        "site/unsubscribe.html",
        letter=letter,
        title=letters.get_title(letter, spoken().tag),
        is_done=is_done,
        token=token,
    )
    return headers.personal(make_response(page))
