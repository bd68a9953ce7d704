"""The letter: its text, the form to sign it, the count and the latest names."""

from __future__ import annotations

from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from signing.core import clock, locales
from signing.core.links import absolute
from signing.core.settings import Settings
from signing.counts import queries as counts
from signing.letters import markdown, wordings
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.letters.queries import Reading
from signing.signatures import queries as signatures
from signing.signatures import screening
from signing.web import headers
from signing.web.site import stamps
from signing.web.site.sign_form import SignForm
from signing.web.speech import spoken

LATEST_NAMES = 12

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
    response = redirect(url_for(".show", locale=best, slug=letter.slug), 302)
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@bp.get("/<locale:locale>/<slug:slug>")
def show(slug: str) -> ResponseReturnValue:
    letter = letters.get_by_slug(slug)
    if letter.slug != slug:
        return redirect(url_for(".show", slug=letter.slug), 301)
    form = SignForm.blank(letter)
    return headers.share(render_letter(letter, form), headers.PAGE_SECONDS)


def render_letter(letter: Letter, form: SignForm) -> Response:
    """The page with this form in it: empty, or as it came back with errors."""
    reading = letters.read(letter, spoken().tag)
    total = counts.total(letter.id)
    names = signatures.list_latest_names(letter.id, LATEST_NAMES)
    shown = wordings.list_shown(letter, spoken().tag)
    form.remember_wordings(shown)
    form.stamp.data = stamps.make(letter.id, form.wording.data or "")
    form.offer_countries()
    asks_work = screening.is_under_pressure(letter, calm_a_minute=_settings().calm_a_minute)
    page = render_template(
        "site/letter.html",
        letter=letter,
        reading=reading,
        text_language=locales.languages()[reading.translation.locale],
        html=markdown.render(reading.translation.body),
        description=reading.translation.summary or markdown.plain(reading.translation.body),
        alternates=alternates(reading, "site.letters.show"),
        corrections=letters.list_corrections(letter, reading.translation.locale),
        render=markdown.render,
        total=total,
        names=names,
        more_names=max(total.n - len(names), 0),
        form=form,
        wordings=shown,
        takes_signatures=letter.takes_signatures(clock.now()),
        asks_work=asks_work,
    )
    response = make_response(page)
    return headers.with_script(response) if asks_work else response


def _settings() -> Settings:
    settings: Settings = current_app.extensions["signing.settings"]
    return settings


def alternates(reading: Reading, endpoint: str) -> list[Alternate]:
    """The page in every language of the letter; canonical addresses, without attribution."""
    return [
        Alternate(
            locales.languages()[tag],
            url_for(endpoint, locale=tag, slug=reading.letter.slug),
            absolute(endpoint, locale=tag, slug=reading.letter.slug),
        )
        for tag in reading.locales
        if locales.find(tag)
    ]
