"""The one place that turns a "no" into an answer: a page, or problem details (RFC 9457)."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from signing.core import locales
from signing.core.refusals import NotFound, Refusal
from signing.web import speech


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, _refuse)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _unforeseen)


def _refuse(refusal: Refusal) -> Response:
    return answer(refusal.status, str(refusal))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    messages = {
        404: str(NotFound.message),
        405: _("This address does not take that kind of request."),
        413: _("That was too much at once."),
        429: _("Too much came from your network. Please try again in some minutes."),
    }
    response = answer(status, messages.get(status, _("This cannot be done.")))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _busy(error: OperationalError) -> Response:
    """The database is away, or too busy to wait for."""
    current_app.logger.error("database: %s (%s)", type(error.orig).__name__, request.endpoint)
    response = answer(503, _sorry())
    response.headers["Retry-After"] = "10"
    return response


def _unforeseen(error: Exception) -> Response:
    """Say sorry without a word about why; the log keeps where, never what was typed."""
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    line = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "unknown"
    current_app.logger.error("%s at %s (%s)", type(error).__name__, line, request.endpoint)
    return answer(500, _sorry())


def _sorry() -> str:
    return str(_("Something went wrong on our side. Nothing you typed was used."))


def answer(status: int, message: str) -> Response:
    """The refusal in the visitor's language, as a page or as JSON, never cached."""
    if "language" not in g:
        g.language = locales.languages()[_guess()]
    if request.path.endswith(".json") or request.path.startswith("/api/"):
        response = jsonify(status=status, title=message)
        response.content_type = "application/problem+json"
    else:
        page = render_template("errors/refusal.html", status=status, message=message)
        response = make_response(page)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _guess() -> str:
    """The language in the address, even if nothing else of it is right."""
    first = request.path.strip("/").partition("/")[0]
    return first if locales.find(first) else speech.preferred()
