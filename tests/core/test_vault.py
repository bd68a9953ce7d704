"""Keys at rest and their rotation: nobody loses what was sealed, nothing erased comes back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from signing import create_app
from signing.core import clock
from signing.core.ids import HOUSE, new_id
from signing.core.keystore import KeyPurpose
from signing.core.keystore_tables import WrappedKey
from signing.core.master_keys import MasterKeyMissing
from signing.core.rotation import COMMITTED, HOUSE_KEPT, Rotation
from signing.core.settings import Settings
from signing.core.vault import OPENED, Place, Unreadable, Vault, vault
from tests.conftest import let_go

PLAIN = b"Zo\xc3\xab"


@pytest.fixture
def owner(app: Flask) -> UUID:
    made = new_id()
    vault.make_keys(made)
    return made


@pytest.fixture
def other(app: Flask, settings: Settings) -> Iterator[Vault]:
    """Another process's vault on the same key store."""
    there = create_app(settings)
    yield there.extensions["signing.vault"]
    let_go(there)


@pytest.fixture
def rotation(app: Flask) -> Rotation:
    return Rotation(vault._get_current_object())  # type: ignore[attr-defined]


def place(owner: UUID, row: bytes = b"row") -> Place:
    return Place("signatures", owner, row)


@contextmanager
def asked(of: Vault) -> Iterator[list[str]]:
    """Statements that go to the key store meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(of.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(of.store.engine, "before_cursor_execute", note)


def test_what_is_sealed_opens_at_its_place_alone(owner: UUID) -> None:
    sealed = vault.seal(place(owner), PLAIN)
    assert vault.open(place(owner), sealed) == PLAIN
    for elsewhere in (place(owner, b"other"), Place("mails", owner, b"row"), place(HOUSE)):
        with pytest.raises(Unreadable):
            vault.open(elsewhere, sealed)


def test_a_version_that_another_process_made_a_moment_ago_is_looked_up(
    owner: UUID, other: Vault, rotation: Rotation
) -> None:
    other.seal(place(owner), PLAIN)  # it keeps the key for a minute
    rotation.begin()
    sealed = vault.seal(place(owner), PLAIN)
    assert sealed[0] == 2
    assert other.open(place(owner), sealed) == PLAIN


def test_nonsense_does_not_have_the_key_store_asked_each_time(owner: UUID, other: Vault) -> None:
    other.seal(place(owner), PLAIN)
    with asked(other) as seen:
        for version in range(2, 256):
            with pytest.raises(Unreadable):
                other.open(place(owner), bytes([version]) + os.urandom(40))
    assert len(seen) <= 3


def test_rotation_gives_every_owner_a_new_sealing_key_and_keeps_digests(
    owner: UUID, rotation: Rotation
) -> None:
    digest, sealed = vault.digest(owner, "zoe@example.org"), vault.seal(place(owner), PLAIN)
    assert rotation.begin() == 2  # the letter and the house
    assert vault.digest(owner, "zoe@example.org") == digest
    assert vault.open(place(owner), sealed) == PLAIN
    assert vault.reseal(place(owner), sealed)[0] == vault.get_newest(owner) == 2


def test_a_rotation_that_is_not_finished_is_not_begun_again(
    owner: UUID, rotation: Rotation
) -> None:
    rotation.begin()
    assert rotation.begin() == 0
    assert len(vault.store.list_keys(owner, KeyPurpose.SEAL)) == 2


def test_old_keys_end_when_no_process_can_have_them_open_and_the_houses_a_day_later(
    owner: UUID, rotation: Rotation
) -> None:
    before = clock.now()
    rotation.begin()
    ends = {one.owner_id: one.ends_at - before for one in rotation.list_superseded()}
    assert ends[owner] >= OPENED + COMMITTED
    assert ends[HOUSE] >= HOUSE_KEPT


def test_a_destroyed_version_opens_nothing_any_more_and_leaves_no_bytes(
    owner: UUID, rotation: Rotation
) -> None:
    old = vault.seal(place(owner), PLAIN)
    rotation.begin()
    new = vault.reseal(place(owner), old)
    rotation.destroy([one for one in rotation.list_superseded() if one.owner_id == owner])
    assert vault.open(place(owner), new) == PLAIN
    with pytest.raises(Unreadable):
        vault.open(place(owner), old)
    with vault.store.engine.connect() as connection:
        rows = connection.execute(
            select(WrappedKey.version, WrappedKey.wrapped.is_not(None))
            .where(WrappedKey.owner_id == owner, WrappedKey.purpose == KeyPurpose.SEAL)
            .order_by(WrappedKey.version)
        )
        assert [(version, bool(there)) for version, there in rows] == [(1, False), (2, True)]


def test_whoever_is_erased_meanwhile_gets_no_key_back(owner: UUID, rotation: Rotation) -> None:
    living = vault.store.list_living()
    mine = next(one for one in living if one.owner_id == owner)
    vault.destroy(owner)
    vault.store.rewrap(mine, mine.key)  # by somebody who had read it before
    assert rotation.begin() == 1  # the house alone
    assert vault.store.list_keys(owner, KeyPurpose.SEAL) == []
    assert vault.store.list_erased() == [owner]


def test_all_keys_come_under_the_first_master_key_and_the_old_one_may_go(
    owner: UUID, settings: Settings
) -> None:
    sealed = vault.seal(place(owner), PLAIN)
    vault.network_digest("192.0.2.0/24")
    new = os.urandom(32)
    both = Vault(vault.store, [new, *settings.master_keys])
    assert Rotation(both).rewrap() == 5  # two of the letter, two of the house, one of today
    assert Rotation(both).rewrap() == 0

    assert Vault(vault.store, [new]).open(place(owner), sealed) == PLAIN
    with pytest.raises(MasterKeyMissing):
        Vault(vault.store, settings.master_keys).open(place(owner), sealed)


def test_networks_are_recognised_for_a_day_and_their_key_goes(
    app: Flask, other: Vault, settings: Settings
) -> None:
    noon = clock.now().replace(hour=12, minute=0)
    with time_machine.travel(noon):
        digest = vault.network_digest("192.0.2.0/24")
        assert other.network_digest("192.0.2.0/24") == digest
        assert other.network_digest("198.51.100.0/24") != digest
        with asked(other) as seen:
            other.network_digest("203.0.113.0/24")
        assert seen == []
    with time_machine.travel(noon + timedelta(hours=12, minutes=30)):
        assert vault.network_digest("192.0.2.0/24") != digest
        assert vault.forget_networks() == 0  # elsewhere it may not be midnight yet
    with time_machine.travel(noon + timedelta(hours=13, minutes=30)):
        assert vault.forget_networks() == 1
        assert len(vault.store.list_keys(HOUSE, KeyPurpose.NETWORK)) == 1


def test_destroying_and_rotating_at_once_never_leaves_a_living_key(
    app: Flask, rotation: Rotation
) -> None:
    owners = [new_id() for _ in range(10)]
    for owner in owners:
        vault.make_keys(owner)
    rotation.begin()
    rotation.destroy(rotation.list_superseded())

    store = vault.store  # in other threads there is no application to ask for it
    with ThreadPoolExecutor(len(owners) + 1) as pool:
        begun = pool.submit(rotation.begin)
        list(pool.map(store.destroy, owners))
        begun.result()
    assert {one.owner_id for one in vault.store.list_living()} == {HOUSE}
