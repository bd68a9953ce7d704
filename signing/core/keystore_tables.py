"""The key store's tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from signing.core.db import Moment


class KeyStoreBase(DeclarativeBase):
    registry = registry(
        type_annotation_map={datetime: Moment, UUID: Uuid, bytes: LargeBinary},
    )


class WrappedKey(KeyStoreBase):
    """A key under a master key. After `destroyed_at` there is nothing left to unwrap."""

    __tablename__ = "keys"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes | None]
    master_key_id: Mapped[str]
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class ForgottenRow(KeyStoreBase):
    """What a person took back: replayed after a restore, so that it stays taken back."""

    __tablename__ = "forgotten"

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class KeyStoreMark(KeyStoreBase):
    """Counts up together with the database's mark; ahead of it, the database was restored."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
