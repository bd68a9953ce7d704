"""oEmbed 1.0: whoever pastes a letter's link into a page gets the counter with it.

The answer depends on the query, so no cache may keep it by its path alone (`web.page_cache`).
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException

from signing.core import locales
from signing.core.links import absolute
from signing.core.locales import Language
from signing.core.refusals import NotFound, Refusal
from signing.core.settings import Settings
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.web.embed.badge import NOT_XML
from signing.web.embed.figures import count
from signing.web.embed.opening import compact, open_to_all

bp = Blueprint("oembed", __name__)

WIDTH, HEIGHT = 360, 240
KEPT_SECONDS = 300
CACHE_AGE = 3600
LONGEST_URL = 2000
TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
LETTERS = {"site.letters.show", "site.letters.choose", "embed.counter.as_frame"}
# Pages behind links that only one inbox has, and staff's: there is something, but not for others.
PRIVATE = ("site.confirm", "site.my_signature", "site.not_me", "site.sent", "site.unsubscribe",
           "staff")  # fmt: skip


class FormatUnknown(Refusal):
    """oEmbed 1.0, 2.3.4.1: neither of the two formats there are."""

    status = 501


class NotForOthers(Refusal):
    """oEmbed 1.0, 2.3.4.1: a private page; nothing is said of it, and it is not looked at."""

    status = 401


@bp.get("/oembed")
def answer() -> ResponseReturnValue:
    """The counter of the letter that `url` leads to, as JSON or XML."""
    form = request.args.get("format", "json")
    if form not in TYPES:
        raise FormatUnknown
    letter, language = _find(request.args.get("url", ""))
    values = _values(letter, language)
    body = compact(values) if form == "json" else _xml(values)
    return open_to_all(Response(body, content_type=TYPES[form]), KEPT_SECONDS)


def _find(url: str) -> tuple[Letter, Language]:
    """The letter and the language of an address of ours; any other host is none of our business."""
    if not 0 < len(url) <= LONGEST_URL:
        raise BadRequest
    try:
        parts = urlsplit(url)
    except ValueError:
        raise NotFound from None
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() != _own_host():
        raise NotFound
    try:
        endpoint, values = current_app.url_map.bind("").match(unquote(parts.path), "GET")
    except HTTPException:
        raise NotFound from None
    if endpoint.startswith(PRIVATE):
        raise NotForOthers
    if endpoint not in LETTERS:
        raise NotFound
    letter = letters.get_by_slug(values["slug"])
    return letter, locales.languages()[values.get("locale", letter.default_locale)]


def _own_host() -> str:
    base_url: str = current_app.config["BASE_URL"]
    return urlsplit(base_url).netloc.lower()


def _values(letter: Letter, language: Language) -> dict[str, object]:
    shown = count(letter, language)
    title = letters.get_title(letter, language.tag)
    width, height = _at_most("maxwidth", WIDTH), _at_most("maxheight", HEIGHT)
    settings: Settings = current_app.extensions["signing.settings"]
    frame = absolute("embed.counter.as_oembed_frame", slug=letter.slug, locale=language.tag)
    with locales.speaking(language.tag):
        html = render_template(
            "embed/oembed.html", shown=shown, title=title, width=width, height=height, frame=frame
        )
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": settings.site_name,
        "provider_url": settings.base_url,
        "title": title,
        "cache_age": CACHE_AGE,
        "width": width,
        "height": height,
        "html": html,
    }


def _at_most(name: str, size: int) -> int:
    """Our size, or the largest that the asking page has room for."""
    wanted = request.args.get(name, str(size))
    if not (wanted.isascii() and wanted.isdecimal() and 0 < len(wanted) < 6 and int(wanted)):
        raise BadRequest
    return min(size, int(wanted))


def _xml(values: dict[str, object]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in values.items():
        ElementTree.SubElement(root, name).text = NOT_XML.sub(" ", str(value))
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
