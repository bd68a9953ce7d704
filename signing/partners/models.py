"""The tables of partners: who carries a letter, by which code, and what they have agreed to.

Also what their programs use: newsletters, the feed, tokens, webhooks.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base

LINK_VERSIONS = 255


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

    def void_links(self) -> None:
        """Links in earlier mails open nothing from now on.

        In a link the version has one byte. Once round, the first is far past its age.
        """
        self.link_version = self.link_version % LINK_VERSIONS + 1


def _of_partner() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["letter_id", "partner_id"], ["partners.letter_id", "partners.id"])


class Agreement(Base):
    """An arrangement as it read when a named person accepted it; never changed."""

    __tablename__ = "partner_agreements"
    __table_args__ = (_of_partner(), UniqueConstraint("letter_id", "partner_id", "version"))

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
    __table_args__ = (_of_partner(),)

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    png: Mapped[bytes]
    width: Mapped[int]
    height: Mapped[int]


class Newsletter(Base):
    """One wording of a partner's own newsletter: whose it is, and whether forms still show it."""

    __tablename__ = "partner_newsletters"
    __table_args__ = (_of_partner(),)

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    wording_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    locale: Mapped[str]
    ended_at: Mapped[datetime | None]  # replaced by a newer one, or asked no more


class What(StrEnum):
    """What a partner is told of somebody who agreed to hear from them."""

    CONFIRMED = "signature.confirmed"
    CORRECTED = "signature.corrected"
    UNSUBSCRIBED = "consent.withdrawn"  # the signature stays
    WITHDRAWN = "signature.withdrawn"  # by its signer, or it counts no more
    ERASED = "signature.erased"  # its time was over


LAST = frozenset({What.UNSUBSCRIBED, What.WITHDRAWN, What.ERASED})


class FeedLine(Base):
    """One line of a partner's feed, written with the deed it tells of. No person is in it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        _of_partner(),
        UniqueConstraint("letter_id", "partner_id", "number"),
        Index("ix_deliveries_signature", "letter_id", "signature_id"),
        Index(
            "ix_deliveries_unnumbered",
            "letter_id",
            "partner_id",
            "id",
            sqlite_where=text("number IS NULL"),
            postgresql_where=text("number IS NULL"),
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    signature_id: Mapped[UUID]
    what: Mapped[str]
    at: Mapped[datetime]
    number: Mapped[int | None]  # its place in the feed, once it is there for all to see


class Scope(StrEnum):
    """What a token opens: a partner's, or one of the campaign's own."""

    SIGNATURES = "signatures:read"  # who agreed to hear from the partner; or all, without persons
    SIGN = "signatures:write"  # have people sign by the partner's own form
    NAMES = "names:read"  # public names
    PARTNERS = "partners:read"  # what partners and sources brought
    IMPORTS = "imports:write"  # bring in what was signed elsewhere
    HOOKS = "webhooks:read"  # the partner's; or how those of all partners fare
    SET_HOOKS = "webhooks:write"  # say where the partner's program is called


OF_PARTNER = frozenset({Scope.SIGNATURES, Scope.SIGN, Scope.HOOKS, Scope.SET_HOOKS})
OF_LETTER = frozenset({Scope.NAMES, Scope.SIGNATURES, Scope.PARTNERS, Scope.IMPORTS, Scope.HOOKS})


class Token(Base):
    """What a program shows instead of a password; only its digest is kept."""

    __tablename__ = "program_tokens"
    __table_args__ = (_of_partner(), UniqueConstraint("digest"))

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID | None]  # None: the campaign's own
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    digest: Mapped[bytes]
    made_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used: Mapped[date | None]


class HookState(StrEnum):
    ON = "on"
    OFF = "off"  # by staff, or since it could not be reached for long; what is due waits


class Webhook(Base):
    """Where a partner's program is called."""

    __tablename__ = "webhooks"
    __table_args__ = (_of_partner(),)

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    url: Mapped[str]
    sealed: Mapped[bytes]  # secrets, the newest first, under the house's key: see `hooks`
    state: Mapped[str]
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    reached_at: Mapped[datetime | None]  # for the last time


class CallState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    EMPTY = "empty"  # nothing may be told any more: the person took it back meanwhile
    DEAD = "dead"  # given up; staff can have it sent again


class Call(Base):
    """One call that is owed to a webhook."""

    __tablename__ = "webhook_calls"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "webhook_id"], ["webhooks.letter_id", "webhooks.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["letter_id", "delivery_id"],
            ["deliveries.letter_id", "deliveries.id"],
            ondelete="CASCADE",
        ),
        Index(
            "ix_webhook_calls_waiting",
            "letter_id",
            "webhook_id",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_webhook_calls_webhook", "letter_id", "webhook_id"),
        Index("ix_webhook_calls_delivery", "letter_id", "delivery_id"),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID]
    delivery_id: Mapped[UUID]
    state: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime]  # while it is being made: when others may take it
    lease_id: Mapped[UUID | None]  # who has it in hand
    error: Mapped[str]  # a word for staff; "": none
    settled_at: Mapped[datetime | None]
