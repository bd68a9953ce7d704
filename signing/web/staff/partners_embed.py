"""The sign form for one partner's website, to copy: code, policy line, words for their notice."""

from __future__ import annotations

from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.links import absolute
from signing.core.locales import Language
from signing.core.refusals import NotFound
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries
from signing.partners.models import Partner
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.partners import link_of

bp = Blueprint(
    "partners_embed", __name__, url_prefix="/letters/<slug>/partners/<uuid:partner_id>/form"
)
SCRIPT = "v1-form"


@bp.get("/<into>")
@gate.asks(Act.MANAGE_PARTNERS)
def show(slug: str, partner_id: UUID, into: str) -> ResponseReturnValue:  # noqa: ARG001
    """In one language of the letter; for partners alone, since sources have no websites."""
    letter = desk.letter()
    partner = queries.get(letter.id, partner_id)
    tags = letters.list_locales(letter.id)
    language = locales.find(into)
    if not partner.is_partner or language is None or into not in tags:
        raise NotFound
    return desk.page(
        "staff/partners/embed.html",
        letter=letter,
        partner=partner,
        into=language,
        tags=[one for tag in tags if (one := locales.find(tag))],
        framed=absolute("site.framed.show", slug=letter.slug, locale=into, code=partner.code),
        **_to_copy(letter, partner, language),
    )


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
            "checked": render_template("embed/form_code.html", checked=True, **given),
            "notice": unescape(render_template("embed/form_privacy.html", **given)),
            "origin": origin,
        }
