"""Arrangements with partners in time: who is asked anew, who is late, whose contact goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signing.audit import WORKER
from signing.core.db import transaction
from signing.partners import actions, agreeing
from signing.partners.models import Partner

BATCH = 100


def arrange() -> int:
    """Whoever accepted an older arrangement is asked about the present one, by mail.

    Whoever was asked and did not answer in time is suspended, until they do. Returns how many.
    """
    asked = _each(agreeing.list_to_ask, agreeing.write_to)
    late = _each(agreeing.list_late, lambda one: actions.suspend(one, by=WORKER))
    return asked + late


def _each(find: Callable[[int], Sequence[Partner]], act: Callable[[Partner], None]) -> int:
    total = 0
    while True:
        with transaction():
            found = find(BATCH)
            for one in found:
                act(one)
        total += len(found)
        if len(found) < BATCH:
            return total
