"""Mail domains that refuse: counted in this process, and written down only where they are many.

An address is somebody's, and so may be the domain of one; a domain that has refused ten mails on
a day is a provider, or one that is misspelt by many.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select

from signing.core import clock
from signing.core.db import count_rows, db, insert
from signing.mail.models import RefusingDomain

FEWEST = 10
MOST_KEPT = 10_000  # domains in memory; a flood of others is not worth more
KEPT = timedelta(days=90)


class Refusing:
    """What was refused today, as far as this process knows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day = date.min
        self._seen: Counter[str] = Counter()
        self._written: Counter[str] = Counter()

    def note(self, address: str) -> None:
        domain = address.rpartition("@")[2].lower()
        today = clock.now().date()
        with self._lock:
            if today != self._day:
                self._day, self._seen, self._written = today, Counter(), Counter()
            if domain in self._seen or len(self._seen) < MOST_KEPT:
                self._seen[domain] += 1

    def take(self) -> tuple[date, dict[str, int]]:
        """The day, and what is to be added to it; nothing is given twice."""
        with self._lock:
            many = {domain: n for domain, n in self._seen.items() if n >= FEWEST}
            fresh = {one: n - self._written[one] for one, n in many.items()}
            self._written.update(fresh)
            return self._day, {domain: n for domain, n in fresh.items() if n}


refusing = Refusing()


def write() -> None:
    """What this process has learnt stands in the table afterwards."""
    day, fresh = refusing.take()
    key = [RefusingDomain.domain, RefusingDomain.day]
    for domain, n in sorted(fresh.items()):
        row = insert(RefusingDomain).values(domain=domain, day=day, n=n)
        more = {"n": RefusingDomain.n + row.excluded.n}
        db.session.execute(row.on_conflict_do_update(index_elements=key, set_=more))


def list_since(day: date, *, limit: int = 20) -> Sequence[tuple[str, int]]:
    """Domains with the mails that they refused since, most first."""
    n = func.sum(RefusingDomain.n)
    rows = db.session.execute(
        select(RefusingDomain.domain, n)
        .where(RefusingDomain.day >= day)
        .group_by(RefusingDomain.domain)
        .order_by(n.desc(), RefusingDomain.domain)
        .limit(limit)
    )
    return [(domain, int(total)) for domain, total in rows]


def delete_old() -> int:
    old = delete(RefusingDomain).where(RefusingDomain.day < (clock.now() - KEPT).date())
    return count_rows(db.session.execute(old))
