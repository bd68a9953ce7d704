"""A letter as it would look if its draft were published: for whoever was given the link."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.tokens import LinkBroken
from signing.counts import queries as counts
from signing.letters import markdown, previews, writing
from signing.letters import queries as letters
from signing.letters.folder import Text
from signing.letters.models import Letter
from signing.letters.writing import Working
from signing.web import headers
from signing.web.speech import spoken

bp = Blueprint("preview", __name__)


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft in the shape that the letter's page takes."""

    translation: Text
    addressee: str


@bp.get("/<locale:locale>/<slug:slug>/preview/<token>")
def show(slug: str, token: str) -> ResponseReturnValue:
    """No form, no names, nothing to share; and the letter may be one that nobody sees yet."""
    preview = previews.read(token)
    letter = letters.get(preview.letter_id)
    if preview.locale != spoken().tag or letters.get_by_any_slug(slug).id != letter.id:
        raise LinkBroken
    working = writing.get(letter, preview.locale)
    page = render_template(
        "site/preview.html",
        letter=letter,
        reading=_drafted(letter, working),
        text_language=locales.languages()[working.locale],
        html=markdown.render(working.body),
        total=counts.total(letter.id),
    )
    return headers.personal(make_response(page))


def _drafted(letter: Letter, working: Working) -> Drafted:
    return Drafted(working.text, working.to or letter.to)
