"""The outbox's table: no link, no finished text, no address that stands elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class MailState(StrEnum):
    WAITING = "waiting"  # to be sent at `due_at`, or in the hands of a worker until `leased_until`
    SENT = "sent"  # the server took it
    DROPPED = "dropped"  # its reason is gone: the signature was withdrawn or confirmed meanwhile
    DEAD = "dead"  # refused for good, or too often; `doctor` tells


_WAITING = text("state = 'waiting' AND broadcast_id IS NULL")
_FIRST = text("state = 'waiting' AND kind <> 'news'")
_NEWS = text("kind = 'news'")
_NEWS_WAITING = text("state = 'waiting' AND kind = 'news'")
_SETTLED = text("state <> 'waiting'")
_COMPLAINT = text("reason = 'complaint'")


class Suppression(Base):
    """An address that does not want to be written to, known by its digest alone."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index(
            "ix_suppressions_complaint",
            "at",
            sqlite_where=_COMPLAINT,
            postgresql_where=_COMPLAINT,
        ),
    )

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
        # News wait apart, so that a confirmation never stands behind them.
        Index("ix_outgoing_mail_due_at", "due_at", sqlite_where=_FIRST, postgresql_where=_FIRST),
        Index(
            "ix_outgoing_mail_news_due_at",
            "due_at",
            sqlite_where=_NEWS_WAITING,
            postgresql_where=_NEWS_WAITING,
        ),
        Index(
            "uq_outgoing_mail_broadcast",
            "letter_id",
            "broadcast_id",
            "recipient_id",
            unique=True,
            sqlite_where=_NEWS,
            postgresql_where=_NEWS,
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
    broadcast_id: Mapped[UUID | None]  # which news it carries; a recipient gets each once
    sealed_to: Mapped[bytes | None]  # only where no row holds the address
    locale: Mapped[str]
    partner_id: Mapped[UUID | None]  # who brought the form that this answers
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease_id: Mapped[UUID | None]
    attempts: Mapped[int]
    state: Mapped[str]
    last_error: Mapped[str | None]  # a code and a stage, never an address
    sent_at: Mapped[datetime | None]


class BroadcastFigure(Base):
    """How many mails of a broadcast came how far: added to and rolled up, and nobody's name."""

    __tablename__ = "broadcast_figures"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    broadcast_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    what: Mapped[str]
    n: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class MailTally(Base):
    """How the mails that were put in an hour have fared: numbers alone, kept when they are gone."""

    __tablename__ = "mail_tallies"
    __table_args__ = (Index("ix_mail_tallies_hour", "hour"),)

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)  # hours since 1970-01-01T00Z
    kind: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    error: Mapped[str] = mapped_column(primary_key=True)  # the last one; "": none
    n: Mapped[int] = mapped_column(BigInteger)


class RefusingDomain(Base):
    """A mail domain that refused many mails on a day; one that refused few could be somebody's."""

    __tablename__ = "refusing_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)  # A-labels
    day: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
