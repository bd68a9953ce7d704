"""Master keys: under them all other keys are stored."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signing.core.keystore import KeyPurpose, StoredKey

KEY_BYTES = 32
NONCE_BYTES = 12


class MasterKeyMissing(Exception):
    """The key is there, but none of this installation's master keys opens it."""


class MasterKeys:
    """Wraps under the first, unwraps with all."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_name(key): AESGCM(key) for key in keys}
        self.first = _name(keys[0])

    @property
    def names(self) -> list[str]:
        """By these the key store knows them, in the order of the setting."""
        return [*self._ciphers]

    def wrap(self, owner_id: UUID, purpose: KeyPurpose, version: int, key: bytes) -> StoredKey:
        """The key as it may be stored, for this owner, purpose and version alone."""
        nonce = os.urandom(NONCE_BYTES)
        wrapped = self._ciphers[self.first].encrypt(nonce, key, _about(owner_id, purpose, version))
        return StoredKey(version, nonce + wrapped, self.first)

    def unwrap(self, owner_id: UUID, purpose: KeyPurpose, key: StoredKey) -> bytes:
        """Raises `MasterKeyMissing`."""
        cipher = self._ciphers.get(key.master_key_id)
        if cipher is None:
            raise MasterKeyMissing(f"no master key of the name {key.master_key_id} is set")
        try:
            nonce, wrapped = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
            return cipher.decrypt(nonce, wrapped, _about(owner_id, purpose, key.version))
        except InvalidTag:
            raise MasterKeyMissing("a stored key was altered") from None


def fresh_key() -> bytes:
    return os.urandom(KEY_BYTES)


def _about(owner_id: UUID, purpose: KeyPurpose, version: int) -> bytes:
    return owner_id.bytes + purpose.encode() + bytes([version])


def _name(key: bytes) -> str:
    return hashlib.sha256(b"signing master key id" + key).hexdigest()[:16]
