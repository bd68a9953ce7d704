"""A post for 100,000 people: how many a second are put into the outbox, and what a claim costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import insert

from benchmarks import upkeep
from benchmarks.installation import Installation, open_letter
from signing.cli.app import OPERATOR
from signing.core.db import db, transaction
from signing.letters.models import ConsentPurpose, Letter
from signing.mail import outbox
from signing.news import broadcasts, posts, queueing
from signing.news.models import Audience, Broadcast, State
from signing.news.posts import Words
from signing.signatures.models import Consent, Signature
from signing.signatures.models import State as SignatureState

SLUG = "announced"
PEOPLE = 100_000
AT_ONCE = 1000
CLAIMS = 20


@dataclass(frozen=True)
class Figure:
    """What was measured, in which unit."""

    name: str
    value: float
    unit: str


def figures(installed: Installation) -> Iterator[Figure]:
    """By the worker's own verbs, a batch a transaction."""
    with installed.app.app_context():
        letter = open_letter(SLUG)
        _fill(letter)
        broadcast = _prepared(letter)
        began = time.perf_counter()
        put = _put_all(broadcast)
        yield Figure(f"broadcast, of {put:,} put", put / (time.perf_counter() - began), "/s")
        seconds = [_claim() for _ in range(CLAIMS)]
        milliseconds = statistics.median(seconds) * 1000
        yield Figure(f"claiming a batch while {put:,} wait, median", milliseconds, " ms")


def _fill(letter: Letter) -> None:
    """Confirmed signatures of people who asked for news."""
    for first in range(0, PEOPLE, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        rows = [upkeep.row(letter.id, number, SignatureState.CONFIRMED) for number in numbers]
        consents = [upkeep.consent(row) | {"purpose": ConsentPurpose.NEWS.value} for row in rows]
        with transaction():
            db.session.execute(insert(Signature), rows)
            db.session.execute(insert(Consent), consents)
        db.session.expunge_all()


def _prepared(letter: Letter) -> Broadcast:
    with transaction():
        post = posts.write(letter, Words("Delivered!", "It was."), by=OPERATOR)
        posts.publish(post, by=OPERATOR)
        broadcast = broadcasts.prepare(post, Audience.NEWS, pace=0)
        broadcast.state = State.RUNNING
    return broadcast


def _put_all(broadcast: Broadcast) -> int:
    total = 0
    while True:
        with transaction():
            db.session.add(broadcast)
            put = queueing.put_batch(broadcast, queueing.BATCH)
        total += put
        if put < queueing.BATCH:
            return total


def _claim() -> float:
    began = time.perf_counter()
    with transaction():
        outbox.claim(50)
    return time.perf_counter() - began
