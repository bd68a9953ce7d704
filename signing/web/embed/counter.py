"""The count in every form that partner sites show, from one source of truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, current_app, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from signing.core import locales
from signing.core.links import absolute
from signing.counts import queries as counts
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.web import headers
from signing.web.addresses import asset
from signing.web.embed import badge
from signing.web.speech import spoken

bp = Blueprint("counter", __name__)

SCRIPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Count:
    """What every form shows; texts finished in one language."""

    letter: Letter
    n: int
    as_of: datetime
    count_text: str
    sentence: str
    call: str
    url: str


def _count(slug: str) -> Count:
    letter = letters.get_by_slug(slug)
    total = counts.total(letter.id)
    text = locales.number(total.n, spoken())
    return Count(
        letter,
        total.n,
        total.as_of or letter.created_at,
        text,
        ngettext(
            "%(count)s person has signed", "%(count)s people have signed", total.n, count=text
        ),
        _("Sign the letter"),
        absolute("site.letters.show", locale=spoken().tag, slug=letter.slug),
    )


@bp.get("/<slug:slug>/<locale:locale>.json")
def as_json(slug: str) -> ResponseReturnValue:
    count = _count(slug)
    return _json(
        {
            "v": 1,
            "letter": count.letter.slug,
            "locale": spoken().tag,
            "dir": spoken().direction,
            "count": count.n,
            "goal": count.letter.goal,
            "count_text": count.count_text,
            "sentence": count.sentence,
            "call": count.call,
            "url": count.url,
            "as_of": _time(count.as_of),
        }
    )


@bp.get("/<slug:slug>/<locale:locale>/by-locale.json")
def by_locale(slug: str) -> ResponseReturnValue:
    """The same by language of signing, languages above zero."""
    letter = letters.get_by_slug(slug)
    total = counts.total(letter.id)
    return _json(
        {
            "v": 1,
            "letter": letter.slug,
            "count": total.n,
            "by_locale": counts.by_locale(letter.id),
            "as_of": _time(total.as_of or letter.created_at),
        }
    )


@bp.get("/<slug:slug>/<locale:locale>.svg")
def as_svg(slug: str) -> ResponseReturnValue:
    """A badge to use as a picture."""
    count = _count(slug)
    language = spoken()
    label = ngettext("signature", "signatures", count.n)
    drawn = badge.svg(label, count.count_text, direction=language.direction, lang=language.tag)
    return _open(Response(drawn, content_type="image/svg+xml; charset=utf-8"))


@bp.get("/<slug:slug>/<locale:locale>")
def as_frame(slug: str) -> ResponseReturnValue:
    """A page for an iframe, without any script."""
    count = _count(slug)
    language = spoken()
    goal = count.letter.goal
    page = render_template(
        "embed/frame.html",
        lang=language.tag,
        dir=language.direction,
        title=letters.get_title(count.letter, spoken().tag),
        count=count.n,
        count_text=count.count_text,
        sentence=count.sentence,
        goal=goal,
        goal_text=_("Goal: %(goal)s", goal=locales.number(goal, language)) if goal else "",
        call=count.call,
        url=count.url,
        stylesheet=asset("embed/frame.css"),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    )
    return _open(response)


@bp.get("/v1.js")
def script() -> ResponseReturnValue:
    """The custom element `<letter-counter>`."""
    source = Path(str(current_app.static_folder)) / "embed" / "v1.js"
    response = Response(source.read_bytes(), content_type="text/javascript; charset=utf-8")
    return _open(response, SCRIPT_SECONDS)


def _json(values: dict[str, object]) -> Response:
    """Compact UTF-8: a partner's visitors load it again and again."""
    body = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return _open(Response(body, content_type="application/json; charset=utf-8"))


def _open(response: Response, seconds: int = headers.COUNT_SECONDS) -> Response:
    """For every website to read and every cache to keep."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return headers.share(response, seconds, browser_seconds=seconds)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
