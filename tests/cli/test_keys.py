"""New keys in place of old ones, while people sign; killed on the way; and what rests on which."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import click
import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update

from signing import ROOT, create_app
from signing.audit.models import AuditEvent
from signing.cli import keys, rotating
from signing.core import clock, resealing
from signing.core.db import db, transaction
from signing.core.ids import BEFORE_ALL, HOUSE
from signing.core.keystore import KeyPurpose
from signing.core.rotation import COMMITTED, HOUSE_KEPT, Rotation
from signing.core.settings import Settings
from signing.core.tokens import SignatureRef
from signing.core.vault import OPENED, Vault, vault
from signing.letters import queries as letters
from signing.signatures import access, actions, person, queries
from signing.signatures.models import Signature
from tests import make
from tests.books import Books
from tests.cli.conftest import Signing
from tests.conftest import Inbox, let_go

SLUG = "open-roads"
PROCESSES = 3
WAITED = OPENED + COMMITTED + timedelta(seconds=1)


@pytest.fixture
def time_moves() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(clock.now(), tick=True) as moved:
        yield moved


def rotate(settings: Settings, *options: str) -> Result:
    """The command inside an application of its own, by the clock that the test moves."""
    body = keys.rotate.callback.__wrapped__  # type: ignore[union-attr]
    command = click.Command("rotate", callback=body, params=keys.rotate.params)
    app = create_app(settings)
    with app.app_context():
        told = CliRunner().invoke(command, options)
    let_go(app)
    return told


def rotate_at_once(settings: Settings, moves: time_machine.Traveller) -> Result:
    """The same, with the clock moved on as soon as it waits."""
    db.session.rollback()  # what the test has read: the rotation waits for who is under way
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(rotate, settings)
        until = time.monotonic() + 30
        while not told.done() and not _is_begun():
            assert time.monotonic() < until
            time.sleep(0.01)
        moves.shift(WAITED)
        return told.result(30)


def _is_begun() -> bool:
    return any(one.owner_id != HOUSE for one in Rotation(_vault()).list_superseded())


def _vault() -> Vault:
    return vault._get_current_object()  # type: ignore[attr-defined,no-any-return]


def versions(owner: UUID) -> list[int]:
    return [key.version for key in vault.store.list_keys(owner, KeyPurpose.SEAL)]


def names(app: Flask) -> dict[str, str]:
    """Every signature's name by its address, opened."""
    with app.app_context():
        people = [person.of(row) for row in db.session.scalars(select(Signature))]
        return {one.email: one.name for one in people}


class Process:
    """As another process: an application with a vault of its own, that signs and corrects."""

    def __init__(self, settings: Settings, number: int) -> None:
        self.app = create_app(settings)
        self.number = number
        self.named: dict[str, str] = {}
        self.ending = threading.Event()

    def run(self) -> None:
        count = 0
        refs: list[tuple[str, SignatureRef]] = []
        while not self.ending.is_set():
            count += 1
            address, name = f"p{self.number}.{count}@example.org", f"Zoë {count}"
            with self.app.app_context():
                letter = letters.get_by_slug(SLUG)
                refs.append((address, make.signature(letter, email=address, name=name)))
                self.named[address] = name
                earlier, ref = refs[count // 2]
                with transaction():
                    actions.correct_name(ref, f"Corrected {count}")
                self.named[earlier] = f"Corrected {count}"
        let_go(self.app)


def test_nobody_is_lost_while_keys_are_rotated_and_the_old_master_key_may_go(
    app: Flask,
    settings: Settings,
    books: Books,
    time_moves: time_machine.Traveller,
) -> None:
    letter = make.letter(SLUG)
    fresh = os.urandom(32)
    both = settings.model_copy(update={"master_keys": (fresh, *settings.master_keys)})
    digest = vault.digest(letter.id, "zoe@example.org")
    processes = [Process(both, number) for number in range(PROCESSES)]

    with ThreadPoolExecutor(PROCESSES) as pool:
        running = [pool.submit(process.run) for process in processes]
        try:
            while len(books.states()) < 30:
                time.sleep(0.05)
            told = rotate_at_once(both, time_moves)
        finally:
            for process in processes:
                process.ending.set()
        for one in running:
            one.result(30)

    assert told.exit_code == 0, told.output
    assert "1 old keys destroyed" in told.output
    alone = create_app(settings.model_copy(update={"master_keys": (fresh,)}))
    expected = {address: name for one in processes for address, name in one.named.items()}
    assert names(alone) == expected
    with alone.app_context():
        assert set(resealing.count_by_version(rotating.SHELVES)) == {(letter.id, 2)}
        assert vault.digest(letter.id, "zoe@example.org") == digest
        make.signature(letters.get_by_slug(SLUG), email="p0.1@example.org", is_confirmed=False)
    let_go(alone)
    assert len(books.states()) == len(expected)
    assert books.total(SLUG) == len(expected)
    assert books.balance(SLUG)


def test_a_rotation_that_was_killed_goes_on_and_ends(
    app: Flask,
    settings: Settings,
    environment: dict[str, str],
    time_moves: time_machine.Traveller,
) -> None:
    letter = make.letter(SLUG)
    for number in range(5):
        make.signature(letter, email=f"zoe{number}@example.org")
    process = subprocess.Popen(
        [sys.executable, "-m", "signing", "keys", "rotate"],
        cwd=ROOT,
        env=os.environ
        | environment
        | {
            "SIGNING_DATABASE_URL": settings.database_url,
            "SIGNING_KEYSTORE_URL": settings.keystore_url,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        while "Waiting" not in process.stdout.readline():
            assert process.poll() is None
        process.kill()
    assert versions(letter.id) == [2, 1]
    make.signature(letter, email="meanwhile@example.org")

    assert rotate_at_once(settings, time_moves).exit_code == 0
    assert versions(letter.id) == [2]
    assert len(names(app)) == 6
    assert vault.get_newest(letter.id) == 2


def test_killed_between_two_letters_it_goes_on_with_the_second(
    app: Flask, settings: Settings, time_moves: time_machine.Traveller
) -> None:
    both = [make.letter(slug) for slug in ("open-roads", "night-trains")]
    for letter in both:
        make.signature(letter)
    rotation = Rotation(_vault())
    begun = rotating.begin(rotation)

    def dies(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotating.sweep(begun.owners, dies)
    counted = resealing.count_by_version(rotating.SHELVES)
    assert sorted(version for _owner, version in counted) == [1, 2]

    assert rotate_at_once(settings, time_moves).exit_code == 0
    assert [versions(letter.id) for letter in both] == [[2], [2]]
    assert len(names(app)) == 1  # one address, under both


def test_whoever_withdraws_or_is_erased_meanwhile_is_no_error(
    app: Flask, time_moves: time_machine.Traveller
) -> None:
    letter, other = make.letter(SLUG), make.letter("night-trains")
    ref = make.signature(letter, email="goes@example.org")
    make.signature(letter, email="stays@example.org")
    make.signature(other)
    rotation = Rotation(_vault())
    begun = rotating.begin(rotation)
    shelf = rotating.SHELVES[0]
    ids = resealing.list_old(shelf, letter.id, after=BEFORE_ALL)
    with transaction():
        actions.withdraw(ref)
    with transaction():
        assert resealing.reseal(shelf, letter.id, ids) == resealing.Resealed(done=1)
    vault.destroy(other.id)

    time_moves.shift(WAITED)
    ended = rotating.finish(rotation, begun, time.sleep)
    assert ended.unreadable == {}
    assert versions(letter.id) == [2]
    assert versions(other.id) == []


def test_a_row_that_somebody_holds_is_met_again(
    app: Flask, time_moves: time_machine.Traveller
) -> None:
    """On SQLite there is one writer, and the rotation waits its turn."""
    letter = make.letter(SLUG)
    ref = make.signature(letter)
    rotation = Rotation(_vault())
    begun = rotating.begin(rotation)
    time_moves.shift(WAITED)
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), transaction():
            queries.get(ref, to_change=True)
            holds.set()
            may_end.wait(2)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        assert holds.wait(10)
        ended = rotating.finish(rotation, begun, lambda _seconds: may_end.set())
    assert ended.done == 1
    assert versions(letter.id) == [2]


def test_the_key_of_a_row_that_cannot_be_opened_is_kept_unless_it_is_forsaken(
    app: Flask, settings: Settings, time_moves: time_machine.Traveller
) -> None:
    letter = make.letter(SLUG)
    make.signature(letter)
    with transaction():
        db.session.execute(update(Signature).values(sealed=b"\x01 no such thing"))

    told = rotate_at_once(settings, time_moves)
    assert told.exit_code == 1
    assert versions(letter.id) == [2, 1]
    told = rotate(settings, "--forsake")
    assert told.exit_code == 0
    assert versions(letter.id) == [2]


def test_mails_that_wait_can_be_read_after_the_houses_key_has_gone(
    app: Flask, inbox: Inbox, settings: Settings, time_moves: time_machine.Traveller
) -> None:
    make.signature(make.letter(SLUG))
    _ = inbox.mails
    with transaction():
        access.send_links("zoe@example.org", "en")

    assert rotate_at_once(settings, time_moves).exit_code == 0
    assert versions(HOUSE) == [2, 1]  # pages that were open a moment ago still know the address
    time_moves.shift(HOUSE_KEPT)
    assert rotate_at_once(settings, time_moves).exit_code == 0
    assert versions(HOUSE) == [3, 2]
    assert inbox.mails[-1]["To"] == "zoe@example.org"


def test_check_says_which_master_key_may_go_and_what_cannot_be_opened(
    app: Flask, settings: Settings, signing: Signing
) -> None:
    letter = make.letter(SLUG)
    make.signature(letter)
    old = base64.urlsafe_b64encode(settings.master_keys[0]).decode()
    fresh = base64.urlsafe_b64encode(os.urandom(32)).decode()

    before = signing("keys", "check", SIGNING_MASTER_KEYS=f"{fresh},{old}")
    assert before.returncode == 0, before.stdout
    assert "4 keys rest on it." in before.stdout
    assert "may be removed" not in before.stdout
    wrong = signing("keys", "check", SIGNING_MASTER_KEYS=fresh)
    assert wrong.returncode == 1
    assert f"WRONG  {SLUG}: no master key" in wrong.stdout

    new = settings.model_copy(
        update={"master_keys": (base64.urlsafe_b64decode(fresh), *settings.master_keys)}
    )
    with (there := create_app(new)).app_context():
        rotation = Rotation(_vault())
        rotating.begin(rotation)
    let_go(there)
    begun = signing("keys", "check", SIGNING_MASTER_KEYS=f"{fresh},{old}")
    assert begun.returncode == 0, begun.stdout
    assert "0 keys rest on it. It may be removed" in begun.stdout
    assert f"{SLUG}: 1 rows are under an old key" in begun.stdout

    vault.store.destroy_version(letter.id, KeyPurpose.SEAL, 1)
    gone = signing("keys", "check", SIGNING_MASTER_KEYS=fresh)
    assert gone.returncode == 1
    assert f"{SLUG}: 1 rows are sealed under key 1, which is gone" in gone.stdout


def test_a_rotation_is_written_down(
    app: Flask, settings: Settings, time_moves: time_machine.Traveller
) -> None:
    make.letter(SLUG)
    rotate_at_once(settings, time_moves)
    found = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "keys.rotated")).one()
    assert found.details == {"wrapped": 0, "destroyed": 1}
