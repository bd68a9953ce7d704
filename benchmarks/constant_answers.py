"""Whether the time of an answer tells who has signed: new, pending and confirmed, interleaved."""

from __future__ import annotations

import random
import statistics
import time
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select, update

from benchmarks.installation import SLUG, Installation, wording_ids
from signing.core.db import db
from signing.letters import queries as letters
from signing.signatures.models import Signature, State

SAMPLES = 200
KINDS = ("new", "pending", "confirmed")


def samples(installed: Installation) -> dict[str, list[float]]:
    """Seconds from form to answer, so many of each kind, in random order over one connection."""
    wording = wording_ids(installed.url)
    connection = HTTPConnection(urlsplit(installed.url).netloc)
    for number in range(SAMPLES):
        for kind in ("pending", "confirmed"):
            _post(connection, f"{kind}{number}@example.org", wording)
    _confirm_by_hand(installed)
    order = [(kind, number) for kind in KINDS for number in range(SAMPLES)]
    random.Random(1).shuffle(order)  # noqa: S311  # an order, not a secret
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, number in order:
        taken[kind].append(_post(connection, f"{kind}{number}@example.org", wording))
    connection.close()
    return taken


def _post(connection: HTTPConnection, address: str, wording: str) -> float:
    form = {"name": "Zoë", "email": address, "country": "SE", "show_name": "no", "wording": wording}
    began = time.perf_counter()
    connection.request(
        "POST",
        f"/en/{SLUG}/sign",
        urlencode(form),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    assert answer.status == 303  # noqa: S101
    return took


def _confirm_by_hand(installed: Installation) -> None:
    """Half of what was posted counts now; which half is known by the order of posting."""
    with installed.app.app_context():
        letter = letters.get_by_slug(SLUG)
        posted = select(Signature.id).where(Signature.letter_id == letter.id).order_by(Signature.id)
        ids = list(db.session.scalars(posted))[-2 * SAMPLES :]
        confirmed = update(Signature).where(Signature.id.in_(ids[1::2]))
        db.session.execute(confirmed.values(state=State.CONFIRMED))
        db.session.commit()


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
