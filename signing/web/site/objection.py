"""Objecting to what was decided about one's signature, by the link in the mail that told of it."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.core.tokens import LinkExpired, Purpose, tokens
from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.moderation import objections
from signing.moderation.reasons import WORDS, Reason
from signing.signatures import names, queries
from signing.web import headers
from signing.web.site import my_signature
from signing.web.speech import spoken

bp = Blueprint("objection", __name__, url_prefix="/<locale:locale>/my-signature/<token>/objection")


@bp.get("")
def ask(token: str) -> ResponseReturnValue:
    """What was decided and why, and a form; change nothing."""
    return _page(token)


def _page(token: str, *, error: str = "", typed: str = "") -> ResponseReturnValue:
    ref = tokens.read(Purpose.MANAGE, token)
    _signature, letter = queries.get(ref)
    standing = objections.list_standing(ref.letter_id, ref.signature_id)
    page = render_template(
        "site/objection.html",
        letter=letter,
        title=letters.get_title(letter, spoken().tag),
        decisions=standing,
        may_object=any(one.objected_at is None for one in standing),
        reasons={one.value: WORDS[one] for one in Reason},
        longest=objections.LONGEST,
        token=token,
        error=error,
        typed=typed,
    )
    return headers.personal(make_response(page, 422 if error else 200))


@bp.post("")
def send(token: str) -> ResponseReturnValue:
    """Without a word is an objection too; twice is once."""
    words = names.clean_text(request.form.get("words", ""), objections.LONGEST)
    if len(words) > objections.LONGEST:
        return _page(token, error=_("This is too long."), typed=words)
    ref = tokens.read(Purpose.MANAGE, token)
    with transaction():
        queries.get(ref)  # a link that was made void opens nothing
        objections.object_to(ref, words)
    return redirect(url_for(".ask", token=token), 303)


bp.register_error_handler(LinkExpired, my_signature.expired)
bp.register_error_handler(queries.SignatureGone, my_signature.gone)
bp.register_error_handler(Unreadable, my_signature.gone)
