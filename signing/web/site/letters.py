"""The letter: its text, the form to sign it, the count and the latest names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from signing.collected import queries as collected
from signing.core import clock, locales
from signing.core.links import absolute
from signing.counts import queries as counts
from signing.letters import markdown
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.letters.pictures import Picture
from signing.letters.queries import Reading
from signing.news import queries as news
from signing.partners import codes
from signing.partners import queries as partners
from signing.signatures import listing
from signing.web import headers
from signing.web.site import taking
from signing.web.site.sign_form import SignForm
from signing.web.speech import spoken

LATEST_NAMES = 12
LATEST_NEWS = 3
SOURCE_SECONDS = 60  # depends on nothing but the address itself

bp = Blueprint("letters", __name__)


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language."""

    language: locales.Language
    path: str
    url: str


@bp.get("/<slug:slug>")
def choose(slug: str) -> ResponseReturnValue:
    """To the language of the letter that suits the visitor best."""
    letter = letters.get_by_slug(slug)
    available = letters.list_locales(letter.id)
    best = locales.choose(request.accept_languages.values(), available, letter.default_locale)
    response = redirect(_address(letter, _source(), locale=best), 302)
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@bp.get("/<locale:locale>/<slug:slug>")
def show(slug: str) -> ResponseReturnValue:
    """`?from=<code>` leads to the page whose path says it: caches keep pages by their paths."""
    if code := _source():
        response = redirect(url_for(".show_from", slug=slug, code=code), 302)
        response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={SOURCE_SECONDS}"
        return response
    letter = letters.get_by_slug(slug)
    if letter.slug != slug:
        return redirect(_address(letter), 301)
    form = SignForm.blank(letter)
    return headers.share(render_letter(letter, form), headers.PAGE_SECONDS)


@bp.get("/<locale:locale>/<slug:slug>/from/<slug:code>")
def show_from(slug: str, code: str) -> ResponseReturnValue:
    """The same page; its form says who brought the visitor. An unknown code is passed over."""
    letter = letters.get_by_slug(slug)
    if partners.find_credited(letter.id, code) is None:
        return redirect(_address(letter), 302)
    if letter.slug != slug:
        return redirect(_address(letter, code), 301)
    form = SignForm.blank(letter, code)
    return headers.share(render_letter(letter, form), headers.PAGE_SECONDS)


def _source() -> str:
    return codes.clean(request.args.get("from", ""))


def _address(letter: Letter, code: str = "", **values: Any) -> str:
    """The letter's page, with whoever brought the visitor."""
    more = values | ({"code": code} if code else {})
    return url_for(".show_from" if code else ".show", slug=letter.slug, **more)


def render_letter(letter: Letter, form: SignForm) -> Response:
    """The page with this form in it: empty, or as it came back with errors."""
    reading = letters.read(letter, spoken().tag)
    total = counts.total(letter.id)
    names = [one.name for one in listing.list_names(letter.id, limit=LATEST_NAMES)]
    shown = taking.prepare(letter, form)
    now = clock.now()
    asks_work = taking.asks_work(letter)
    page = render_template(
        "site/letter.html",
        letter=letter,
        reading=reading,
        text_language=locales.languages()[reading.translation.locale],
        html=markdown.render(reading.translation.body),
        description=reading.translation.summary or markdown.plain(reading.translation.body),
        alternates=alternates(reading, "site.letters.show", code=form.from_.data or ""),
        corrections=letters.list_corrections(letter, reading.translation.locale),
        render=markdown.render,
        total=total,
        collected=collected.list_shown(letter.id),
        names=names,
        more_names=max(total.n - len(names), 0),
        form=form,
        wordings=shown,
        news=news.list_headlines(letter, spoken().tag, limit=LATEST_NEWS),
        spoken=locales.languages(),
        takes_signatures=letter.takes_signatures(now),
        opens_later=letter.opens_later(now),
        picture=Picture.of(letter),
        asks_work=asks_work,
    )
    response = make_response(page)
    return headers.with_script(response) if asks_work else response


def alternates(reading: Reading, endpoint: str, *, code: str = "") -> list[Alternate]:
    """The page in every language of the letter; canonical addresses, without attribution."""
    more: dict[str, Any] = {"code": code} if code else {}
    path_to = f"{endpoint}_from" if code else endpoint
    return [
        Alternate(
            locales.languages()[tag],
            url_for(path_to, locale=tag, slug=reading.letter.slug, **more),
            absolute(endpoint, locale=tag, slug=reading.letter.slug),
        )
        for tag in reading.locales
        if locales.find(tag)
    ]
