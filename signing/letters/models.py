"""Letters, their translations, what each said when, and the wordings people agree to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base
from signing.letters import goals


class State(StrEnum):
    DRAFT = "draft"  # nobody outside sees it
    OPEN = "open"  # takes signatures, between `opens_at` and `closes_at`
    CLOSED = "closed"  # takes no more; what was signed in time can still be confirmed
    DELIVERED = "delivered"  # handed to whom it is addressed
    ARCHIVED = "archived"  # the text and the number stay


class ProofOfWork(StrEnum):
    """Whether whoever signs has their browser prove work first."""

    AUTO = "auto"  # while the letter is under pressure
    ON = "on"
    OFF = "off"


class TranslationState(StrEnum):
    DRAFT = "draft"  # being written
    REVIEWED = "reviewed"  # somebody has read it and found it good
    PUBLISHED = "published"  # what visitors see


class Field(StrEnum):
    """What a sign form may ask beyond name and address."""

    COUNTRY = "country"
    POSTCODE = "postcode"
    CITY = "city"
    ORGANISATION = "organisation"
    COMMENT = "comment"


class ConsentPurpose(StrEnum):
    """What a signer agrees to, each a choice of its own."""

    SIGN = "sign"  # to be counted and handed over; without it there is no signature
    SHOW_NAME = "show_name"  # the name on the public page
    NEWS = "news"  # mail about this letter
    NEWSLETTER = "newsletter"  # mail beyond this letter, in the campaign's own words
    FOLLOW_UP = "follow_up"  # one mail about a follow-up letter
    PARTNER = "partner"  # mail from the partner that a visitor came by: see `programs.newsletters`
    PAPER = "paper"  # what SIGN is, on a sheet of paper; in no form on the web


# Choices to be mailed: by the campaign, and by anybody.
MAILED_BY_CAMPAIGN = (ConsentPurpose.NEWS, ConsentPurpose.NEWSLETTER, ConsentPurpose.FOLLOW_UP)
MAILED = (*MAILED_BY_CAMPAIGN, ConsentPurpose.PARTNER)


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
    work: Mapped[str] = mapped_column(server_default=ProofOfWork.AUTO.value)
    takes_reminders: Mapped[bool] = mapped_column(server_default=false())
    required: Mapped[list[str]] = mapped_column(JSON, server_default='["country"]')  # of `fields`
    countries: Mapped[list[str]] = mapped_column(JSON, server_default="[]")  # none: all may sign
    goal_grows_at: Mapped[int | None]  # per cent of the goal; None: it stays as it is
    accent: Mapped[str] = mapped_column(server_default="")  # #rrggbb; "": the house's own
    picture: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # `pictures`
    delivered_to: Mapped[str] = mapped_column(server_default="")  # "": to the addressee
    # How many partners may ask its signers for a newsletter of their own.
    most_receivers: Mapped[int] = mapped_column(server_default="0")
    erased_at: Mapped[datetime | None]  # when the last of its signers' data went
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

    def opens_later(self, at: datetime) -> bool:
        """Everybody may read it, and nobody sign it yet."""
        return self.state == State.OPEN and self.opens_at is not None and at < self.opens_at

    def goal_at(self, n: int) -> int | None:
        """The goal to show once so many have signed."""
        return goals.effective(self.goal, self.goal_grows_at, n)

    def local(self, moment: datetime) -> datetime:
        """By the clocks of the letter's time zone."""
        return moment.astimezone(ZoneInfo(self.time_zone))

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
    newsletter: Mapped[str] = mapped_column(Text, server_default="")  # "": as the letter's own
    thanks: Mapped[str] = mapped_column(Text, server_default="")  # Markdown, once confirmed
    delivery_note: Mapped[str] = mapped_column(Text, server_default="")  # how it was handed over
    picture_alt: Mapped[str] = mapped_column(Text, server_default="")
    state: Mapped[str]
    revision_id: Mapped[UUID]
    made_from_revision_id: Mapped[UUID]  # of the original; another than its newest means stale


class LetterPicture(Base):
    """One size of the letter's picture; the digest is that of the picture as it was kept."""

    __tablename__ = "letter_pictures"

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)  # such as 960.webp
    content: Mapped[bytes]


class Draft(Base):
    """A language's text in the hands of those who write it; visitors see the `Translation`.

    Once published it stays, for it knows which words each paragraph was made from.
    """

    __tablename__ = "drafts"

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    source_title: Mapped[str]  # the original's title that this one was made from; "": not yet
    summary: Mapped[str]
    to: Mapped[str]
    privacy: Mapped[str] = mapped_column(Text)
    pieces: Mapped[list[list[str]]] = mapped_column(JSON)  # as `pieces.Piece`
    state: Mapped[str]
    revision_id: Mapped[UUID | None]  # what visitors saw when it was begun; None: nothing
    version: Mapped[int]  # one more with each save, so that nobody overwrites unawares
    member_id: Mapped[str]  # who did the last thing to it, as the audit log names them
    saved_at: Mapped[datetime]


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
