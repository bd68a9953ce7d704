"""Signatures, the consents they rest on, and the numbers that stay when people have gone."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base
from signing.core.ids import HOUSE


class State(StrEnum):
    PENDING = "pending"  # typed by somebody; the inbox has not answered
    CONFIRMED = "confirmed"  # the inbox pressed the button: this counts
    SET_ASIDE = "set_aside"  # taken out of the count by staff, with a reason


class Entry(StrEnum):
    FORM = "form"  # our own page
    EMBED = "embed"  # a form on a partner's page
    API = "api"  # a partner's own form


class Show(StrEnum):
    """What of the name the signer wants on the public page."""

    NO = "no"
    FULL = "full"
    INITIAL = "initial"  # first name and initial


# Who is meant where a consent names nobody else: the letter's controller.
CONTROLLER = HOUSE
OTHER = "other"  # where retired counts hide cells that are too small

_PENDING = text("state = 'pending'")
_BOUNCED = text("bounced_at IS NOT NULL")
_SHOWN = text("state = 'confirmed' AND public_name IS NOT NULL")


class Signature(Base):
    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("letter_id", "address_digest"),
        Index(
            "ix_signatures_shown",
            "letter_id",
            "confirmed_at",
            sqlite_where=_SHOWN,
            postgresql_where=_SHOWN,
        ),
        Index(
            "ix_signatures_pending", "created_at", sqlite_where=_PENDING, postgresql_where=_PENDING
        ),
        Index(
            "ix_signatures_bounced", "bounced_at", sqlite_where=_BOUNCED, postgresql_where=_BOUNCED
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    address_digest: Mapped[bytes]  # recognises the address within this letter only
    state: Mapped[str]
    revision: Mapped[int]  # of what was typed; a press confirms the one it was shown
    link_version: Mapped[int]  # of the links in mails; others are void
    text_revision_id: Mapped[UUID | None]  # the letter as it was shown when confirmed
    sealed: Mapped[bytes]  # e-mail, name, city, comment, choice of show: see `person`
    public_name: Mapped[str | None]  # in the clear, because the signer chose so
    hidden_by_staff_at: Mapped[datetime | None]
    country: Mapped[str]
    locale: Mapped[str]
    entry: Mapped[str]
    partner_id: Mapped[UUID | None]
    comment_digest: Mapped[bytes | None]  # recognises the same comment pasted again
    reasons: Mapped[list[str]] = mapped_column(JSON)  # why staff may want to look
    bounced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]  # when the form was last sent while pending
    confirmed_at: Mapped[datetime | None]
    confirmed_by_mail_id: Mapped[UUID | None]  # the outbox row of the mail whose button it was
    # When the form was last sent with this address, whatever the state: writing it makes all
    # answers cost the same, also where a database skips writes that change nothing.
    asked_at: Mapped[datetime]


class Consent(Base):
    """One choice of one signer, with the wording it was made under."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "signature_id"],
            ["signatures.letter_id", "signatures.id"],
            ondelete="CASCADE",
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(primary_key=True)
    wording_id: Mapped[UUID]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class RetiredCount(Base):
    """What is left of people whose data is gone. Small cells are merged into "other"."""

    __tablename__ = "retired_counts"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)  # the nil UUID: nobody
    entry: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int]
