"""The ledger, only ever added to and rolled up, and the tallies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base

EVER = 0  # the hour that stands for all hours


class Dimension(StrEnum):
    LOCALE = "locale"  # its sum over all values is the total
    COUNTRY = "country"
    PARTNER = "partner"
    ENTRY = "entry"
    BROUGHT = "brought"  # by partner and language, of those whom somebody brought
    SHOWN_NAME = "shown_name"  # one value, "": how many names are public


class CountChange(Base):
    """One line of the ledger: how much a count changed, and which one."""

    __tablename__ = "count_changes"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    delta: Mapped[int]
    shown_delta: Mapped[int]
    locale: Mapped[str]
    country: Mapped[str]
    partner_id: Mapped[UUID | None]
    entry: Mapped[str]
    at: Mapped[datetime]


class Tally(Base):
    """What the rolled-up lines add up to: by dimension and value, ever (hour 0) and by hour."""

    __tablename__ = "tallies"
    # The key has the value before the hour: without this, reading one hour reads all of them.
    __table_args__ = (Index("ix_tallies_hour", "letter_id", "dimension", "hour"),)

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)  # hours since 1970-01-01T00Z; 0 is ever
    n: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]
