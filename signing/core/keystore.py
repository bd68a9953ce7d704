"""The key store: letters' wrapped keys and what was forgotten, in a database of its own.

It is not part of the database's backups, and its own backups are short-lived: destroying a key
here makes what was sealed under it unreadable everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    LargeBinary,
    Uuid,
    create_engine,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from signing.core import clock
from signing.core.db import Moment


class KeyPurpose(StrEnum):
    SEAL = "seal"  # encrypts and decrypts personal data
    DIGEST = "digest"  # recognises an address without holding it; never replaced
    NETWORK = "network"  # recognises a visitor's network for one day; the house's alone


class Forgotten(StrEnum):
    WITHDRAWN = "withdrawn"  # the signature was taken back
    HIDDEN = "hidden"  # the name was taken off the page
    SUPPRESSED = "suppressed"  # an address: never again; its house digest stands as signature_id
    NO_NEWS = "unsubscribed:news"  # one consent to be mailed was taken back
    NO_NEWSLETTER = "unsubscribed:newsletter"
    NO_FOLLOW_UP = "unsubscribed:follow_up"


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


@dataclass(frozen=True, slots=True)
class StoredKey:
    version: int
    wrapped: bytes
    master_key_id: str


class KeyStore:
    """Reads and writes wrapped keys; knows no master key and so can open none of them."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(
            url, pool_size=2, max_overflow=8, pool_pre_ping=True, hide_parameters=True
        )

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def add(self, owner_id: UUID, purpose: KeyPurpose, key: StoredKey) -> None:
        """Store the key unless its owner has one of this purpose and version already."""
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        with self._writing() as connection:
            connection.execute(
                dialect.insert(WrappedKey)
                .values(
                    owner_id=owner_id,
                    purpose=purpose,
                    version=key.version,
                    wrapped=key.wrapped,
                    master_key_id=key.master_key_id,
                    created_at=clock.now(),
                )
                .on_conflict_do_nothing()
            )

    def list_keys(self, owner_id: UUID, purpose: KeyPurpose) -> list[StoredKey]:
        """The owner's living keys of this purpose, newest first."""
        wanted = (
            select(WrappedKey.version, WrappedKey.wrapped, WrappedKey.master_key_id)
            .where(WrappedKey.owner_id == owner_id, WrappedKey.purpose == purpose)
            .where(WrappedKey.wrapped.is_not(None))
            .order_by(WrappedKey.version.desc())
        )
        with self.engine.connect() as connection:
            rows = connection.execute(wanted)
            return [StoredKey(version, key, master) for version, key, master in rows if key]

    def destroy(self, owner_id: UUID) -> int:
        """Overwrite all keys of the owner with nothing; returns how many there were."""
        with self._writing() as connection:
            destroyed = connection.execute(
                update(WrappedKey)
                .where(WrappedKey.owner_id == owner_id, WrappedKey.wrapped.is_not(None))
                .values(wrapped=None, destroyed_at=clock.now())
            ).rowcount
        if self.engine.dialect.name == "postgresql":  # SQLite overwrites at once (secure_delete)
            with self.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            ) as connection:
                connection.exec_driver_sql("VACUUM keys")
        return destroyed

    def note_forgotten(self, letter_id: UUID, signature_id: UUID, what: Forgotten) -> None:
        """Note what was taken back, before it is done, so that no restore brings it back."""
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        with self._writing() as connection:
            connection.execute(
                dialect.insert(ForgottenRow)
                .values(letter_id=letter_id, signature_id=signature_id, what=what, at=clock.now())
                .on_conflict_do_nothing()
            )

    def note_remembered(self, letter_id: UUID, signature_id: UUID, what: Forgotten) -> None:
        """The person wants it again: what was noted as taken back is no longer."""
        with self._writing() as connection:
            connection.execute(
                delete(ForgottenRow).where(
                    ForgottenRow.letter_id == letter_id,
                    ForgottenRow.signature_id == signature_id,
                    ForgottenRow.what == what,
                )
            )
