"""One reminder at most for whoever signed and has not answered; off unless a letter wants it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, literal, literal_column, or_, select

from signing.core import clock
from signing.core.db import db, insert
from signing.letters.models import Letter
from signing.letters.models import State as LetterState
from signing.mail.kinds import Kind, Recipient
from signing.mail.models import MailState, OutgoingMail
from signing.signatures.models import Signature, State

BATCH = 1000

COLUMNS = (
    "letter_id", "id", "kind", "recipient_kind", "recipient_id", "locale", "created_at", "due_at",
    "attempts", "state",
)  # fmt: skip


def put_due(*, signed_after: datetime, signed_before: datetime, limit: int = BATCH) -> int:
    """Have those who signed between these moments and wait since reminded; returns how many.

    One statement. The mail's row carries the signature's own id, so that two workers never put
    two of them.
    """
    at = clock.now()
    mails = cast(Table, OutgoingMail.__table__)
    reminded = (
        select(mails.c.id)
        .where(mails.c.letter_id == Signature.letter_id, mails.c.recipient_id == Signature.id)
        .where(mails.c.kind == Kind.REMINDER.value)
        .exists()
    )
    due: Select[*tuple[Any, ...]] = (
        select(
            Signature.letter_id,
            Signature.id,
            literal(Kind.REMINDER.value),
            literal(Recipient.SIGNATURE.value),
            Signature.id,
            Signature.locale,
            literal(at, OutgoingMail.created_at.type),
            literal(at, OutgoingMail.due_at.type),
            literal_column("0"),
            literal(MailState.WAITING.value),
        )
        .join(Letter, Letter.id == Signature.letter_id)
        # In the words of the partial index: a parameter would keep databases from using it.
        .where(Signature.state == literal_column(f"'{State.PENDING}'"))
        .where(Signature.created_at > signed_after, Signature.created_at <= signed_before)
        .where(Signature.bounced_at.is_(None), ~reminded)
        .where(Letter.takes_reminders, Letter.state == LetterState.OPEN.value)
        .where(or_(Letter.closes_at.is_(None), Letter.closes_at > at))
        .limit(limit)
    )
    put_in = insert(OutgoingMail).from_select(COLUMNS, due, include_defaults=False)
    done = put_in.on_conflict_do_nothing().returning(OutgoingMail.id)
    return len(db.session.scalars(done).all())
