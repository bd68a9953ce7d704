"""The way in: the visitor's language, and the letters that can be signed."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.counts import queries as counts
from signing.letters import queries as letters
from signing.web import headers, speech
from signing.web.speech import spoken

bp = Blueprint("home", __name__)


@bp.get("/")
def choose() -> ResponseReturnValue:
    """To the visitor's own language."""
    response = redirect(url_for(".show", locale=speech.preferred()), 302)
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@bp.get("/<locale:locale>/")
def show() -> ResponseReturnValue:
    """Open letters, newest first, with their counts."""
    readings = letters.list_open(spoken().tag)
    page = render_template(
        "site/home.html",
        letters=[(one, counts.total(one.letter.id).n) for one in readings],
        languages=locales.languages().values(),
    )
    return headers.share(make_response(page), headers.PAGE_SECONDS)
