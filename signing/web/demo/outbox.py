"""What the demo's mail server got: newest first, as a mail program would show it."""

from __future__ import annotations

import re

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from signing.core.refusals import NotFound
from signing.core.settings import Settings
from signing.mail import sink
from signing.web import headers, mail_html

bp = Blueprint("outbox", __name__)

LOOPBACK = {"127.0.0.1", "::1"}
FRAMING = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_ADDRESS = re.compile(r"https?://\S+")


@bp.before_request
def only_from_this_machine() -> None:
    if request.remote_addr not in LOOPBACK:
        abort(404)


@bp.get("/outbox")
def show() -> ResponseReturnValue:
    response = make_response(render_template("demo/outbox.html", mails=_mails(), linked=_linked))
    response.headers["Content-Security-Policy"] = FRAMING
    return headers.personal(response)


@bp.get("/outbox/<mail>")
def show_html(mail: str) -> ResponseReturnValue:
    """A mail's other half, for the frame on the page."""
    for one in _mails():
        if one.name == mail and one.html:
            return headers.personal(mail_html.page(one.html, ancestors="'self'"))
    raise NotFound


def _mails() -> list[sink.Kept]:
    settings: Settings = current_app.extensions["signing.settings"]
    return sink.read(settings.demo_outbox) if settings.demo_outbox else []


def _linked(text: str) -> Markup:
    """Web addresses become links; whatever else a mail says stays as it is, in any script."""
    link = r'<a href="\g<0>" rel="noopener">\g<0></a>'
    return Markup(_ADDRESS.sub(link, str(escape(text))))  # noqa: S704  # escaped above
