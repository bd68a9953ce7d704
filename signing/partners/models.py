"""The tables of partners: who carries a letter, by which code, and what they have agreed to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class Kind(StrEnum):
    PARTNER = "partner"  # an organisation with an arrangement and a page of its own
    OWN = "own"  # a source of the campaign's own: a mailing, a leaflet


class State(StrEnum):
    INVITED = "invited"  # a mail is on its way; nothing is credited yet
    ACTIVE = "active"
    SUSPENDED = "suspended"  # by staff, or because a new arrangement was not accepted in time
    DECLINED = "declined"  # by the partner itself, at first or later


class Partner(Base):
    """Who brings people to one letter. Rows stay: signatures and tallies speak of them."""

    __tablename__ = "partners"
    __table_args__ = (UniqueConstraint("letter_id", "code"),)

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]  # stands in links and never changes
    name: Mapped[str]
    site: Mapped[str]
    origins: Mapped[list[str]] = mapped_column(JSON)  # who may frame what is theirs
    locales: Mapped[list[str]] = mapped_column(JSON)  # the languages of their readers
    state: Mapped[str]
    state_at: Mapped[datetime]  # when it came to be so
    sealed: Mapped[bytes | None]  # name and address of the contact: see `contact`
    locale: Mapped[str]  # the language of the mails to the contact
    link_version: Mapped[int]  # of the links in mails; others are void
    accepted_version: Mapped[int]  # of the arrangement; 0: none yet
    asked_version: Mapped[int]
    asked_at: Mapped[datetime | None]
    fed: Mapped[int] = mapped_column(server_default="0")  # the last number in its feed
    created_at: Mapped[datetime]

    @property
    def is_partner(self) -> bool:
        return self.kind == Kind.PARTNER

    @property
    def is_active(self) -> bool:
        return self.state == State.ACTIVE


class Agreement(Base):
    """An arrangement as it read when a named person accepted it; never changed."""

    __tablename__ = "partner_agreements"
    __table_args__ = (
        ForeignKeyConstraint(["letter_id", "partner_id"], ["partners.letter_id", "partners.id"]),
        UniqueConstraint("letter_id", "partner_id", "version"),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    version: Mapped[int]
    locale: Mapped[str]
    text: Mapped[str]
    digest: Mapped[bytes]  # SHA-256 of the text
    sealed: Mapped[bytes | None]  # who accepted: name, role and the address that was mailed
    accepted_at: Mapped[datetime]


class Logo(Base):
    """A partner's logo, drawn anew by us, in a table of its own: it is rarely wanted."""

    __tablename__ = "partner_logos"
    __table_args__ = (
        ForeignKeyConstraint(["letter_id", "partner_id"], ["partners.letter_id", "partners.id"]),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    png: Mapped[bytes]
    width: Mapped[int]
    height: Mapped[int]
