"""Personal data at rest: sealed under the letter's own key, recognised by keyed digests.

AES-256-GCM with a random 96-bit nonce. A sealed value is: one byte key version, nonce, ciphertext.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy.exc import OperationalError
from werkzeug.local import LocalProxy

from signing.core import clock
from signing.core.db import check_before_commit
from signing.core.ids import HOUSE
from signing.core.keystore import KeyPurpose, KeyStore
from signing.core.master_keys import MasterKeys, fresh_key

NONCE_BYTES = 12
DIGEST_BYTES = 16
# No process keeps an opened key longer: after that long, an erased letter is dark everywhere.
OPENED = timedelta(seconds=60)
# What is not committed this long after it was sealed is looked at again: the process may have been
# stopped meanwhile, and its key replaced. Less than `rotation.COMMITTED`.
LATE_SECONDS = 20.0
# After a version that nobody knows, the key store is not asked again for so long.
MISSED = timedelta(seconds=1)
# Midnight may come a little earlier or later to other hosts.
MIDNIGHT = timedelta(hours=1)


class KeyReplaced(Exception):
    """What was sealed waited too long to be written: nobody may seal under its key any more."""


class Unreadable(Exception):
    """The key is destroyed, or the bytes were not sealed for this place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs. Moved to another table, letter or row, it does not open."""

    table: str
    letter_id: UUID
    row: bytes

    @property
    def associated_data(self) -> bytes:
        name = self.table.encode()
        return bytes([len(name)]) + name + self.letter_id.bytes + self.row


@dataclass(frozen=True, slots=True)
class _Opened:
    keys: dict[int, bytes]  # by version
    newest: int
    until: datetime


class _Sealed:
    """When something was sealed first, under which key; called before it is committed."""

    __slots__ = ("_at", "_owner_id", "_store", "_version")

    def __init__(self, store: KeyStore, owner_id: UUID, version: int) -> None:
        self._store, self._owner_id, self._version = store, owner_id, version
        self._at = _uptime()

    def __call__(self) -> None:
        """Refuse to write what a rotation that ended meanwhile would leave unreadable.

        As a database that is away does: every door knows that one tries again.
        """
        if _uptime() - self._at < LATE_SECONDS:
            return
        newest = self._store.list_keys(self._owner_id, KeyPurpose.SEAL)
        if newest and newest[0].version != self._version:  # none: erased, and meant to be dark
            raise OperationalError(None, None, KeyReplaced())


class Vault:
    """Seals, opens and digests. Owners of keys are letters, and the house itself."""

    def __init__(self, store: KeyStore, master_keys: Sequence[bytes]) -> None:
        self.store = store
        self.masters = MasterKeys(master_keys)
        self._opened: dict[tuple[UUID, KeyPurpose], _Opened] = {}
        self._missed: dict[UUID, datetime] = {}

    def make_keys(self, owner_id: UUID = HOUSE) -> None:
        """The owner has a key of each purpose afterwards; existing ones stay as they are.

        Under a master key that is not this installation's no letter's key is made.
        """
        if owner_id != HOUSE:
            self._keys(HOUSE, KeyPurpose.SEAL)
        for purpose in (KeyPurpose.SEAL, KeyPurpose.DIGEST):
            fresh = self.masters.wrap(owner_id, purpose, 1, fresh_key())
            self.store.add(owner_id, purpose, fresh)

    def destroy(self, owner_id: UUID) -> None:
        """What was sealed for this owner is unreadable from now on."""
        self.store.destroy(owner_id)
        for purpose in KeyPurpose:
            self._opened.pop((owner_id, purpose), None)

    def forget_opened(self) -> None:
        """What this process opened is looked up again, as every process does in time."""
        self._opened.clear()

    def seal(self, place: Place, plain: bytes) -> bytes:
        keys = self._keys(place.letter_id, KeyPurpose.SEAL)
        nonce = os.urandom(NONCE_BYTES)
        cipher = AESGCM(keys.keys[keys.newest])
        check_before_commit(
            (place.letter_id, keys.newest), _Sealed(self.store, place.letter_id, keys.newest)
        )
        return bytes([keys.newest]) + nonce + cipher.encrypt(nonce, plain, place.associated_data)

    def open(self, place: Place, sealed: bytes) -> bytes:
        """What was sealed for this very place; raises `Unreadable`."""
        if not sealed:
            raise Unreadable
        key = self._find_key(place.letter_id, sealed[0])
        nonce, cipher = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, cipher, place.associated_data)
        except (InvalidTag, ValueError):
            raise Unreadable from None

    def open_many(
        self, table: str, letter_id: UUID, rows: Iterable[tuple[bytes, bytes]]
    ) -> Iterator[bytes]:
        """As `open` for rows and what is sealed in them, in their order: a batch, not for longer.

        Each key is looked up once, so that many cost little more than their decryption.
        """
        before = Place(table, letter_id, b"").associated_data
        ciphers: dict[int, AESGCM] = {}
        for row, sealed in rows:
            version = sealed[0]
            if version not in ciphers:
                ciphers[version] = AESGCM(self._find_key(letter_id, version))
            nonce, cipher = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
            try:
                yield ciphers[version].decrypt(nonce, cipher, before + row)
            except (InvalidTag, ValueError):
                raise Unreadable from None

    def _find_key(self, owner_id: UUID, version: int) -> bytes:
        """One that another process made a moment ago is looked up; nonsense not every time."""
        keys = self._keys(owner_id, KeyPurpose.SEAL).keys
        missed_at = self._missed.get(owner_id)
        if version not in keys and not (missed_at and clock.now() < missed_at + MISSED):
            self._opened.pop((owner_id, KeyPurpose.SEAL), None)
            keys = self._keys(owner_id, KeyPurpose.SEAL).keys
            if version not in keys:
                self._missed[owner_id] = clock.now()
        if version not in keys:
            raise Unreadable
        return keys[version]

    def reseal(self, place: Place, sealed: bytes) -> bytes:
        """The same under the owner's newest key; raises `Unreadable`."""
        return self.seal(place, self.open(place, sealed))

    def get_newest(self, owner_id: UUID) -> int:
        """The version that the owner's data is sealed under by now; raises `Unreadable`."""
        return self._keys(owner_id, KeyPurpose.SEAL).newest

    def digest(self, owner_id: UUID, value: str) -> bytes:
        """16 bytes that recognise the value among the owner's, and nowhere else."""
        keys = self._keys(owner_id, KeyPurpose.DIGEST)
        return hmac.digest(keys.keys[keys.newest], value.encode(), hashlib.sha256)[:DIGEST_BYTES]

    def digester(self, owner_id: UUID) -> Callable[[str], bytes]:
        """`digest` for many values of one owner: a batch, not for longer."""
        keys = self._keys(owner_id, KeyPurpose.DIGEST)
        key, digest = keys.keys[keys.newest], hmac.digest
        return lambda value: digest(key, value.encode(), "sha256")[:DIGEST_BYTES]

    def network_digest(self, value: str) -> bytes:
        """16 bytes that recognise the value until midnight (UTC), under a key that then goes."""
        version = _day_version(clock.now())
        keys = self._keys_of_networks(version)
        return hmac.digest(keys[version], value.encode(), hashlib.sha256)[:DIGEST_BYTES]

    def _keys_of_networks(self, version: int) -> dict[int, bytes]:
        """The days' keys, today's among them: made by whoever needs it first."""
        with suppress(Unreadable):
            keys = self._keys(HOUSE, KeyPurpose.NETWORK).keys
            if version in keys:
                return keys
        fresh = self.masters.wrap(HOUSE, KeyPurpose.NETWORK, version, fresh_key())
        self.store.add(HOUSE, KeyPurpose.NETWORK, fresh)
        self._opened.pop((HOUSE, KeyPurpose.NETWORK), None)
        return self._keys(HOUSE, KeyPurpose.NETWORK).keys

    def forget_networks(self) -> int:
        """Networks of earlier days are never recognised again; returns how many keys went."""
        now = clock.now()
        needed = {_day_version(at) for at in (now - MIDNIGHT, now, now + MIDNIGHT)}
        return self.store.delete_all_but(HOUSE, KeyPurpose.NETWORK, needed)

    def _keys(self, owner_id: UUID, purpose: KeyPurpose) -> _Opened:
        opened = self._opened.get((owner_id, purpose))
        if opened and opened.until > clock.now():
            return opened
        stored = self.store.list_keys(owner_id, purpose)
        if not stored:
            self._opened.pop((owner_id, purpose), None)
            raise Unreadable
        keys = {key.version: self.masters.unwrap(owner_id, purpose, key) for key in stored}
        opened = _Opened(keys, stored[0].version, clock.now() + OPENED)
        self._opened[owner_id, purpose] = opened
        return opened


def _uptime() -> float:
    """Seconds that also pass while this process is stopped, or the machine asleep."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _day_version(at: datetime) -> int:
    """The days go round in 255: what is older than two days is deleted long before."""
    return at.date().toordinal() % 255 + 1


vault = cast(Vault, LocalProxy(lambda: current_app.extensions["signing.vault"]))
