"""What law and fairness require to be said: privacy, imprint, how we count, accessibility.

Generated from the settings and each letter's own, and never empty.
"""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, render_template
from flask.typing import ResponseReturnValue

from signing.collected import queries as collected
from signing.core import locales
from signing.core.settings import Settings
from signing.letters import markdown, wordings
from signing.letters import queries as letters
from signing.partners import queries as partners
from signing.web import headers
from signing.web.site.letters import alternates
from signing.web.speech import spoken

bp = Blueprint("notices", __name__)
KEPT_SECONDS = 300


@bp.get("/<locale:locale>/<slug:slug>/privacy")
def privacy(slug: str) -> ResponseReturnValue:
    """The privacy notice of one letter (GDPR art. 13), and what the campaign adds to it."""
    letter = letters.get_by_slug(slug)
    reading = letters.read(letter, spoken().tag)
    text = reading.translation
    return _page(
        "site/privacy.html",
        letter=letter,
        reading=reading,
        alternates=alternates(reading, "site.notices.privacy"),
        wordings=wordings.list_shown(letter, spoken().tag),
        partners=partners.list_public(letter.id),
        has_collected=bool(collected.list_shown(letter.id)),
        text_language=locales.languages()[text.locale],
        own_words=markdown.render(text.privacy) if text.privacy else "",
    )


@bp.get("/<locale:locale>/imprint")
def imprint() -> ResponseReturnValue:
    return _page("site/imprint.html", letters=letters.list_open(spoken().tag))


@bp.get("/<locale:locale>/how-we-count")
def how_we_count() -> ResponseReturnValue:
    return _page("site/how_we_count.html")


@bp.get("/<locale:locale>/accessibility")
def accessibility() -> ResponseReturnValue:
    return _page("site/accessibility.html")


def _page(template: str, **values: object) -> ResponseReturnValue:
    settings: Settings = current_app.extensions["signing.settings"]
    page = render_template(
        template, settings=settings, languages=locales.languages().values(), **values
    )
    return headers.share(make_response(page), KEPT_SECONDS, stale_seconds=KEPT_SECONDS)
