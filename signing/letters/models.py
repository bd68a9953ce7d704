"""Letters, their translations, what each said when, and the wordings people agree to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class State(StrEnum):
    DRAFT = "draft"  # nobody outside sees it
    OPEN = "open"  # takes signatures, between `opens_at` and `closes_at`
    CLOSED = "closed"  # takes no more; what was signed in time can still be confirmed
    DELIVERED = "delivered"  # handed to whom it is addressed
    ARCHIVED = "archived"  # the text and the number stay


class Work(StrEnum):
    """Whether whoever signs has their browser prove work first."""

    AUTO = "auto"  # while the letter is under pressure
    ON = "on"
    OFF = "off"


class TranslationState(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"


class Field(StrEnum):
    """What a sign form may ask beyond name and address."""

    COUNTRY = "country"
    CITY = "city"
    COMMENT = "comment"


class ConsentPurpose(StrEnum):
    """What a signer agrees to, each a choice of its own."""

    SIGN = "sign"  # to be counted and handed over; without it there is no signature
    SHOW_NAME = "show_name"  # the name on the public page
    NEWS = "news"  # mail about this letter
    NEWSLETTER = "newsletter"  # mail beyond this letter, in the campaign's own words
    FOLLOW_UP = "follow_up"  # one mail about a follow-up letter


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    default_locale: Mapped[str]
    to: Mapped[str]
    goal: Mapped[int | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    time_zone: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(JSON)
    controller: Mapped[str]  # who is responsible under GDPR, with postal address
    contact: Mapped[str]
    minimum_age: Mapped[int]
    sender_name: Mapped[str]
    reply_address: Mapped[str]
    newsletter: Mapped[str | None]  # the campaign's own words; without them there is no box
    names_until: Mapped[date | None]  # set when it opens; the wording names it
    work: Mapped[str] = mapped_column(server_default=Work.AUTO.value)
    takes_reminders: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]

    def takes_signatures(self, at: datetime) -> bool:
        return (
            self.state == State.OPEN
            and (self.opens_at is None or self.opens_at <= at)
            and (self.closes_at is None or at < self.closes_at)
        )

    def takes_confirmation(self, signed_at: datetime, at: datetime, grace: timedelta) -> bool:
        """Signed before closing and confirmed soon after counts."""
        if self.takes_signatures(at):
            return True
        if self.state in {State.DRAFT, State.ARCHIVED} or self.closes_at is None:
            return False
        return signed_at < self.closes_at and at < self.closes_at + grace

    @property
    def controller_name(self) -> str:
        """The controller without the postal address that follows the first comma."""
        return self.controller.partition(",")[0].strip()

    @property
    def sender(self) -> str:
        """Whose name stands in the From of this letter's mails."""
        return self.sender_name or self.controller_name

    @property
    def is_public(self) -> bool:
        return self.state != State.DRAFT

    @property
    def is_closed(self) -> bool:
        return self.state in {State.CLOSED, State.DELIVERED, State.ARCHIVED}


class LetterSlug(Base):
    """Every slug a letter ever had; the older ones redirect."""

    __tablename__ = "letter_slugs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), index=True)
    is_current: Mapped[bool]


class LetterRevision(Base):
    """A text as it stood from `at` on; never changed."""

    __tablename__ = "letter_revisions"

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    locale: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    body_digest: Mapped[bytes]
    correction: Mapped[str | None]  # why a signed original was changed
    at: Mapped[datetime]


class Translation(Base):
    """The letter in one language (the original too), as it is shown now."""

    __tablename__ = "translations"

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    to: Mapped[str]  # the addressee in this language; "": as in the letter's own
    privacy: Mapped[str] = mapped_column(Text, server_default="")  # the campaign's own words
    state: Mapped[str]
    revision_id: Mapped[UUID]
    made_from_revision_id: Mapped[UUID]  # of the original; another than its newest means stale


class Wording(Base):
    """A sentence that people agree to, by version; never changed."""

    __tablename__ = "wordings"
    __table_args__ = (UniqueConstraint("letter_id", "purpose", "locale", "version"),)

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    locale: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    digest: Mapped[bytes]
    created_at: Mapped[datetime]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
