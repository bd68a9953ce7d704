"""What partners copy into their pages, seen as it will look: code, policy line, privacy words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.links import absolute
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.web import headers
from signing.web.embed import scripts
from signing.web.embed.figures import Count, count
from signing.web.embed.oembed import HEIGHT
from signing.web.embed.opening import open_to_all
from signing.web.speech import spoken

bp = Blueprint("snippets", __name__)

KEPT_SECONDS = 60
THEME = """letter-counter {
  display: flow-root;
  min-block-size: 15em; /* room for what comes, so that nothing below moves */
  --letter-ink: #1d1c19;
  --letter-accent: #0b5c4a;
  --letter-font: Georgia, serif;
}"""


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language of the letter."""

    language: locales.Language
    path: str


@bp.get("/<locale:locale>/<slug:slug>/embed")
def show(slug: str) -> ResponseReturnValue:
    """For one letter in one language; the preview is the real thing."""
    return _page(letters.get_by_slug(slug))


@bp.get("/<locale:locale>/<slug:slug>/embed/from/<slug:code>")
def show_from(slug: str, code: str) -> ResponseReturnValue:
    """The same with a partner's code in every link. An unknown one is passed over."""
    letter = letters.get_by_slug(slug)
    if partners.find_credited(letter.id, code) is None:
        return redirect(url_for(".show", slug=letter.slug), 302)
    return _page(letter, code)


def _page(letter: Letter, code: str = "") -> ResponseReturnValue:
    shown = count(letter, spoken(), code)
    title = letters.get_title(letter, spoken().tag)
    page = render_template(
        "embed/snippets.html",
        letter=letter,
        title=title,
        shown=shown,
        alternates=_alternates(letter, code),
        origin=current_app.config["BASE_URL"],
        script=url_for("embed.scripts.latest", name="v1"),
        element=_with_script(shown, f'src="{absolute("embed.scripts.latest", name="v1")}"'),
        checked=_with_script(shown, _checked()),
        frame=_frame(shown, title, code),
        badge=_badge(shown),
        theme=THEME,
        height=HEIGHT,
    )
    response = headers.with_script(make_response(page))
    response.headers["Content-Security-Policy"] += "; frame-src 'self'"
    return open_to_all(response, KEPT_SECONDS)


def _alternates(letter: Letter, code: str) -> list[Alternate]:
    endpoint = ".show_from" if code else ".show"
    more: dict[str, Any] = {"code": code} if code else {}
    return [
        Alternate(language, url_for(endpoint, locale=tag, slug=letter.slug, **more))
        for tag in letters.list_locales(letter.id)
        if (language := locales.find(tag))
    ]


def _checked() -> str:
    address = current_app.config["BASE_URL"] + scripts.pinned_address("v1")
    hashed = scripts.integrity_of(scripts.newest("v1"))
    return f'src="{address}"\n        integrity="{hashed}" crossorigin="anonymous"'


def _with_script(shown: Count, source: str) -> str:
    """The element around a link that says the number as it is today, should nothing else load."""
    words = f"{shown.sentence} ({locales.day(shown.as_of, shown.language)})"
    return (
        f'<script type="module" {source}></script>\n'
        f'<letter-counter letter="{shown.letter.slug}" locale="{shown.language.tag}">\n'
        f'  <a href="{escape(shown.url)}" lang="{shown.language.tag}">{escape(words)}</a>\n'
        "</letter-counter>"
    )


def _frame(shown: Count, title: str, code: str) -> str:
    address = absolute("embed.counter.as_frame", slug=shown.letter.slug, locale=shown.language.tag)
    if code:
        address += f"/from/{code}"
    return (
        f'<iframe src="{address}" title="{escape(title)}"\n'
        f'        width="100%" height="{HEIGHT}" frameborder="0" loading="lazy"></iframe>'
    )


def _badge(shown: Count) -> str:
    address = absolute("embed.counter.as_svg", slug=shown.letter.slug, locale=shown.language.tag)
    return (
        f'<a href="{escape(shown.url)}">\n'
        f'  <img src="{address}" alt="{escape(shown.call)}" height="24">\n'
        "</a>"
    )
