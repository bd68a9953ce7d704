"""Public names, and signatures without their signers, for programs of the campaign."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from flask import Blueprint

from signing.core.ids import HOUSE
from signing.core.links import absolute
from signing.core.vault import vault
from signing.counts.periods import Told
from signing.partners import queries as partners
from signing.partners.models import Scope
from signing.signatures import listing
from signing.signatures.finding import Row
from signing.signatures.listing import Agreed, Place
from signing.signatures.models import Entry, State
from signing.web.api import access, cursors
from signing.web.api.access import Holder
from signing.web.api.answering import Answer, answers
from signing.web.api.campaign_shapes import Agreement, Names, Rows, Signature, Signatures
from signing.web.api.letters import told

bp = Blueprint("people", __name__, url_prefix="/api/v1")
CAMPAIGN = (Holder.CAMPAIGN,)
ID_BYTES = 10


@bp.get("/letters/<slug:slug>/names")
@answers(Names, Rows, scope=Scope.NAMES, of=CAMPAIGN)
def list_names(slug: str, query: Rows) -> Answer[Names]:
    """Public names, a page at a time: the names and nothing about them."""
    letter = access.enter_as_campaign(slug, Scope.NAMES).letter
    after = _place(cursors.read("names", letter.id, query.cursor)) if query.cursor else None
    found = listing.list_names(letter.id, after=after, limit=query.limit + 1)
    page, following = found[: query.limit], None
    if len(found) > query.limit:
        last = page[-1].place
        place = f"{last.confirmed_at.timestamp():.6f} {last.id.hex}"
        cursor = cursors.seal("names", letter.id, place)
        following = absolute(
            "api.people.list_names", slug=letter.slug, limit=query.limit, cursor=cursor
        )
    return Answer(Names(names=[one.name for one in page], next=following), next=following)


def _place(text: str) -> Place:
    """As it was sealed, so it can be read."""
    at, _space, id_ = text.partition(" ")
    return Place(datetime.fromtimestamp(float(at), UTC), UUID(hex=id_))


@bp.get("/letters/<slug:slug>/signatures")
@answers(Signatures, Rows, scope=Scope.SIGNATURES, of=CAMPAIGN)
def list_signatures(slug: str, query: Rows) -> Answer[Signatures]:
    """Signatures of past days, a page at a time: where from, how far, what was agreed to.

    Never who; in no order, and by whole days (UTC) that were ten people together, since what moves
    alone, or in this order, belongs to the name that does so on the letter's page.
    """
    letter = access.enter_as_campaign(slug, Scope.SIGNATURES).letter
    days = told(letter)
    until = datetime.combine(days.open_since, time(), UTC)
    after = cursors.read("signatures", letter.id, query.cursor) if query.cursor else ""
    rows, next_after = listing.list_facts(
        letter.id, before=until, after=bytes.fromhex(after), limit=query.limit
    )
    following = None
    if next_after:
        cursor = cursors.seal("signatures", letter.id, next_after.hex())
        following = absolute(
            "api.people.list_signatures", slug=letter.slug, limit=query.limit, cursor=cursor
        )
    codes = partners.list_codes(letter.id)
    given = listing.list_consents(letter.id, [row.id for row in rows])
    shown = [
        Signature(
            **_facts(letter.id, row, codes, days),
            consents=[_agreement(one, codes, as_of=until) for one in given.get(row.id, ())],
        )
        for row in rows
    ]
    return Answer(Signatures(signatures=shown, next=following), next=following)


def _facts(letter_id: UUID, row: Row, codes: dict[UUID, str], days: Told) -> dict[str, Any]:
    """No moments, nor days of their own: they would name whoever is newest on the page."""
    day = days.end_of(row.confirmed_at.date()) if row.confirmed_at else None
    is_new = row.confirmed_at is not None and day is None
    return {
        "id": vault.digest(letter_id, f"api{row.id.hex}")[:ID_BYTES].hex(),
        "state": State.PENDING if is_new else State(row.state),
        "locale": row.locale,
        "country": row.country,
        "confirmed_by": day,
        "entry": Entry(row.entry),
        "partner": codes.get(row.partner_id) if row.partner_id else None,
    }


def _agreement(one: Agreed, codes: dict[UUID, str], *, as_of: datetime) -> Agreement:
    return Agreement(
        purpose=one.purpose,
        partner=codes.get(one.receiver_id) if one.receiver_id != HOUSE else None,
        wording_digest=one.digest.hex(),
        is_withdrawn=one.withdrawn_at is not None and one.withdrawn_at < as_of,
    )
