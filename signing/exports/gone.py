"""Whom the receiver of a past export has to delete, or may not use as before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, func, literal, null, or_, select

from signing.core.db import db
from signing.core.ids import BEFORE_ALL
from signing.exports.choice import Choice, Preset, is_shown, stands
from signing.exports.models import Export, Exported
from signing.exports.rows import reference
from signing.letters.models import MAILED_BY_CAMPAIGN
from signing.signatures.models import Consent, Signature, State

BATCH = 10_000
HEADER = ("reference", "what")
# What is gone: the signature, the name on the public page, or the consent to be mailed.
SIGNATURE, NAME, CONSENT = "signature", "name", "consent"


def count(export: Export) -> int:
    """How many of them there are. Looks at everybody who was in it."""
    gone = _gone(export).subquery()
    return db.session.scalar(select(func.count()).select_from(gone)) or 0


def stream(export: Export) -> Iterator[tuple[str, str]]:
    """Reference and what is gone, for each of them; raises `vault.Unreadable` once erased."""
    letter_id, export_id = export.letter_id, export.id
    after, wanted = BEFORE_ALL, _gone(export)
    while True:
        rows = db.session.execute(_behind(wanted, after)).all()
        yield from ((reference(letter_id, export_id, row.signature_id), row.what) for row in rows)
        if len(rows) < BATCH:
            return
        after = rows[-1].signature_id


def _behind(wanted: Select[Any], after: UUID) -> Select[Any]:
    next_ones = wanted.where(Exported.signature_id > after)
    return next_ones.order_by(Exported.signature_id).limit(BATCH)


def _gone(export: Export) -> Select[Any]:
    choice = Choice.read_json(export.choice)
    is_gone = or_(Signature.id.is_(None), Signature.state != State.CONFIRMED.value)
    kinds = [(is_gone, literal(SIGNATURE))]
    if "shown_name" in choice.columns:
        kinds.append((and_(Exported.is_shown.is_(True), ~is_shown()), literal(NAME)))
    if choice.preset is Preset.MAILING:
        kinds.append((~stands(choice.consent), literal(CONSENT)))
    elif "consents" in choice.columns:
        kinds.append((_taken_back(export), literal(CONSENT)))
    what = case(*kinds, else_=null())
    mine = and_(Signature.letter_id == Exported.letter_id, Signature.id == Exported.signature_id)
    return (
        select(Exported.signature_id, what.label("what"))
        .outerjoin(Signature, mine)
        .where(Exported.letter_id == export.letter_id, Exported.export_id == export.id)
        .where(what.is_not(None))
    )


def _taken_back(export: Export) -> Any:
    """A consent to be mailed was taken back since."""
    return exists().where(
        Consent.letter_id == Exported.letter_id,
        Consent.signature_id == Exported.signature_id,
        Consent.purpose.in_([one.value for one in MAILED_BY_CAMPAIGN]),
        Consent.withdrawn_at >= export.asked_at,
    )
