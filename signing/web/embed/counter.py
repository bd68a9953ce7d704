"""The count in the forms that partner sites show, each from the same figures."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.counts import queries as counts
from signing.counts.models import Dimension
from signing.letters import queries as letters
from signing.partners import queries as partners
from signing.web.addresses import asset
from signing.web.embed import badge
from signing.web.embed.figures import Count, count
from signing.web.embed.opening import compact, open_to_all
from signing.web.speech import spoken

bp = Blueprint("counter", __name__, url_prefix="/embed")

FRAME_POLICY = (
    "default-src 'none'; {scripts}style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


def _count(slug: str, code: str = "") -> Count:
    return count(letters.get_by_slug(slug), spoken(), code)


@bp.get("/<slug:slug>/<locale:locale>.json")
def as_json(slug: str) -> ResponseReturnValue:
    shown = _count(slug)
    return _json(
        {
            "v": 1,
            "letter": shown.letter.slug,
            "locale": shown.language.tag,
            "dir": shown.language.direction,
            "count": shown.n,
            "goal": shown.goal,
            "count_text": shown.count_text,
            "sentence": shown.sentence,
            "call": shown.call,
            "url": shown.url,
            "as_of": _time(shown.as_of),
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
            "by_locale": counts.by_value(letter.id, Dimension.LOCALE),
            "as_of": _time(total.as_of or letter.created_at),
        }
    )


@bp.get("/<slug:slug>/<locale:locale>/shields.json")
def as_shield(slug: str) -> ResponseReturnValue:
    """The shape that shields.io's "endpoint" badge asks for; it keeps an answer for minutes."""
    shown = _count(slug)
    return _json(
        {
            "schemaVersion": 1,
            "label": shown.label,
            "message": shown.count_text,
            "color": badge.VALUE_GROUND.removeprefix("#"),
            "labelColor": badge.LABEL_GROUND.removeprefix("#"),
        }
    )


@bp.get("/<slug:slug>/<locale:locale>.svg")
def as_svg(slug: str) -> ResponseReturnValue:
    """A badge to use as a picture."""
    shown = _count(slug)
    language = shown.language
    drawn = badge.svg(
        shown.label, shown.count_text, direction=language.direction, lang=language.tag
    )
    return open_to_all(Response(drawn, content_type="image/svg+xml; charset=utf-8"))


@bp.get("/<slug:slug>/<locale:locale>")
@bp.get("/<slug:slug>/<locale:locale>/<any(auto, dark):theme>")
def as_frame(slug: str, theme: str = "") -> ResponseReturnValue:
    """A page for an iframe, without any script; light, unless the address asks otherwise."""
    return _frame(slug, theme=theme)


@bp.get("/<slug:slug>/<locale:locale>/from/<slug:code>")
@bp.get("/<slug:slug>/<locale:locale>/from/<slug:code>/<any(auto, dark):theme>")
def as_frame_from(slug: str, code: str, theme: str = "") -> ResponseReturnValue:
    """The same; whoever signs by its link was brought by this partner. Unknown: passed over."""
    if partners.find_credited(letters.get_by_slug(slug).id, code) is None:
        return redirect(url_for(".as_frame", slug=slug, theme=theme or None), 302)
    return _frame(slug, theme=theme, code=code)


@bp.get("/<slug:slug>/<locale:locale>/oembed")
def as_oembed_frame(slug: str) -> ResponseReturnValue:
    """What our oEmbed answers frame: it tells WordPress how high it is, else it is hidden."""
    return _frame(slug, script=asset("embed/oembed.js"))


def _frame(slug: str, *, theme: str = "", script: str = "", code: str = "") -> Response:
    shown = _count(slug, code)
    language, goal = shown.language, shown.goal
    page = render_template(
        "embed/frame.html",
        lang=language.tag,
        dir=language.direction,
        theme=theme,
        title=letters.get_title(shown.letter, language.tag),
        count=shown.n,
        count_text=shown.count_text,
        sentence=shown.sentence,
        goal=goal,
        goal_text=f"{shown.count_text} / {locales.number(goal, language)}" if goal else "",
        call=shown.call,
        url=shown.url,
        stylesheet=asset("embed/frame.css"),
        script=script,
    )
    response = make_response(page)
    scripts = "script-src 'self'; " if script else ""
    response.headers["Content-Security-Policy"] = FRAME_POLICY.format(scripts=scripts)
    return open_to_all(response)


def _json(values: dict[str, object]) -> Response:
    return open_to_all(Response(compact(values), content_type="application/json; charset=utf-8"))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
