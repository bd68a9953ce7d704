"""The mail itself before anybody gets it: as HTML and as plain text, in any language."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, g, render_template
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.refusals import NotFound
from signing.letters.models import Letter
from signing.news import queries, telling
from signing.news.mailed import Announcement
from signing.staff_accounts.roles import Act
from signing.web import mail_html
from signing.web.staff import desk, gate
from signing.web.staff.news.mailing import find_news

bp = Blueprint(
    "news_seeing",
    __name__,
    url_prefix="/letters/<slug>/news/mailings/<uuid:broadcast_id>/see/<into>",
)


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show_html(broadcast_id: UUID, into: str) -> ResponseReturnValue:
    return mail_html.page(_render("html", broadcast_id, into))


@bp.get("/text")
@gate.asks(Act.SEE_LETTER)
def show_text(broadcast_id: UUID, into: str) -> ResponseReturnValue:
    text = _render("txt", broadcast_id, into)
    return Response(text, content_type="text/plain; charset=utf-8")


def _render(ending: str, broadcast_id: UUID, into: str) -> str:
    letter = desk.letter()
    news = find_news(queries.get_broadcast(letter.id, broadcast_id))
    if locales.find(into) is None or not news.texts:
        raise NotFound
    return _said(ending, letter, news, into)


def _said(ending: str, letter: Letter, news: Announcement, into: str) -> str:
    ways = telling.trial_links(news, into)
    values = telling.values(news, letter, into, ways)
    with locales.speaking(into) as language:
        g.language = language
        return render_template(f"mail/news/body.{ending}", subject=values["title"], **values)
