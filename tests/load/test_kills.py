"""Processes are killed at random while people sign and confirm; then the books are balanced."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from signing.core import clock
from signing.core.db import count_rows, db, dialect, transaction
from signing.core.settings import Settings
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.mail.models import MailState, OutgoingMail
from signing.signatures.address import normalised
from signing.signatures.models import Signature, State
from signing.worker.sending import BATCH
from tests import make
from tests.books import Books
from tests.browser.served import SERVER_PROCESSES, Installation
from tests.load.crowd import Caller, Crowd
from tests.mail.smtp_server import SmtpServer

SLUG = "night-trains"
PEOPLE = 20
KILLS = ["worker"] * 3 + ["server process"] * 3 + ["whole server"] * 2
RUN_SECONDS = 4.0
SETTLE_SECONDS = 30.0
CONFIRM = "confirm_signature"


@pytest.fixture
def chosen(settings: Settings, environment: dict[str, str]) -> dict[str, str]:
    """The environment of this test's processes."""
    return environment | {
        "SIGNING_DATA_DIR": str(settings.data_dir),
        "SIGNING_DATABASE_URL": settings.database_url,
        "SIGNING_KEYSTORE_URL": settings.keystore_url,
    }


@pytest.fixture
def installation(
    chosen: dict[str, str], tmp_path: Path, mail_server: SmtpServer
) -> Iterator[Installation]:
    with Installation(chosen, tmp_path, mail_server) as served:
        yield served


def test_whatever_is_killed_nothing_acknowledged_is_lost_and_nothing_counts_twice(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    installation.letter(SLUG)
    crowd = Crowd(installation, SLUG, threads=PEOPLE)
    print(f"seed {seed}")  # noqa: T201  # shown if it fails
    crowd.start()
    try:
        _kill_at_random(installation, crowd, seed)
    finally:
        crowd.join()
    assert crowd.refused == [], installation.server.log
    assert crowd.cut > 0
    assert len(crowd.pressed) > PEOPLE

    held = _end_leases(installation)
    _wait_until_all_is_sent(installation)
    states = _states(installation, crowd.tried)
    assert len(states) == Books(installation.app).rows(Signature)
    assert crowd.signed <= states.keys()
    assert all(states[address] == State.CONFIRMED for address in crowd.pressed)
    twice = _check_mails(installation, states)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n  seed {seed}: {len(crowd.signed)} signed, {len(crowd.pressed)} confirmed, "
            f"{crowd.cut} requests cut off, {held} mails in killed hands, {twice} mails sent twice"
        )

    books = Books(installation.app)
    assert books.balance(SLUG)
    assert books.total(SLUG) == Counter(states.values())[State.CONFIRMED]
    assert books.total(SLUG) == len(crowd.pressed)  # crowds press until it is acknowledged


def _kill_at_random(installation: Installation, crowd: Crowd, seed: int) -> None:
    """SIGKILL each time; the server's own process brings back its children, we the rest."""
    dice = random.Random(seed)  # noqa: S311
    kills = dice.sample(KILLS, len(KILLS))
    _wait_until_it_runs(crowd)
    for what in kills:
        if what == "worker":
            installation.worker.kill()
            installation.worker.start()
        elif what == "server process":
            if children := installation.server.children():
                os.kill(dice.choice(children), signal.SIGKILL)
        else:
            installation.server.kill()
            installation.start_server()
        time.sleep(dice.uniform(0.2, 1.2))
        _restart_server_that_gave_up(installation)
        _wait_until_it_runs(crowd)
    until = time.monotonic() + SETTLE_SECONDS
    while len(installation.server.children()) < SERVER_PROCESSES:
        assert time.monotonic() < until, installation.server.log
        time.sleep(0.1)
        _restart_server_that_gave_up(installation)


def _wait_until_it_runs(crowd: Crowd) -> None:
    """Some buttons were pressed since; on a machine with much else to do, only so long."""
    before, until = len(crowd.pressed), time.monotonic() + RUN_SECONDS
    while len(crowd.pressed) < before + PEOPLE and time.monotonic() < until:
        time.sleep(0.05)


def _restart_server_that_gave_up(installation: Installation) -> None:
    """As systemd would: granian ends if one of its processes dies twice within six seconds."""
    if installation.server.has_ended:
        installation.server.kill()
        installation.start_server()


def _end_leases(installation: Installation) -> int:
    """As if ten minutes had passed for the mails that killed workers had in hand."""
    with installation.app.app_context(), transaction():
        leased = update(OutgoingMail).where(OutgoingMail.leased_until > clock.now())
        waiting = leased.where(OutgoingMail.state == MailState.WAITING)
        return count_rows(db.session.execute(waiting.values(leased_until=clock.now())))


def _wait_until_all_is_sent(installation: Installation) -> None:
    books = Books(installation.app)
    until = time.monotonic() + SETTLE_SECONDS
    while any(state == MailState.WAITING for _kind, state in books.mails()):
        assert time.monotonic() < until, installation.worker.log
        time.sleep(0.2)


def _states(installation: Installation, tried: set[str]) -> dict[str, str]:
    """The state of each signature by its address, found again by the digest of each."""
    with installation.app.app_context():
        letter = letters.get_by_slug(SLUG)
        rows = db.session.execute(select(Signature.address_digest, Signature.state)).all()
        by_digest = dict(rows)
        assert len(by_digest) == len(rows)  # one signature an address
        digests = {one: vault.digest(letter.id, normalised(one)) for one in tried}
        return {one: by_digest[digest] for one, digest in digests.items() if digest in by_digest}


def _check_mails(installation: Installation, states: dict[str, str]) -> int:
    """Everybody got the mail, nobody more than twice; returns how many came twice."""
    mails = installation.mail.received
    assert states.keys() <= {mail.to[0] for mail in mails}
    times = Counter(mail.message["Message-ID"] for mail in mails)
    counted = Counter(times.values())
    assert counted.keys() <= {1, 2}
    assert set(Books(installation.app).mails()) <= {
        (CONFIRM, MailState.SENT),
        (CONFIRM, MailState.DROPPED),  # confirmed with the mail that a killed worker had sent
    }
    return counted[2]


def test_a_server_told_to_end_answers_what_it_is_at_first(installation: Installation) -> None:
    """A form waits for the database, which somebody else holds, when TERM comes."""
    installation.letter(SLUG)
    form = {"name": "Zoë", "email": "zoe@example.org", "country": "SE", "show_name": "no"}
    caller = Caller(installation.port)
    with ThreadPoolExecutor(1) as pool:
        with installation.app.app_context(), transaction():
            if dialect() == "postgresql":
                db.session.execute(text("LOCK TABLE signatures IN EXCLUSIVE MODE"))
            answered = pool.submit(caller.ask, "POST", f"/en/{SLUG}/sign", form)
            time.sleep(1)
            installation.server.terminate()
            time.sleep(1)
            assert not answered.done()
        answer = answered.result(20)
    caller.close()
    assert answer is not None
    assert answer.leads_to(f"/en/{SLUG}/sent")
    assert installation.server.wait() == 0
    with pytest.raises(ConnectionRefusedError):
        installation.get("/healthz")
    assert Books(installation.app).states() == [State.PENDING]


class SlowServer(SmtpServer):
    """Takes its time over each mail."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> object:  # noqa: N802
        await asyncio.sleep(0.02)
        return await super().handle_DATA(server, session, envelope)


def test_a_worker_told_to_end_settles_what_it_has_sent_and_gives_the_rest_back(
    chosen: dict[str, str], tmp_path: Path
) -> None:
    with SlowServer() as mail, Installation(chosen, tmp_path, mail) as installation:
        installation.worker.stop()
        letter = installation.letter(SLUG)
        with installation.app.app_context():
            for number in range(2 * BATCH):
                make.signature(letter, email=f"zoe{number}@example.org", is_confirmed=False)

        installation.worker.start()
        mail.wait_for(1)
        installation.worker.terminate()
        assert installation.worker.wait() == 0

        sent = len(mail.received)
        assert 1 <= sent < BATCH
        states = Counter(state for _kind, state in Books(installation.app).mails())
        assert states == {MailState.SENT: sent, MailState.WAITING: 2 * BATCH - sent}
        with installation.app.app_context():
            leased = select(OutgoingMail.id).where(
                OutgoingMail.state == MailState.WAITING, OutgoingMail.leased_until.is_not(None)
            )
            assert db.session.scalars(leased).all() == []
