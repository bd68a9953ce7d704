"""What a partner's programs get: its newsletter, its tokens, its webhooks, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from signing.audit import Verb
from signing.core import clock, locales
from signing.core.db import transaction, unheld
from signing.core.refusals import NotFound, Refusal
from signing.exports import allowance, sheets
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import actions, hooks, queries, tokens
from signing.partners.models import Partner
from signing.programs import consenting, newsletters
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.partners.programs_forms import HookForm, TokenForm

bp = Blueprint(
    "partners_programs", __name__, url_prefix="/letters/<slug>/partners/<uuid:partner_id>/programs"
)
HEAD = ("signature", "name", "email", "language", "confirmed_at", "agreed_at", "wording")


class TooMany(Refusal):
    """More than one person may carry out alone; the partner needs nobody for it."""

    status = 409
    message = _l(
        "One person alone carries out at most 1,000 rows of a letter within 30 days, exports "
        "counted in. The partner fetches its list itself, with a token."
    )


@bp.get("")
@gate.asks(Act.MANAGE_PROGRAMS)
def show(partner_id: UUID) -> ResponseReturnValue:
    return page(*found(partner_id))


def found(partner_id: UUID, *, to_change: bool = False) -> tuple[Letter, Partner]:
    """The letter and its partner; sources of the campaign's own have no programs."""
    letter = desk.letter()
    partner = queries.get(letter.id, partner_id, to_change=to_change)
    if not partner.is_partner:
        raise NotFound
    return letter, partner


def page(letter: Letter, partner: Partner, status: int = 200, **more: Any) -> ResponseReturnValue:
    """With what a form said wrong, or with a secret that is shown this once."""
    texts = newsletters.list_texts(letter.id, partner.id)
    values: dict[str, Any] = {
        "languages": [
            language for tag in letters.list_locales(letter.id) if (language := locales.find(tag))
        ],
        "texts": texts,
        "tokens": tokens.list_all(letter.id, partner.id),
        "hooks": [(one, hooks.count_calls(one)) for one in hooks.list_all(letter.id, partner.id)],
        "now": clock.now(),
        "token_form": TokenForm(formdata=None).offer(),
        "hook_form": HookForm(formdata=None),
        "text_error": "",
        "most_error": "",
        "secret": "",
        "most": newsletters.MOST,
    }
    return desk.page(
        "staff/partners/programs.html", status, letter=letter, partner=partner, **(values | more)
    )


@bp.post("/list")
@gate.asks(Act.MANAGE_PROGRAMS, fresh=True)
def export(partner_id: UUID) -> ResponseReturnValue:
    """People whose consent to this partner stands, as CSV; written down before the first row."""
    letter, partner = found(partner_id)
    by = gate.signed().doer.actor
    with transaction():
        letters.get_to_change(letter.id)
        number, until = consenting.count(letter.id, partner.id), clock.now()
        if number > allowance.left(letter.id, by.id):
            raise TooMany
        actions.record(Verb.PARTNER_LIST_EXPORTED, partner, by, number=number)
    name = f"{letter.slug}-{partner.code}.csv"
    return Response(
        stream_with_context(unheld(sheets.csv_lines(HEAD, _rows(letter.id, partner.id, until)))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(letter_id: UUID, partner_id: UUID, until: datetime) -> Iterator[tuple[str, ...]]:
    for id_, who in consenting.stream(letter_id, partner_id, until=until):
        times = who.confirmed_at.isoformat(), who.given_at.isoformat()
        yield (str(id_), who.name, who.email, who.locale, *times, who.wording)
