"""The outbox's table: no link, no finished text, no address that stands elsewhere."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class MailState(StrEnum):
    WAITING = "waiting"  # to be sent at `due_at`, or in the hands of a worker until `leased_until`
    SENT = "sent"  # the server took it
    DROPPED = "dropped"  # its reason is gone: the signature was withdrawn or confirmed meanwhile
    DEAD = "dead"  # refused for good, or too often; `doctor` tells


_WAITING = text("state = 'waiting'")
_SETTLED = text("state <> 'waiting'")


class Suppression(Base):
    """An address that does not want to be written to, known by its digest alone."""

    __tablename__ = "suppressions"

    house_digest: Mapped[bytes] = mapped_column(primary_key=True)
    scope: Mapped[UUID] = mapped_column(primary_key=True)  # a letter; the nil UUID: all of them
    reason: Mapped[str]
    at: Mapped[datetime]


class DomainRule(Base):
    """What staff decided about the addresses of a mail domain."""

    __tablename__ = "domain_rules"

    domain: Mapped[str] = mapped_column(primary_key=True)  # A-labels
    rule: Mapped[str]  # allow or block
    at: Mapped[datetime]


class OutgoingMail(Base):
    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index(
            "uq_outgoing_mail_waiting",
            "letter_id",
            "recipient_id",
            "kind",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_outgoing_mail_due_at", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING
        ),
        Index(
            "ix_outgoing_mail_settled",
            "created_at",
            sqlite_where=_SETTLED,
            postgresql_where=_SETTLED,
        ),
        Index("ix_outgoing_mail_recipient", "letter_id", "recipient_id", "created_at"),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    recipient_kind: Mapped[str]
    recipient_id: Mapped[UUID]
    sealed_to: Mapped[bytes | None]  # only where no row holds the address
    locale: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease_id: Mapped[UUID | None]
    attempts: Mapped[int]
    state: Mapped[str]
    last_error: Mapped[str | None]  # a code and a stage, never an address
    sent_at: Mapped[datetime | None]
