"""Signatures collected on paper and elsewhere: their own tables, their own figure.

They are never in `signatures` nor in the counts' ledger: the confirmed number has one meaning.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class Kind(StrEnum):
    """Where they were collected."""

    PAPER = "paper"  # sheets: typed in, or out of a table that somebody has typed
    OPENPETITION = "openpetition"
    CHANGE = "change"
    OTHER = "other"  # anywhere else
    FIGURE = "figure"  # a number that others answer for; no names come here


class Basis(StrEnum):
    """What allows keeping the addresses of those who signed elsewhere (GDPR art. 6 and 9)."""

    NONE = ""
    CONSENT = "consent"  # they agreed to it, in the wording that is kept beside
    INTEREST = "interest"  # the campaign weighed it up, and the wording told them


class State(StrEnum):
    UPLOADED = "uploaded"  # a file waits for somebody to say what its columns hold
    READING = "reading"  # a worker reads it; what is there does not count
    READ = "read"  # all of it is there and does not count yet: somebody is to look
    COUNTED = "counted"
    REPLACED = "replaced"  # a figure that has a newer one
    UNDONE = "undone"  # counts no more; its rows are gone, or on their way


def may_keep_addresses(source: str, basis: str, wording: str) -> bool:
    """Without all three no e-mail address of a collection is stored at all."""
    return bool(source and basis and wording)


class Collection(Base):
    """One act of bringing signatures in; its number counts while the state is COUNTED."""

    __tablename__ = "collections"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    source: Mapped[str]  # who collected, as the public page names it
    link: Mapped[str]  # where one can look; "": nowhere
    began_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    as_of: Mapped[date]
    basis: Mapped[str]
    wording: Mapped[str] = mapped_column(Text)  # what those who signed have read
    number: Mapped[int] = mapped_column(BigInteger)
    duplicates: Mapped[int] = mapped_column(BigInteger)  # known already: not counted again
    faulty: Mapped[int] = mapped_column(BigInteger)  # rows of the file that could not be used
    problems: Mapped[list[list[Any]]] = mapped_column(JSON)  # the first: row, code; never data
    columns: Mapped[list[str]] = mapped_column(JSON)  # of the file: what each holds
    has_header: Mapped[bool]
    rows: Mapped[int] = mapped_column(BigInteger)  # in the file
    rows_read: Mapped[int] = mapped_column(BigInteger)  # goes on from here after a crash
    member_id: Mapped[str]  # who brought them in, as the audit log names them
    created_at: Mapped[datetime]

    @property
    def keeps_addresses(self) -> bool:
        return may_keep_addresses(self.source, self.basis, self.wording)

    @property
    def takes_rows(self) -> bool:
        """Whether somebody may type sheets into it."""
        return self.kind == Kind.PAPER and self.state == State.COUNTED


_HAS_ADDRESS = text("address_digest IS NOT NULL")
_HAS_NAME = text("name_digest IS NOT NULL")


class CollectedSignature(Base):
    """Somebody who signed elsewhere. Never mailed."""

    __tablename__ = "collected_signatures"
    __table_args__ = (
        Index("ix_collected_signatures_of", "letter_id", "collection_id", "id"),
        Index(
            "uq_collected_signatures_address",
            "letter_id",
            "address_digest",
            unique=True,
            sqlite_where=_HAS_ADDRESS,
            postgresql_where=_HAS_ADDRESS,
        ),
        Index(
            "ix_collected_signatures_name",
            "letter_id",
            "name_digest",
            sqlite_where=_HAS_NAME,
            postgresql_where=_HAS_NAME,
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    collection_id: Mapped[UUID]
    sheet: Mapped[str]  # what stands on the sheet of paper; "": no sheet
    sealed: Mapped[bytes]  # name, town, postcode, e-mail: see `person`
    address_digest: Mapped[bytes | None]  # the same as in `signatures` for the same address
    name_digest: Mapped[bytes | None]  # what was typed: tells that a name and town came before
    country: Mapped[str]
    created_at: Mapped[datetime]
    member_id: Mapped[str | None]  # who typed it in, as the audit log names them; None: a file


class CollectedUpload(Base):
    """A piece of an uploaded file, sealed, until the file was read or a day has passed."""

    __tablename__ = "collected_uploads"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    collection_id: Mapped[UUID] = mapped_column(index=True)
    n: Mapped[int]  # which piece
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
