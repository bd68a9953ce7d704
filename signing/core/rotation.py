"""New keys in place of old ones: what is stored is wrapped anew, what is sealed is sealed anew.

A rotation that was interrupted leaves letters with two living keys, and goes on when it is begun
again. Keys that digest are wrapped anew and never replaced: by them addresses are recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from signing.core import clock
from signing.core.ids import HOUSE
from signing.core.keystore import KeyPurpose, OwnedKey
from signing.core.master_keys import MasterKeyMissing, fresh_key
from signing.core.vault import OPENED, Vault

# What a process sealed before it took note of the new key has been committed by then.
COMMITTED = timedelta(seconds=30)
# The house seals what addresses of pages carry for an hour; its old key ends at a later rotation.
HOUSE_KEPT = timedelta(days=1)
HIGHEST_VERSION = 255  # it stands in one byte


class VersionsUsedUp(ValueError):
    """A key was rotated as often as one byte can count."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """A key whose place a newer one has taken; nobody seals under it from `ends_at` on."""

    owner_id: UUID
    version: int
    ends_at: datetime


class Rotation:
    """The steps of a rotation; what is sealed is for those who know the tables."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.store, self.masters = vault.store, vault.masters

    def rewrap(self) -> int:
        """All living keys are under the first master key afterwards; returns how many were not.

        Raises `MasterKeyMissing` where one cannot be opened.
        """
        first = self.masters.first
        others = [one for one in self.store.list_living() if one.key.master_key_id != first]
        for one in others:
            key = self.masters.unwrap(one.owner_id, one.purpose, one.key)
            wrapped = self.masters.wrap(one.owner_id, one.purpose, one.key.version, key)
            self.store.rewrap(one, wrapped)
        if others:
            self.store.sweep_out()
        return len(others)

    def begin(self) -> int:
        """All owners have a new key to seal with afterwards; returns how many got one.

        Nobody does while a letter's last rotation is not finished; the house does once a day at
        most. All or nothing, whoever dies meanwhile. Raises `VersionsUsedUp`.
        """
        added = self.store.add_to_living(self._choose_next)
        self.vault.forget_opened()
        return added

    def _choose_next(self, living: list[OwnedKey]) -> list[OwnedKey]:
        seals = _seals_by_owner(living)
        if any(len(mine) > 1 for owner_id, mine in seals.items() if owner_id != HOUSE):
            return []
        at = clock.now()
        return [
            self._next(mine[-1], at)
            for owner_id, mine in seals.items()
            if owner_id != HOUSE or len(mine) == 1 or mine[-1].created_at + HOUSE_KEPT <= at
        ]

    def _next(self, newest: OwnedKey, at: datetime) -> OwnedKey:
        owner_id, purpose, version = newest.owner_id, newest.purpose, newest.key.version + 1
        if version > HIGHEST_VERSION:
            raise VersionsUsedUp("A key was rotated 254 times: there is no number for the next.")
        return OwnedKey(
            owner_id, purpose, self.masters.wrap(owner_id, purpose, version, fresh_key()), at
        )

    def list_superseded(self) -> list[Superseded]:
        """Keys to be destroyed once nothing is sealed under them any more."""
        return [
            Superseded(old.owner_id, old.key.version, new.created_at + _kept(old.owner_id))
            for mine in _seals_by_owner(self.store.list_living()).values()
            for old, new in pairwise(mine)
        ]

    def destroy(self, keys: Sequence[Superseded]) -> None:
        """What is still sealed under these keys is unreadable from now on."""
        for one in keys:
            self.store.destroy_version(one.owner_id, KeyPurpose.SEAL, one.version)
        if keys:
            self.store.sweep_out()
        self.vault.forget_opened()

    def list_living(self) -> list[tuple[OwnedKey, bool]]:
        """Every living key, and whether this installation can open it."""
        return [(one, self._opens(one)) for one in self.store.list_living()]

    def _opens(self, owned: OwnedKey) -> bool:
        try:
            self.masters.unwrap(owned.owner_id, owned.purpose, owned.key)
        except MasterKeyMissing:
            return False
        return True


def _kept(owner_id: UUID) -> timedelta:
    return HOUSE_KEPT if owner_id == HOUSE else OPENED + COMMITTED


def _seals_by_owner(living: Sequence[OwnedKey]) -> dict[UUID, list[OwnedKey]]:
    """Each owner's sealing keys, the newest last, as the store lists them."""
    seals: dict[UUID, list[OwnedKey]] = {}
    for one in living:
        if one.purpose is KeyPurpose.SEAL:
            seals.setdefault(one.owner_id, []).append(one)
    return seals
