"""Atom feeds (RFC 4287): letters that opened, and the round numbers that they reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from signing.core import clock, locales
from signing.core.links import absolute
from signing.core.locales import Language
from signing.core.settings import Settings
from signing.counts import milestones
from signing.counts import queries as counts
from signing.letters import markdown
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.news import queries as news
from signing.web.embed import figures
from signing.web.embed.badge import NOT_XML
from signing.web.embed.opening import open_to_all
from signing.web.speech import spoken

bp = Blueprint("feeds", __name__)

KEPT_SECONDS = 300
MOST_ENTRIES = 50
MOST_LETTERS = 100
ATOM = "http://www.w3.org/2005/Atom"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # what a feed without entries says of its age
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class _Entry:
    """An id that stays the same whatever address, title or slug the letter has later."""

    id: UUID
    at: datetime
    title: str
    summary: str
    url: str
    tag: str


@bp.get("/feed.atom")
def of_the_house() -> ResponseReturnValue:
    """Every public letter, each in its own language."""
    settings: Settings = current_app.extensions["signing.settings"]
    entries = [
        entry
        for letter in letters.list_public(limit=MOST_LETTERS)
        for entry in _entries(letter, locales.languages()[_known(letter.default_locale)])
    ]
    return _feed(
        uuid5(NAMESPACE_URL, settings.base_url),
        settings.site_name,
        itself=absolute("embed.feeds.of_the_house"),
        page=settings.base_url,
        entries=entries,
    )


@bp.get("/<locale:locale>/<slug:slug>/feed.atom")
def of_a_letter(slug: str) -> ResponseReturnValue:
    """One letter in one language."""
    letter, language = letters.get_by_slug(slug), spoken()
    where = {"locale": language.tag, "slug": letter.slug}
    return _feed(
        uuid5(letter.id, f"feed/{language.tag}"),
        letters.get_title(letter, language.tag),
        itself=absolute("embed.feeds.of_a_letter", **where),
        page=absolute("site.letters.show", **where),
        entries=_entries(letter, language),
        opened=_opened(letter),
        tag=language.tag,
    )


def _known(tag: str) -> str:
    return locales.choose([tag], locales.languages(), locales.SOURCE)


def _opened(letter: Letter) -> datetime:
    return letter.opens_at or letter.created_at


def _entries(letter: Letter, language: Language) -> Iterator[_Entry]:
    if _opened(letter) > clock.now():
        return
    reading = letters.read(letter, language.tag)
    title, url = (
        reading.translation.title,
        absolute("site.letters.show", locale=language.tag, slug=letter.slug),
    )
    summary = reading.translation.summary or markdown.plain(reading.translation.body)
    opened = uuid5(letter.id, f"opened/{language.tag}")
    yield _Entry(opened, _opened(letter), title, summary, url, language.tag)
    for post in news.list_headlines(letter, language.tag, limit=MOST_ENTRIES, with_body=True):
        told = uuid5(post.id, language.tag)
        where = {"locale": language.tag, "slug": letter.slug, "number": post.number}
        link = absolute("site.news.show", **where)
        yield _Entry(told, post.at, post.title, markdown.plain(post.body), link, post.locale)
    for one in milestones.reached(counts.changes(letter.id)):
        reached = uuid5(letter.id, f"signed/{one.n}/{language.tag}")
        sentence = figures.people(one.n, language)
        yield _Entry(reached, one.at, sentence, title, url, language.tag)


def _feed(
    id_: UUID,
    title: str,
    *,
    itself: str,
    page: str,
    entries: Iterable[_Entry],
    opened: datetime | None = None,
    tag: str = "",
) -> Response:
    # Of two in one hour the later is the one that was told later.
    told = reversed(list(entries))
    newest = sorted(told, key=lambda one: one.at, reverse=True)[:MOST_ENTRIES]
    feed = ElementTree.Element("feed", {"xmlns": ATOM} | ({XML_LANG: tag} if tag else {}))
    _say(feed, "id", id_.urn)
    _say(feed, "title", title)
    _say(feed, "updated", _moment(newest[0].at if newest else opened or EPOCH))
    ElementTree.SubElement(feed, "link", rel="self", type="application/atom+xml", href=itself)
    ElementTree.SubElement(feed, "link", rel="alternate", type="text/html", href=page)
    settings: Settings = current_app.extensions["signing.settings"]
    _say(ElementTree.SubElement(feed, "author"), "name", settings.operator or settings.site_name)
    for one in newest:
        entry = ElementTree.SubElement(feed, "entry", {XML_LANG: one.tag})
        _say(entry, "id", one.id.urn)
        _say(entry, "title", one.title)
        _say(entry, "updated", _moment(one.at))
        _say(entry, "published", _moment(one.at))
        _say(entry, "summary", one.summary)
        ElementTree.SubElement(entry, "link", rel="alternate", type="text/html", href=one.url)
    written = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return open_to_all(
        Response(written, content_type="application/atom+xml; charset=utf-8"), KEPT_SECONDS
    )


def _say(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = NOT_XML.sub(" ", text)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
