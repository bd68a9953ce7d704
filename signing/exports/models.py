"""Exports: each with what was chosen, whom it carried, and for a day the file, sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core import clock
from signing.core.db import Base

_FILED = text("expires_at IS NOT NULL")


class State(StrEnum):
    ASKED = "asked"  # a second person has to agree
    REFUSED = "refused"  # and did not
    MAKING = "making"  # a worker makes the file
    OPEN = "open"  # may be fetched until `expires_at`
    OVER = "over"  # carried out, or let go; no file is kept


class Export(Base):
    """What left the house, or is asked to. Whom it carried stands in `exported`."""

    __tablename__ = "exports"
    __table_args__ = (
        Index("ix_exports_expires_at", "expires_at", sqlite_where=_FILED, postgresql_where=_FILED),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)  # see `choice.Choice`
    sealed: Mapped[bytes]  # reason, receiver, key of the receiver: see `purpose`
    number: Mapped[int] = mapped_column(BigInteger)  # how many fitted when it was asked for
    asked_by: Mapped[str]  # a member's id; "" is the command line
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    is_encrypted: Mapped[bool]
    is_filed: Mapped[bool]  # the file lies in `export_chunks`; else it is made as it is fetched
    carried: Mapped[int] = mapped_column(BigInteger)  # rows in the file, or handed out so far
    digest: Mapped[bytes | None]  # SHA-256 of the file as it left; None: never yet, or cut off
    size: Mapped[int | None] = mapped_column(BigInteger)
    left_at: Mapped[datetime | None]  # when it first left the house
    ended_at: Mapped[datetime | None]  # when the file was whole
    expires_at: Mapped[datetime | None]  # what waits until then ends by itself

    @property
    def has_lapsed(self) -> bool:
        """Its time is over, whether or not the worker has noted it by now."""
        return self.expires_at is not None and self.expires_at <= clock.now()

    @property
    def was_cut_off(self) -> bool:
        """It began to leave and its last fetching never came to its end."""
        return self.left_at is not None and self.ended_at is None


class Exported(Base):
    """Who was in an export: an id and nothing else, so that those who go can be named by it."""

    __tablename__ = "exported"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    export_id: Mapped[UUID] = mapped_column(primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_shown: Mapped[bool]  # the name stood on the public page at that time


class ExportPaper(Base):
    """A document that goes with a delivered file: asked for, made by a worker, kept for a day."""

    __tablename__ = "export_papers"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    export_id: Mapped[UUID]
    locale: Mapped[str]
    has_names: Mapped[bool]
    size: Mapped[int | None] = mapped_column(BigInteger)  # None: it is not made yet
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def has_lapsed(self) -> bool:
        return self.expires_at <= clock.now()


class ExportChunk(Base):
    """A piece of a file, sealed under the letter's key; of an export, or of its document."""

    __tablename__ = "export_chunks"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    export_id: Mapped[UUID] = mapped_column(primary_key=True)  # or the document's id
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
