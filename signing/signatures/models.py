"""Signatures, the consents they rest on, and the numbers that stay when people have gone."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKeyConstraint,
    Index,
    String,
    TextClause,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base
from signing.core.ids import HOUSE
from signing.letters.models import MAILED_BY_CAMPAIGN


class State(StrEnum):
    PENDING = "pending"  # typed by somebody; the inbox has not answered
    CONFIRMED = "confirmed"  # the inbox pressed the button: this counts
    SET_ASIDE = "set_aside"  # taken out of the count by staff, with a reason


class Entry(StrEnum):
    FORM = "form"  # our own page
    EMBED = "embed"  # a form on a partner's page
    API = "api"  # a partner's own form


class Kept(StrEnum):
    """Decisions of staff that outlive the row they were made about; `moderation.models.Deed`."""

    HIDE = "hide"
    SET_ASIDE = "set_aside"


class Show(StrEnum):
    """What of the name the signer wants on the public page."""

    NO = "no"
    FULL = "full"
    INITIAL = "initial"  # first name and initial


# Who is meant where a consent names nobody else: the letter's controller.
CONTROLLER = HOUSE

_PENDING = text("state = 'pending'")
_BOUNCED = text("bounced_at IS NOT NULL")
_SHOWN = text("state = 'confirmed' AND public_name IS NOT NULL")
_PURPOSES = ", ".join(f"'{one.value}'" for one in MAILED_BY_CAMPAIGN)
_MAILED = text(f"withdrawn_at IS NULL AND purpose IN ({_PURPOSES})")
_NAMED = text("public_name IS NOT NULL")
_OF_PARTNER = text("partner_id IS NOT NULL")
_EVER_CONFIRMED = text("confirmed_at IS NOT NULL")
_OPEN = text("state <> 'confirmed'")
_FLAGGED = text("is_flagged AND state = 'confirmed'")
_FLAGGED_ON_SQLITE = text("is_flagged = 1 AND state = 'confirmed'")
# Names sort and are searched by their bytes, on both databases.
_BY_BYTES = String().with_variant(String(collation="C"), "postgresql")


def _found_by(name: str, column: str, where: TextClause | None = None) -> Index:
    """An index for a filter of the staff's table, in the order of ids, which is that of time."""
    return Index(
        f"ix_signatures_{name}",
        "letter_id",
        column,
        "id",
        sqlite_where=where,
        postgresql_where=where,
    )


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
        _found_by("country", "country"),
        _found_by("locale", "locale"),
        _found_by("partner", "partner_id", _OF_PARTNER),
        _found_by("name", "public_name", _NAMED),
        _found_by("confirmed", "confirmed_at", _EVER_CONFIRMED),
        _found_by("open", "state", _OPEN),
        Index(
            "ix_signatures_flagged",
            "letter_id",
            "id",
            sqlite_where=_FLAGGED_ON_SQLITE,
            postgresql_where=_FLAGGED,
        ),
        Index(
            "ix_signatures_bounced_of_letter",
            "letter_id",
            "bounced_at",
            sqlite_where=_BOUNCED,
            postgresql_where=_BOUNCED,
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
    # In the clear, because the signer chose so; on the page and counted as shown while it is here.
    public_name: Mapped[str | None] = mapped_column(_BY_BYTES)
    hidden_by_staff_at: Mapped[datetime | None]  # as long as it is set, there is no `public_name`
    country: Mapped[str]
    locale: Mapped[str]
    entry: Mapped[str]
    partner_id: Mapped[UUID | None]
    comment_digest: Mapped[bytes | None]  # recognises the same comment pasted again
    reasons: Mapped[list[str]] = mapped_column(JSON)  # why staff may want to look
    is_flagged: Mapped[bool] = mapped_column(server_default=false())  # and nobody has yet
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
        Index(
            "ix_consents_mailed",
            "letter_id",
            "purpose",
            "signature_id",
            sqlite_where=_MAILED,
            postgresql_where=_MAILED,
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(primary_key=True)
    wording_id: Mapped[UUID]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class KeptDecision(Base):
    """What staff decided about the signature of an address, as long as it stands: see `kept`.

    A digest that recognises the address within this letter, and nothing else of a person.
    """

    __tablename__ = "kept_decisions"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    address_digest: Mapped[bytes] = mapped_column(primary_key=True)
    deed: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    source: Mapped[str]
    bulk_id: Mapped[UUID | None]
    decided_at: Mapped[datetime]


class Touch(Base):
    """Somebody who had signed came once more through a partner, and pressed the button to say so.

    Ids alone, and gone with the signature.
    """

    __tablename__ = "touches"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "signature_id"],
            ["signatures.letter_id", "signatures.id"],
            ondelete="CASCADE",
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    locale: Mapped[str]
    day: Mapped[date]


class TouchCount(Base):
    """How many touches a partner had on a day (UTC); stays when the people have gone."""

    __tablename__ = "touch_counts"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


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
