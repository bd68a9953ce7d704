"""The document that goes with a delivered file: asked for, found again, downloaded for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from signing.core import locales
from signing.core.db import transaction
from signing.core.later import later
from signing.core.refusals import Refusal
from signing.core.vault import Unreadable
from signing.exports import papers
from signing.exports.refused import NotToFetch
from signing.jobs import queries as jobs
from signing.letters import queries as letters
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate

if TYPE_CHECKING:
    from signing.exports import delivery
else:
    delivery = later("signing.exports.delivery")


class PaperGone(Refusal):
    status = 410
    message = _l("This document is not kept any more. Make it again on the page of its export.")


bp = Blueprint("exports_delivery", __name__, url_prefix="/letters/<slug>/exports")


@bp.post("/<uuid:export_id>/delivery")
@gate.asks(Act.EXPORT, fresh=True)
def make(export_id: UUID) -> ResponseReturnValue:
    """A worker makes it, in one of the letter's languages; its page says how far it is."""
    letter = desk.letter()
    chosen = locales.choose(
        [request.form.get("into", "")], letters.list_locales(letter.id), letter.default_locale
    )
    with locales.speaking(chosen) as language:
        delivery.check(letter, chosen, language)
    has_names, by = bool(request.form.get("has_names")), gate.signed().doer
    with transaction():
        made = papers.ask(letter, export_id, chosen, has_names=has_names, by=by)
        paper_id = made.id
    return redirect(url_for(".show", paper_id=paper_id), 303)


@bp.get("/papers/<uuid:paper_id>")
@gate.asks(Act.EXPORT)
def show(paper_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    try:
        paper = papers.get(letter.id, paper_id)
    except NotToFetch:
        raise PaperGone from None
    return desk.page(
        "staff/exports/paper.html",
        letter=letter,
        paper=paper,
        job=jobs.find_of(letter.id, paper_id),
        language_name=locales.languages()[paper.locale].name,
    )


@bp.post("/papers/<uuid:paper_id>/fetch")
@gate.asks(Act.EXPORT, fresh=True)
def fetch(paper_id: UUID) -> ResponseReturnValue:
    """The PDF; that it leaves is written down first."""
    letter = desk.letter()
    try:
        with transaction():
            pdf = papers.fetch(letter, paper_id, by=gate.signed().doer)
            locale = papers.get(letter.id, paper_id).locale
    except (NotToFetch, Unreadable):  # keys were changed since, or the letter was erased
        raise PaperGone from None
    name = f"{letter.slug}-delivery-{locale}.pdf"
    return Response(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
