"""A process that the system stops while it signs, and that goes on when its key has gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import time_machine
from flask import Flask

from signing import ROOT
from signing.cli import in_flight
from signing.core.db import dialect
from signing.core.settings import Settings
from tests import make
from tests.books import Books
from tests.cli.test_keys import SLUG, _is_begun, names, rotate, time_moves
from tests.cli.test_keys import WAITED as ROTATED

__all__ = ["time_moves"]

# In words of its own: it is stopped between two lines of ours.
SIGNS = """
import os, signal, sys
from dataclasses import replace
from sqlalchemy import select
from signing import create_app
from signing.core import vault
from signing.core.db import db, let_go, transaction
from signing.letters import queries
from signing.signatures import actions, person
from signing.signatures.models import Signature
from tests import make

def stop():
    print("stops", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)

with create_app(has_doors=False).app_context():
    letter = queries.get_by_slug("open-roads")
    if sys.argv[1] == "written":
        with transaction():
            actions.sign(letter, make.declaration(letter, email="new@example.org", name="New"))
            stop()
    else:
        vault.LATE_SECONDS = 0.2  # the test moves its own clock, not this one
        row = db.session.scalars(select(Signature)).one()
        row.sealed = person.seal(
            letter.id, row.address_digest, replace(person.of(row), name="Corrected")
        )
        sealed, id_ = row.sealed, row.id
        db.session.rollback()  # nothing is open, and what is to be written is in its hands
        stop()
        with transaction():
            db.session.get(Signature, (letter.id, id_)).sealed = sealed
print("written", flush=True)
"""


@contextmanager
def stopped(
    how: str, settings: Settings, environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process that has sealed under the key of this moment, and stands still."""
    urls = {
        "SIGNING_DATABASE_URL": settings.database_url,
        "SIGNING_KEYSTORE_URL": settings.keystore_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SIGNS, how],
        cwd=ROOT,
        env=os.environ | environment | urls,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "stops\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def go_on(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it says to the end."""
    process.send_signal(signal.SIGCONT)
    return process.communicate(timeout=60)


def test_what_was_sealed_under_the_old_key_is_waited_for_or_refused_and_all_stays_readable(
    app: Flask,
    settings: Settings,
    books: Books,
    environment: dict[str, str],
    time_moves: time_machine.Traveller,
) -> None:
    make.signature(make.letter(SLUG), name="Zoë")
    with (
        stopped("sealed", settings, environment) as late,
        stopped("written", settings, environment) as early,
        ThreadPoolExecutor(1) as pool,
    ):
        if dialect() == "postgresql":  # on SQLite the file is locked, and says so
            with pytest.raises(in_flight.StillOpen) as caught:
                in_flight.wait(lambda _seconds: time_moves.shift(in_flight.LONGEST))
            assert len(caught.value.pids) == 1  # for ever is too long; nothing was destroyed
        told = pool.submit(rotate, settings)
        until = time.monotonic() + 30
        while not _is_begun():
            assert time.monotonic() < until
            time.sleep(0.01)
        time_moves.shift(ROTATED)
        time.sleep(1)
        assert not told.done()  # it waits for the transaction that is open
        assert go_on(early) == ("written\n", "")
        rotated = told.result(60)
        assert rotated.exit_code == 0, rotated.output
        assert "1 old keys destroyed" in rotated.output
        said, error = go_on(late)
        assert said == ""
        assert "KeyReplaced" in error
        assert late.returncode == 1
    assert names(app) == {"zoe@example.org": "Zoë", "new@example.org": "New"}
    assert books.balance(SLUG)
