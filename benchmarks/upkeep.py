"""What runs beside the signing: rows a second of key rotation and retention, and the memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from benchmarks.installation import Installation, open_letter
from signing.cli import rotating
from signing.cli.app import OPERATOR
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.core.rotation import Rotation
from signing.core.vault import vault
from signing.letters.models import Letter
from signing.signatures import person, retention
from signing.signatures.models import CONTROLLER, Consent, Entry, Signature, State
from signing.signatures.person import Person

SLUG = "upkeep"
ROWS = 50_000
AT_ONCE = 1000
OLD = timedelta(days=30)
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Upkeep:
    """So many rows in so many seconds; resident megabytes before, and the most on the way."""

    name: str
    rows: int
    seconds: float
    before: float
    most: float


def figures(installed: Installation) -> Iterator[Upkeep]:
    """Each step as the command or the worker does it, a batch a transaction."""
    with installed.app.app_context():
        letter = open_letter(SLUG)
        _fill(letter, State.CONFIRMED)
        rotation = Rotation(vault)
        rotating.begin(rotation)
        yield _measured("key rotation", lambda look: _rotate(letter.id, look))
        yield _measured("erasing", lambda look: _in_batches(_retire(letter.id), look))
        _fill(letter, State.PENDING)
        yield _measured("deleting the unconfirmed", lambda look: _in_batches(_delete, look))


def _rotate(letter_id: UUID, look: Callable[[], None]) -> int:
    return rotating.sweep([letter_id], lambda _rows: look())


def _retire(letter_id: UUID) -> Callable[[], int]:
    return lambda: retention.retire_batch(letter_id)


def _delete() -> int:
    return retention.delete_pending(clock.now() - OLD / 2, by=OPERATOR)


def _in_batches(some: Callable[[], int], look: Callable[[], None]) -> int:
    total = 0
    while True:
        with transaction():
            done = some()
        look()
        if not done:
            return total
        total += done


def _measured(name: str, work: Callable[[Callable[[], None]], int]) -> Upkeep:
    before = _resident()
    seen = [before]
    began = time.perf_counter()
    rows = work(lambda: seen.append(_resident()))
    return Upkeep(name, rows, time.perf_counter() - began, before, max(seen))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * PAGE_BYTES / 1e6


def _fill(letter: Letter, state: State) -> None:
    """Signatures of last month, each with its consent."""
    for first in range(0, ROWS, AT_ONCE):
        rows = [row(letter.id, number, state) for number in range(first, first + AT_ONCE)]
        with transaction():
            db.session.execute(insert(Signature), rows)
            db.session.execute(insert(Consent), [consent(row) for row in rows])
        db.session.expunge_all()


def row(letter_id: UUID, number: int, state: State) -> dict[str, object]:
    address = f"upkeep{number}@posteo.de"
    digest = vault.digest(letter_id, address)
    who = Person(name=f"Zoë Lindqvist {number}", email=address, city="Exampleton")
    at = clock.now() - OLD
    return {
        "letter_id": letter_id,
        "id": new_id(),
        "address_digest": digest,
        "state": state,
        "revision": 1,
        "link_version": 1,
        "sealed": person.seal(letter_id, digest, who),
        "country": ("SE", "FR", "DE")[number % 3],
        "locale": ("en", "fr", "de")[number % 3],
        "entry": Entry.FORM,
        "reasons": [],
        "created_at": at,
        "confirmed_at": at if state is State.CONFIRMED else None,
        "asked_at": at,
    }


def consent(row: dict[str, object]) -> dict[str, object]:
    return {
        "letter_id": row["letter_id"],
        "signature_id": row["id"],
        "purpose": "sign",
        "receiver_id": CONTROLLER,
        "wording_id": new_id(),
        "given_at": row["created_at"],
    }
