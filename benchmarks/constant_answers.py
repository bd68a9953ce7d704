"""Whether the time of an answer tells who has signed: new, pending and confirmed, interleaved."""

from __future__ import annotations

import random
import statistics
import time
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select, update

from benchmarks.installation import SLUG, Installation, hidden_fields, network
from signing.core.db import db, transaction
from signing.core.ids import HOUSE
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.mail.suppressions import Reason, suppress
from signing.signatures.models import Signature, State

SAMPLES = 200
KINDS = ("new", "pending", "confirmed", "suppressed")


def samples(installed: Installation) -> dict[str, list[float]]:
    """Seconds from form to answer, so many of each kind, in random order over one connection."""
    hidden = hidden_fields(installed.url)
    connection = HTTPConnection(urlsplit(installed.url).netloc)
    for number in range(SAMPLES):
        for kind in KINDS[1:]:
            _post(connection, kind, number, hidden)
    _settle_by_hand(installed)
    order = [(kind, number) for kind in KINDS for number in range(SAMPLES)]
    random.Random(1).shuffle(order)  # noqa: S311  # an order, not a secret
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, number in order:
        taken[kind].append(_post(connection, kind, number, hidden))
    connection.close()
    return taken


def _post(connection: HTTPConnection, kind: str, number: int, hidden: dict[str, str]) -> float:
    form = {"name": "Zoë", "email": _address(kind, number), "country": "SE", "show_name": "no"}
    began = time.perf_counter()
    connection.request(
        "POST",
        f"/en/{SLUG}/sign",
        urlencode(form | hidden),
        {"Content-Type": "application/x-www-form-urlencoded"} | network(random.getrandbits(24)),
    )
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    assert answer.status == 303  # noqa: S101
    return took


def _address(kind: str, number: int) -> str:
    return f"{kind}{number}@posteo.de"


def _settle_by_hand(installed: Installation) -> None:
    """A third of what was posted counts now, a third belongs to people who want no mail."""
    with installed.app.app_context():
        letter = letters.get_by_slug(SLUG)
        posted = select(Signature.id).where(Signature.letter_id == letter.id).order_by(Signature.id)
        ids = list(db.session.scalars(posted))[-3 * SAMPLES :]
        confirmed = update(Signature).where(Signature.id.in_(ids[1::3]))
        with transaction():
            db.session.execute(confirmed.values(state=State.CONFIRMED))
            for number in range(SAMPLES):
                digest = vault.digest(HOUSE, _address("suppressed", number))
                suppress(digest, reason=Reason.NOT_ME)


def medians(taken: dict[str, list[float]]) -> dict[str, float]:
    return {kind: statistics.median(seconds) for kind, seconds in taken.items()}


def smallest_p(taken: dict[str, list[float]]) -> float:
    """The smallest p of all pairs' rank-sum tests (Mann and Whitney, normal approximation)."""
    pairs = [(a, b) for i, a in enumerate(KINDS) for b in KINDS[i + 1 :]]
    return min(_rank_sum(taken[a], taken[b]) for a, b in pairs)


def _rank_sum(one: list[float], other: list[float]) -> float:
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_value, group) in enumerate(ranked, 1) if group == 0)
    n, m = len(one), len(other)
    mean = n * (n + m + 1) / 2
    deviation = (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(abs(ranks - mean) / deviation))
