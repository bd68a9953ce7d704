""" "Send me all my links": the same answer for everybody; what there is goes by mail."""

from __future__ import annotations

from email_validator import EmailNotValidError
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core import address_parts, locales
from signing.core.db import transaction
from signing.signatures import access
from signing.web import headers
from signing.web.speech import spoken
from signing.web.unhurried import unhurried

bp = Blueprint("my_links", __name__)


@bp.get("/<locale:locale>/my-links")
def show() -> ResponseReturnValue:
    return _page(is_sent="sent" in request.args)


@bp.post("/<locale:locale>/my-links")
def send() -> ResponseReturnValue:
    """The same statements for every address, so that nobody learns who has signed."""
    typed = request.form.get("email", "").strip()
    try:
        address_parts.of_email(typed)
    except EmailNotValidError:
        error = _("Enter a complete e-mail address, such as name@example.org.")
        return _page(error=error if typed else _("Enter your e-mail address."), typed=typed)
    with unhurried(), transaction():
        access.send_links(typed, spoken().tag)
    return redirect(url_for(".show", sent=1), 303)


def _page(*, is_sent: bool = False, error: str = "", typed: str = "") -> ResponseReturnValue:
    page = render_template(
        "site/my_links.html",
        languages=locales.languages().values(),
        is_sent=is_sent,
        error=error,
        typed=typed,
    )
    return headers.personal(make_response(page, 422 if error else 200))
