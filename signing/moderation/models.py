"""What people decide about signatures, what others report, and deeds to many at once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class Deed(StrEnum):
    """What can be done to a signature that somebody has looked at."""

    HIDE = "hide"  # the name is shown no more; the signature counts
    SET_ASIDE = "set_aside"  # it does not count, and no name is shown
    KEEP = "keep"  # all is well
    RESTORE = "restore"  # what was set aside counts again
    SHOW = "show"  # what staff hid is shown again


class Source(StrEnum):
    """What drew people's eyes to it; whoever is decided about is told."""

    STAFF = "staff"  # they came upon it themselves
    SCREENING = "screening"  # a program noticed something
    REPORT = "report"  # somebody reported the name


class Outcome(StrEnum):
    """How a report ended."""

    KEPT = "kept"  # the name may stay; more reports of it change nothing
    HIDDEN = "hidden"
    SET_ASIDE = "set_aside"
    NOBODY = "nobody"  # no such name is shown


_IN_BULK = text("bulk_id IS NOT NULL")
_OBJECTED = text("objected_at IS NOT NULL AND answered_at IS NULL")
_OPEN = text("closed_at IS NULL")
_CLOSED = text("closed_at IS NOT NULL")


class Decision(Base):
    """A name hidden or a signature set aside: why, and what its signer says to that."""

    __tablename__ = "decisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "signature_id"],
            ["signatures.letter_id", "signatures.id"],
            ondelete="CASCADE",
        ),
        Index(
            "ix_decisions_bulk",
            "letter_id",
            "bulk_id",
            "signature_id",
            sqlite_where=_IN_BULK,
            postgresql_where=_IN_BULK,
        ),
        Index(
            "ix_decisions_objected",
            "letter_id",
            "id",
            sqlite_where=_OBJECTED,
            postgresql_where=_OBJECTED,
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    deed: Mapped[str]  # hide or set_aside
    reason: Mapped[str]
    source: Mapped[str]
    bulk_id: Mapped[UUID | None]
    decided_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken back
    sealed: Mapped[bytes | None]  # the signer's objection, in their words
    objected_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class Report(Base):
    """A name that visitors reported: one row a name, however many reported it."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("letter_id", "name_digest"),
        Index("ix_reports_open", "letter_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_reports_closed_at", "closed_at", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name_digest: Mapped[bytes]
    sealed: Mapped[bytes]  # the name as it was typed, and what was said about it
    why: Mapped[str]
    n: Mapped[int]
    outcome: Mapped[str | None]
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class BulkDeed(Base):
    """One deed to many signatures: as it was previewed, and how it went."""

    __tablename__ = "bulk_deeds"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    deed: Mapped[str]
    reason: Mapped[str]
    sealed: Mapped[bytes]  # the filters, or the ticked rows
    until: Mapped[datetime] = mapped_column(
        index=True
    )  # the moment of the preview: what came later is not touched
    n: Mapped[int]  # how many the preview named
    done: Mapped[int]
    member_id: Mapped[str]
    undoes: Mapped[UUID | None]  # the deed that this one takes back
    started_at: Mapped[datetime | None]
