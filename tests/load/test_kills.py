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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from signing.core.db import db, dialect, transaction
from signing.core.settings import Settings, read_settings
from signing.letters import queries as letters
from signing.letters.models import ProofOfWork
from signing.mail.models import MailState, OutgoingMail
from signing.signatures.models import State
from signing.worker.sending import BATCH
from tests import make
from tests.books import Books
from tests.browser.served import SERVER_PROCESSES, Installation
from tests.conftest import _prepare, let_go, missing
from tests.load.balancing import balance
from tests.load.crowd import Caller, Crowd
from tests.mail.smtp_server import SmtpServer
from tests.postgres import NoPostgres, Server, cluster

SLUG = "night-trains"
PEOPLE = 20
KILLS = ["worker"] * 3 + ["server process"] * 3 + ["whole server"] * 2
MANY_PEOPLE = 50
POWER_CUTS = ["whole database"] * 2 + ["backend"] * 2
RUN_SECONDS = 4.0
SETTLE_SECONDS = 30.0


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


def _open_letter(installation: Installation) -> None:
    """It asks no work: a whole crowd of one network, whose mail domain is one, is a flood."""
    installation.letter(SLUG)
    with installation.app.app_context(), transaction():
        letters.get_by_slug(SLUG).work = ProofOfWork.OFF


def test_whatever_is_killed_nothing_acknowledged_is_lost_and_nothing_counts_twice(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    _open_letter(installation)
    crowd = Crowd(installation, SLUG, threads=PEOPLE)
    print(f"seed {seed}")  # noqa: T201  # shown if it fails
    crowd.start()
    try:
        _kill_at_random(installation, crowd, seed)
        _wait_until_many_have_pressed(crowd)
    finally:
        crowd.join()
    assert crowd.refused == [], installation.server.log
    assert crowd.cut > 0
    assert len(crowd.pressed) > PEOPLE

    figures = balance(installation, crowd)
    with capsys.disabled():
        print(f"\n  seed {seed}: {len(KILLS)} kills of worker and server; {figures}")  # noqa: T201


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


def _wait_until_many_have_pressed(crowd: Crowd) -> None:
    """So that there is something in the books, on the slowest machine too."""
    until = time.monotonic() + SETTLE_SECONDS
    while len(crowd.pressed) <= crowd.threads and time.monotonic() < until:
        time.sleep(0.05)


def _restart_server_that_gave_up(installation: Installation) -> None:
    """As systemd would: granian ends if one of its processes dies twice within six seconds."""
    if installation.server.has_ended:
        installation.server.kill()
        installation.start_server()


@dataclass(frozen=True)
class Power:
    """A PostgreSQL of this test's own, and an installation on it."""

    server: Server
    installation: Installation


@pytest.fixture
def powered(
    environment: dict[str, str], tmp_path: Path, mail_server: SmtpServer
) -> Iterator[Power]:
    """What it acknowledges has reached the disk, as in production."""
    try:
        with cluster(durable=True) as server:
            urls = {
                "SIGNING_DATABASE_URL": server.create(),
                "SIGNING_KEYSTORE_URL": server.create(),
            }
            chosen = environment | {"SIGNING_DATA_DIR": str(tmp_path)} | urls
            _prepare(read_settings(chosen))
            with Installation(chosen, tmp_path, mail_server) as installation:
                yield Power(server, installation)
    except NoPostgres as absent:
        missing(str(absent))


def test_a_database_that_is_killed_has_all_that_was_acknowledged_when_it_comes_back(
    powered: Power, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    ours = powered.installation
    _open_letter(ours)
    crowd = Crowd(ours, SLUG, threads=MANY_PEOPLE)
    print(f"seed {seed}")  # noqa: T201  # shown if it fails
    crowd.start()
    try:
        _kill_database(powered, crowd, seed)
        _wait_until_many_have_pressed(crowd)
    finally:
        crowd.join()
    assert crowd.refused == [], ours.server.log
    assert crowd.put_off > 0
    assert len(crowd.pressed) > MANY_PEOPLE

    let_go(ours.app)  # our own connections, to look into the books, are dead as well
    figures = balance(ours, crowd)
    with capsys.disabled():
        print(f"\n  seed {seed}: {len(POWER_CUTS)} kills of the database; {figures}")  # noqa: T201


def _kill_database(powered: Power, crowd: Crowd, seed: int) -> None:
    """All its processes at once, or one that serves somebody: it then restarts all by itself."""
    dice = random.Random(seed)  # noqa: S311
    _wait_until_it_runs(crowd)
    for what in dice.sample(POWER_CUTS, len(POWER_CUTS)):
        if what == "backend":
            with suppress(ProcessLookupError):
                os.kill(dice.choice(powered.server.backends()), signal.SIGKILL)
        else:
            powered.server.kill()
            time.sleep(dice.uniform(0.1, 0.8))
            powered.server.start()
        time.sleep(dice.uniform(0.2, 1.0))
        _wait_until_it_runs(crowd)


def test_a_server_told_to_end_answers_what_it_is_at_first(installation: Installation) -> None:
    """A form waits for the database, which somebody else holds, when TERM comes."""
    _open_letter(installation)
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
