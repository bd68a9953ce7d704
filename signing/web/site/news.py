"""What a campaign has to tell about its letter: a list, and a page each."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.links import absolute
from signing.letters import markdown
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.news import queries as news
from signing.web import headers
from signing.web.site.letters import Alternate
from signing.web.speech import spoken

bp = Blueprint("news", __name__)


@bp.get("/<locale:locale>/<slug:slug>/news")
def show_all(slug: str) -> ResponseReturnValue:
    letter = letters.get_by_slug(slug)
    if letter.slug != slug:
        return redirect(url_for(".show_all", slug=letter.slug), 301)
    headlines = news.list_headlines(letter, spoken().tag, with_body=True)
    return _page("site/news.html", letter, "site.news.show_all", headlines=headlines)


@bp.get("/<locale:locale>/<slug:slug>/news/<int:number>")
def show(slug: str, number: int) -> ResponseReturnValue:
    letter = letters.get_by_slug(slug)
    if letter.slug != slug:
        return redirect(url_for(".show", slug=letter.slug, number=number), 301)
    told = news.get_told(letter, number, spoken().tag)
    return _page(
        "site/news_post.html",
        letter,
        "site.news.show",
        post=told.headline,
        html=markdown.render(told.headline.body),
        text_language=locales.languages()[told.headline.locale],
        canonical=absolute(
            "site.news.show", locale=told.headline.locale, slug=letter.slug, number=number
        ),
        number=number,
    )


def _page(template: str, letter: Letter, endpoint: str, **values: object) -> ResponseReturnValue:
    number = {"number": values["number"]} if "number" in values else {}
    page = render_template(
        template,
        letter=letter,
        title=letters.get_title(letter, spoken().tag),
        languages=locales.languages(),
        plain=markdown.plain,
        alternates=_alternates(letter, endpoint, **number),
        **values,
    )
    return headers.share(make_response(page), headers.PAGE_SECONDS)


def _alternates(letter: Letter, endpoint: str, **number: object) -> list[Alternate]:
    """The same page in every language of the letter."""
    return [
        Alternate(
            locales.languages()[tag],
            url_for(endpoint, locale=tag, slug=letter.slug, **number),  # type: ignore[arg-type]
            absolute(endpoint, locale=tag, slug=letter.slug, **number),
        )
        for tag in letters.list_locales(letter.id)
        if locales.find(tag)
    ]
