"""The tables of the staff. Names and addresses are sealed; every secret is a digest or a hash."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base
from signing.staff_accounts.roles import Held, Role


class State(StrEnum):
    INVITED = "invited"  # a mail is on its way; nobody has signed in yet
    ACTIVE = "active"
    ENDED = "ended"  # signs in no more; stays, because the audit log speaks of them


class Member(Base):
    """A person of the staff. `sealed` holds name, address and the secret of the one-time codes."""

    __tablename__ = "members"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address_digest: Mapped[bytes] = mapped_column(unique=True)
    sealed: Mapped[bytes]
    locale: Mapped[str]
    password_hash: Mapped[str | None]  # argon2id
    totp_step: Mapped[int | None] = mapped_column(BigInteger)  # last one used; None: no app is set
    state: Mapped[str]
    created_on: Mapped[date]
    seen_on: Mapped[date | None]


class HeldRole(Base):
    """A role that a member has: for one letter, or with the nil UUID for all of them."""

    __tablename__ = "roles"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    locales: Mapped[list[str]] = mapped_column(JSON)  # what a translator may write

    @property
    def held(self) -> Held:
        return Held(Role(self.role), self.letter_id, tuple(self.locales))


class Invitation(Base):
    """What its link gives, once. The link is signed and made when the mail is: no row holds it."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    inviter_id: Mapped[UUID | None]  # the member who offers it; None: the operator
    letter_id: Mapped[UUID]
    role: Mapped[str | None]  # None: the roles stay; only password and second factors are set anew
    locales: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential: public by nature."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_on: Mapped[date]
    used_on: Mapped[date | None]


class RecoveryCode(Base):
    """One code for one day without phone and key; its row goes when it is used."""

    __tablename__ = "recovery_codes"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)  # keyed: see `second_factors`


class StaffSession(Base):
    """A browser that is signed in; the cookie itself is in no table."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index("ix_staff_sessions_member_id", "member_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    proved_at: Mapped[datetime]  # when somebody last proved to be the member
    device: Mapped[str]  # such as "Firefox, Linux"


class Challenge(Base):
    """What a passkey is asked to sign: once, within minutes."""

    __tablename__ = "passkey_challenges"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    member_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
