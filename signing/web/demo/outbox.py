"""What the demo's mail server got: newest first, as a mail program would show it."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from signing.core.settings import Settings
from signing.mail import sink
from signing.web import headers

bp = Blueprint("outbox", __name__)

LOOPBACK = {"127.0.0.1", "::1"}


@bp.before_request
def only_from_this_machine() -> None:
    if request.remote_addr not in LOOPBACK:
        abort(404)


@bp.get("/outbox")
def show() -> ResponseReturnValue:
    settings: Settings = current_app.extensions["signing.settings"]
    mails = sink.read(settings.demo_outbox) if settings.demo_outbox else []
    page = render_template("demo/outbox.html", mails=mails)
    return headers.personal(make_response(page))
