"""Transactions of others that are under way: whoever must not miss what they write waits for them.

A process can be stopped anywhere (SIGSTOP, a virtual machine that pauses), also with a transaction
open; what it has written is seen by nobody until it goes on and commits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from signing.core import clock
from signing.core.db import db, dialect, let_go, transaction

LONGEST = timedelta(minutes=10)
PAUSE_SECONDS = 1.0

# Whoever has read or written anything holds a lock on a table; by PostgreSQL's process and number.
_OPEN = text(
    """SELECT DISTINCT pid, virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
)

Open = tuple[int, str]


class StillOpen(Exception):
    """Somebody's transaction does not end."""

    def __init__(self, pids: list[int]) -> None:
        super().__init__(f"open for long in PostgreSQL's processes {pids}")
        self.pids = pids


def wait(pause: Callable[[float], None]) -> None:
    """Every transaction that was open at the call has ended afterwards. Raises `StillOpen`.

    On SQLite every one that writes; where it holds the file too long, an OperationalError.
    """
    let_go()
    if dialect() == "sqlite":
        with transaction():  # there is one writer: this one's turn has come
            return
    until = clock.now() + LONGEST
    before = _list_open()
    while left := before & _list_open():
        if clock.now() >= until:
            raise StillOpen(sorted({pid for pid, _number in left}))
        pause(PAUSE_SECONDS)


def _list_open() -> set[Open]:
    found = {(pid, number) for pid, number in db.session.execute(_OPEN)}
    let_go()
    return found
