"""The sign form for one partner's website, to copy: code, policy line, words for their notice."""

from __future__ import annotations

from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from signing.core import locales
from signing.core.links import absolute
from signing.core.locales import Language
from signing.core.refusals import NotFound
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries
from signing.partners.models import Partner
from signing.staff_accounts.roles import Act
from signing.web import headers
from signing.web.staff import desk, gate
from signing.web.staff.partners.embed_theme import FONT_NAMES, Theme
from signing.web.staff.partners.pages import link_of

bp = Blueprint(
    "partners_embed", __name__, url_prefix="/letters/<slug>/partners/<uuid:partner_id>/form"
)
SCRIPT = "v1-form"
STYLE = "text/css; charset=utf-8"


@bp.get("/<into>")
@gate.asks(Act.MANAGE_PARTNERS)
def show(partner_id: UUID, into: str) -> ResponseReturnValue:
    """In one language of the letter, with the form as it will look on the partner's page."""
    letter = desk.letter()
    partner, language = _found(letter, partner_id, into)
    theme = Theme.read(request.args)
    page = desk.page(
        "staff/partners/embed.html",
        422 if theme.is_wrong else 200,
        letter=letter,
        partner=partner,
        into=language,
        tags=[one for tag in letters.list_locales(letter.id) if (one := locales.find(tag))],
        framed=absolute("site.framed.show", slug=letter.slug, locale=into, code=partner.code),
        script=url_for("embed.scripts.latest", name=SCRIPT),
        theme=theme,
        typed=request.args.get("accent", theme.accent),
        fonts=FONT_NAMES,
        **_to_copy(letter, partner, language),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] += "; frame-src 'self'"
    return response


@bp.get("/<into>/theme.css")
@gate.asks(Act.MANAGE_PARTNERS)
def style(partner_id: UUID, into: str) -> ResponseReturnValue:
    """What the partner's page would say of colour and font: ours takes no style but from here."""
    _found(desk.letter(), partner_id, into)
    return headers.personal(Response(Theme.read(request.args).css, content_type=STYLE))


def _found(letter: Letter, partner_id: UUID, into: str) -> tuple[Partner, Language]:
    """For partners alone, since sources have no websites, and in languages of the letter."""
    partner, language = queries.get(letter.id, partner_id), locales.find(into)
    if not partner.is_partner or language is None or into not in letters.list_locales(letter.id):
        raise NotFound
    return partner, language


def _to_copy(letter: Letter, partner: Partner, language: Language) -> dict[str, Any]:
    """Code and notice as they go into the partner's page, in its language."""
    origin = current_app.config["BASE_URL"]
    given = {
        "letter": letter,
        "partner": partner,
        "into": language,
        "link": link_of(letter, partner, language.tag),
        "host": urlsplit(origin).netloc,
        "privacy": absolute("site.notices.privacy", slug=letter.slug, locale=language.tag),
        "origin": origin,
        "script": SCRIPT,
    }
    with locales.speaking(language.tag):
        return {
            "code": render_template("embed/form_code.html", checked=False, **given),
            "element": Markup(render_template("embed/form_element.html", **given)),  # noqa: S704
            "checked": render_template("embed/form_code.html", checked=True, **given),
            "notice": unescape(render_template("embed/form_privacy.html", **given)),
            "origin": origin,
        }
