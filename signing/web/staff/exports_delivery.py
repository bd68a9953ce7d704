"""The paper that goes with a delivered file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.db import snapshot, transaction
from signing.core.later import later
from signing.core.refusals import NotFound
from signing.exports import actions, purpose, queries
from signing.exports.refused import ErasedSince
from signing.letters import queries as letters
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate

if TYPE_CHECKING:
    from signing.exports import delivery
else:
    delivery = later("signing.exports.delivery")

bp = Blueprint("exports_delivery", __name__, url_prefix="/letters/<slug>/exports")


@bp.post("/<uuid:export_id>/delivery")
@gate.asks(Act.EXPORT, fresh=True)
def make(slug: str, export_id: UUID) -> ResponseReturnValue:  # noqa: ARG001
    """As PDF, in one of the letter's languages."""
    letter = desk.letter()
    export = queries.get(letter.id, export_id)
    if export.digest is None:
        raise NotFound
    if purpose.find(export) is None:
        raise ErasedSince
    chosen = locales.choose(
        [request.form.get("into", "")], letters.list_locales(letter.id), letter.default_locale
    )
    has_names = bool(request.form.get("has_names"))
    with snapshot():
        facts = delivery.gather(
            letter,
            queries.get(letter.id, export_id),
            chosen,
            has_names=has_names,
        )
    with locales.speaking(chosen) as language:
        pdf = delivery.pdf(facts, language)
    with transaction():
        actions.note_delivery(letter, export, by=gate.signed().doer.actor, has_names=has_names)
    name = f"{letter.slug}-delivery-{chosen}.pdf"
    return Response(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
