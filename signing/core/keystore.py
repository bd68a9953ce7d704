"""The key store: letters' wrapped keys and what was forgotten, in a database of its own.

It is not part of the database's backups, and its own backups are short-lived: destroying a key
here makes what was sealed under it unreadable everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from signing.core import clock
from signing.core.keystore_tables import ForgottenRow, KeyStoreBase, KeyStoreMark, WrappedKey


class KeyPurpose(StrEnum):
    SEAL = "seal"  # encrypts and decrypts personal data
    DIGEST = "digest"  # recognises an address without holding it; never replaced
    NETWORK = "network"  # recognises a visitor's network for one day; the house's alone


class Forgotten(StrEnum):
    WITHDRAWN = "withdrawn"  # the signature was taken back
    HIDDEN = "hidden"  # the name was taken off the page
    STAFF_HIDDEN = "hidden:staff"  # by staff, with a reason
    SET_ASIDE = "set_aside"  # by staff, with a reason
    SUPPRESSED = "suppressed"  # an address: never again; its house digest stands as signature_id
    NO_NEWS = "unsubscribed:news"  # one consent to be mailed was taken back
    NO_NEWSLETTER = "unsubscribed:newsletter"
    NO_FOLLOW_UP = "unsubscribed:follow_up"
    NO_PARTNER = "unsubscribed:partner"
    # What is no signature: its own id stands as signature_id.
    COLLECTED_REMOVED = "removed:collected"  # somebody who signed elsewhere
    COLLECTION_UNDONE = "undone:collection"
    NEWS_WITHDRAWN = "withdrawn:news"  # a post, or all of it removed
    TOKEN_REVOKED = "revoked:token"  # noqa: S105  # what was done
    WEBHOOK_REMOVED = "removed:webhook"
    PARTNER_SUSPENDED = "suspended:partner"
    PARTNER_DECLINED = "declined:partner"
    MEMBER_ENDED = "ended:member"


@dataclass(frozen=True, slots=True)
class StoredKey:
    version: int
    wrapped: bytes
    master_key_id: str


@dataclass(frozen=True, slots=True)
class OwnedKey:
    """A living key with whose it is, and what for."""

    owner_id: UUID
    purpose: KeyPurpose
    key: StoredKey
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One thing that a person took back, or that staff ended."""

    letter_id: UUID
    signature_id: UUID
    what: Forgotten
    at: datetime


_KEY = (WrappedKey.version, WrappedKey.wrapped, WrappedKey.master_key_id)
_LIVES = WrappedKey.wrapped.is_not(None)


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

    def _insert(self, table: type[KeyStoreBase]) -> postgresql.Insert:
        """One that knows ON CONFLICT; SQLite's has the same methods."""
        is_postgresql = self.engine.dialect.name == "postgresql"
        return postgresql.insert(table) if is_postgresql else sqlite.insert(table)  # type: ignore[return-value]

    def add(self, owner_id: UUID, purpose: KeyPurpose, key: StoredKey) -> None:
        """Store the key unless its owner has one of this purpose and version already."""
        row = _row(OwnedKey(owner_id, purpose, key, clock.now()))
        with self._writing() as connection:
            connection.execute(self._insert(WrappedKey).values(row).on_conflict_do_nothing())

    def list_keys(self, owner_id: UUID, purpose: KeyPurpose) -> list[StoredKey]:
        """The owner's living keys of this purpose, newest first."""
        wanted = (
            select(*_KEY)
            .where(WrappedKey.owner_id == owner_id, WrappedKey.purpose == purpose, _LIVES)
            .order_by(WrappedKey.version.desc())
        )
        with self.engine.connect() as connection:
            rows = connection.execute(wanted)
            return [StoredKey(version, key, master) for version, key, master in rows if key]

    def list_living(self) -> list[OwnedKey]:
        """Every key that is not destroyed: by owner, the oldest first."""
        with self.engine.connect() as connection:
            return _living(connection)

    def add_to_living(self, choose: Callable[[list[OwnedKey]], Sequence[OwnedKey]]) -> int:
        """Store what `choose` makes of all living keys, all or nothing; returns how many.

        No owner's keys are destroyed meanwhile: whoever was erased gets no new one.
        """
        with self._writing() as connection:
            chosen = choose(_living(connection, to_change=True))
            if chosen:
                connection.execute(insert(WrappedKey), [_row(one) for one in chosen])
            return len(chosen)

    def rewrap(self, old: OwnedKey, wrapped: StoredKey) -> None:
        """Put the same key under another master key, unless it was destroyed meanwhile.

        `sweep_out` is to follow.
        """
        with self._writing() as connection:
            connection.execute(
                update(WrappedKey)
                .where(WrappedKey.owner_id == old.owner_id, WrappedKey.purpose == old.purpose)
                .where(WrappedKey.version == old.key.version, WrappedKey.wrapped == old.key.wrapped)
                .values(wrapped=wrapped.wrapped, master_key_id=wrapped.master_key_id)
            )

    def destroy(self, owner_id: UUID) -> int:
        """Overwrite all keys of the owner with nothing; returns how many there were."""
        mine = WrappedKey.owner_id == owner_id
        with self._writing() as connection:
            # Waits for who is about to add one, so that the UPDATE sees that one too.
            waits = select(WrappedKey.version).where(mine).with_for_update()
            connection.execute(waits.order_by(WrappedKey.purpose, WrappedKey.version))
            gone = update(WrappedKey).where(mine, _LIVES)
            destroyed = connection.execute(gone.values(_nothing())).rowcount
        self.sweep_out()
        return destroyed

    def destroy_version(self, owner_id: UUID, purpose: KeyPurpose, version: int) -> None:
        """Overwrite this one with nothing; others of the owner stay. `sweep_out` is to follow."""
        with self._writing() as connection:
            connection.execute(
                update(WrappedKey)
                .where(WrappedKey.owner_id == owner_id, WrappedKey.purpose == purpose)
                .where(WrappedKey.version == version, _LIVES)
                .values(_nothing())
            )

    def delete_all_but(self, owner_id: UUID, purpose: KeyPurpose, versions: Collection[int]) -> int:
        """The owner's other keys of this purpose leave no trace; returns how many."""
        others = delete(WrappedKey).where(
            WrappedKey.owner_id == owner_id,
            WrappedKey.purpose == purpose,
            WrappedKey.version.not_in(versions),
        )
        with self._writing() as connection:
            deleted = connection.execute(others).rowcount
        if deleted:
            self.sweep_out()
        return deleted

    def sweep_out(self) -> None:
        """What was overwritten is gone from PostgreSQL's files too (SQLite does it at once)."""
        if self.engine.dialect.name == "postgresql":
            alone = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            with alone as connection:
                connection.exec_driver_sql("VACUUM keys")

    def list_erased(self) -> list[UUID]:
        """Owners whose keys are all destroyed."""
        of_owner = select(WrappedKey.owner_id).where(WrappedKey.purpose == KeyPurpose.SEAL)
        dark = of_owner.group_by(WrappedKey.owner_id).having(func.count(WrappedKey.wrapped) == 0)
        with self.engine.connect() as connection:
            return [*connection.execute(dark).scalars()]

    def note_forgotten(self, letter_id: UUID, signature_id: UUID, what: Forgotten) -> None:
        """Note what was taken back, before it is done, so that no restore brings it back."""
        row = {"letter_id": letter_id, "signature_id": signature_id, "what": what}
        added = self._insert(ForgottenRow).values(row | {"at": clock.now()})
        again = added.on_conflict_do_update(
            index_elements=list(row), set_={"at": added.excluded.at}
        )
        with self._writing() as connection:
            connection.execute(again)

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

    def list_forgotten(self, after: TakenBack | None, *, limit: int) -> list[TakenBack]:
        """What people took back, in the order of the primary key, from behind `after` on."""
        key = (ForgottenRow.letter_id, ForgottenRow.signature_id, ForgottenRow.what)
        wanted = select(*key, ForgottenRow.at).order_by(*key).limit(limit)
        if after is not None:
            wanted = wanted.where(tuple_(*key) > (after.letter_id, after.signature_id, after.what))
        with self.engine.connect() as connection:
            rows = connection.execute(wanted)
            return [TakenBack(letter, id_, Forgotten(what), at) for letter, id_, what, at in rows]

    def count_forgotten(self, letter_id: UUID, what: Forgotten) -> int:
        """How often this was taken back under a letter, as far back as it is noted."""
        mine = select(func.count()).where(
            ForgottenRow.letter_id == letter_id, ForgottenRow.what == what
        )
        with self.engine.connect() as connection:
            return connection.scalar(mine) or 0

    def delete_forgotten(self, before: datetime) -> int:
        """What was taken back before then is in every backup by now; returns how many."""
        with self._writing() as connection:
            return connection.execute(delete(ForgottenRow).where(ForgottenRow.at < before)).rowcount

    def read_mark(self, name: str) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(KeyStoreMark.n).where(KeyStoreMark.name == name)) or 0

    def raise_mark(self, name: str, n: int) -> None:
        """The mark is `n` or more afterwards."""
        row = self._insert(KeyStoreMark).values(name=name, n=n)
        raised = row.on_conflict_do_update(
            index_elements=[KeyStoreMark.name],
            set_={"n": row.excluded.n},
            where=KeyStoreMark.n < row.excluded.n,
        )
        with self._writing() as connection:
            connection.execute(raised)


def _living(connection: Connection, *, to_change: bool = False) -> list[OwnedKey]:
    wanted = (
        select(WrappedKey.owner_id, WrappedKey.purpose, *_KEY, WrappedKey.created_at)
        .where(_LIVES)
        .order_by(WrappedKey.owner_id, WrappedKey.purpose, WrappedKey.version)
    )
    rows = connection.execute(wanted.with_for_update() if to_change else wanted)
    return [
        OwnedKey(owner, KeyPurpose(purpose), StoredKey(version, wrapped or b"", master), at)
        for owner, purpose, version, wrapped, master, at in rows
    ]


def _row(owned: OwnedKey) -> dict[str, object]:
    return {
        "owner_id": owned.owner_id,
        "purpose": owned.purpose,
        "version": owned.key.version,
        "wrapped": owned.key.wrapped,
        "master_key_id": owned.key.master_key_id,
        "created_at": owned.created_at,
    }


def _nothing() -> dict[str, object]:
    return {"wrapped": None, "destroyed_at": clock.now()}
