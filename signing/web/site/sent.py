""" "Look in your inbox": which address, which sender, which subject; and once more, if need be."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.settings import Settings
from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.signatures import actions, mistyped
from signing.web import headers
from signing.web.site import typed_address
from signing.web.site.letters import alternates
from signing.web.speech import spoken
from signing.web.unhurried import unhurried

bp = Blueprint("sent", __name__)


@bp.get("/<locale:locale>/<slug:slug>/sent")
def show(slug: str) -> ResponseReturnValue:
    return render(letters.get_by_slug(slug))


def render(letter: Letter, **around: Any) -> Response:
    """The page; `around` has a frame's layout, and where its form goes."""
    sealed = request.args.get("t", "")
    settings: Settings = current_app.extensions["signing.settings"]
    reading = letters.read(letter, spoken().tag)
    address = typed_address.read(letter.id, sealed)
    page = render_template(
        "site/sent.html",
        letter=letter,
        title=reading.translation.title,
        alternates=alternates(reading, "site.letters.show"),
        address=address,
        meant=mistyped.meant(address or ""),
        sealed=sealed,
        mail_from=settings.mail_from,
        again="again" in request.args,
        **around,
    )
    return headers.personal(make_response(page))


@bp.post("/<locale:locale>/<slug:slug>/sent")
def again(slug: str) -> ResponseReturnValue:
    """Send once more, if a mail is due; the page says the same either way."""
    sealed = resend(letters.get_by_slug(slug))
    return redirect(url_for(".show", slug=slug, t=sealed, again=1), 303)


def resend(letter: Letter) -> str | None:
    """A further mail is on its way if one is due; gives what was sealed, where that is genuine."""
    sealed = request.form.get("t", "")
    address = typed_address.read(letter.id, sealed)
    if address is not None:
        with (
            unhurried(),
            transaction(),
            suppress(Unreadable),
        ):  # erased meanwhile: nobody left to write to
            actions.resend(letter, address, spoken().tag)
    return sealed if address is not None else None  # a header takes only so much
