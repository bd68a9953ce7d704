"""Personal data at rest: sealed under the letter's own key, recognised by keyed digests.

AES-256-GCM with a random 96-bit nonce. A sealed value is: one byte key version, nonce, ciphertext.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from werkzeug.local import LocalProxy

from signing.core import clock
from signing.core.ids import HOUSE
from signing.core.keystore import KeyPurpose, KeyStore, StoredKey

KEY_BYTES = 32
NONCE_BYTES = 12
DIGEST_BYTES = 16
# No process keeps an opened key longer: after that long, an erased letter is dark everywhere.
OPENED = timedelta(seconds=60)


class Unreadable(Exception):
    """The key is destroyed, or the bytes were not sealed for this place."""


class MasterKeyMissing(Exception):
    """The key is there, but none of this installation's master keys opens it."""


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


class Vault:
    """Seals, opens and digests. Owners of keys are letters, and the house itself."""

    def __init__(self, store: KeyStore, master_keys: Sequence[bytes]) -> None:
        self.store = store
        self._masters = {_master_key_id(key): AESGCM(key) for key in master_keys}
        self._first = _master_key_id(master_keys[0])
        self._opened: dict[tuple[UUID, KeyPurpose], _Opened] = {}

    def make_keys(self, owner_id: UUID = HOUSE) -> None:
        """The owner has a key of each purpose afterwards; existing ones stay as they are.

        Under a master key that is not this installation's no letter's key is made.
        """
        if owner_id != HOUSE:
            self._keys(HOUSE, KeyPurpose.SEAL)
        for purpose in (KeyPurpose.SEAL, KeyPurpose.DIGEST):
            wrapped = self._wrap(owner_id, purpose, 1, os.urandom(KEY_BYTES))
            self.store.add(owner_id, purpose, StoredKey(1, wrapped, self._first))

    def destroy(self, owner_id: UUID) -> None:
        """What was sealed for this owner is unreadable from now on."""
        self.store.destroy(owner_id)
        for purpose in KeyPurpose:
            self._opened.pop((owner_id, purpose), None)

    def seal(self, place: Place, plain: bytes) -> bytes:
        keys = self._keys(place.letter_id, KeyPurpose.SEAL)
        nonce = os.urandom(NONCE_BYTES)
        cipher = AESGCM(keys.keys[keys.newest])
        return bytes([keys.newest]) + nonce + cipher.encrypt(nonce, plain, place.associated_data)

    def open(self, place: Place, sealed: bytes) -> bytes:
        """What was sealed for this very place; raises `Unreadable`."""
        keys = self._keys(place.letter_id, KeyPurpose.SEAL).keys
        if not sealed or sealed[0] not in keys:
            raise Unreadable
        nonce, cipher = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(keys[sealed[0]]).decrypt(nonce, cipher, place.associated_data)
        except (InvalidTag, ValueError):
            raise Unreadable from None

    def digest(self, owner_id: UUID, value: str) -> bytes:
        """16 bytes that recognise the value among the owner's, and nowhere else."""
        keys = self._keys(owner_id, KeyPurpose.DIGEST)
        return hmac.digest(keys.keys[keys.newest], value.encode(), hashlib.sha256)[:DIGEST_BYTES]

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
        wrapped = self._wrap(HOUSE, KeyPurpose.NETWORK, version, os.urandom(KEY_BYTES))
        self.store.add(HOUSE, KeyPurpose.NETWORK, StoredKey(version, wrapped, self._first))
        self._opened.pop((HOUSE, KeyPurpose.NETWORK), None)
        return self._keys(HOUSE, KeyPurpose.NETWORK).keys

    def _keys(self, owner_id: UUID, purpose: KeyPurpose) -> _Opened:
        opened = self._opened.get((owner_id, purpose))
        if opened and opened.until > clock.now():
            return opened
        stored = self.store.list_keys(owner_id, purpose)
        if not stored:
            self._opened.pop((owner_id, purpose), None)
            raise Unreadable
        keys = {key.version: self._unwrap(owner_id, purpose, key) for key in stored}
        opened = _Opened(keys, stored[0].version, clock.now() + OPENED)
        self._opened[owner_id, purpose] = opened
        return opened

    def _wrap(self, owner_id: UUID, purpose: KeyPurpose, version: int, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        about = _about(owner_id, purpose, version)
        return nonce + self._masters[self._first].encrypt(nonce, key, about)

    def _unwrap(self, owner_id: UUID, purpose: KeyPurpose, key: StoredKey) -> bytes:
        master = self._masters.get(key.master_key_id)
        if master is None:
            raise MasterKeyMissing(f"no master key of the name {key.master_key_id} is set")
        try:
            nonce, cipher = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
            return master.decrypt(nonce, cipher, _about(owner_id, purpose, key.version))
        except InvalidTag:
            raise MasterKeyMissing("a stored key was altered") from None


def _day_version(at: datetime) -> int:
    """The days go round in 255: what is older than two days is deleted long before."""
    return at.date().toordinal() % 255 + 1


def _about(owner_id: UUID, purpose: KeyPurpose, version: int) -> bytes:
    return owner_id.bytes + purpose.encode() + bytes([version])


def _master_key_id(key: bytes) -> str:
    return hashlib.sha256(b"signing master key id" + key).hexdigest()[:16]


vault = cast(Vault, LocalProxy(lambda: current_app.extensions["signing.vault"]))
