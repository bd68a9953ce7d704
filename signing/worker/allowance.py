"""How many mails one address gets in a day, over all letters and whatever the forms do."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from signing.core.limits import limits

A_DAY_SECONDS = 24 * 60 * 60


def list_spent(wanted: Mapping[UUID, bytes], most: int) -> set[UUID]:
    """Count these mails, by id with the house digest of their address; which are over `most`.

    A mail is counted once, however often it is tried: while the server is away, all of them come
    back each minute.
    """
    mails = list(wanted)
    if not mails:
        return set()
    tries = limits.hit_all([(f"mail-tried:{id_.hex}", A_DAY_SECONDS) for id_ in mails])
    waiting = [id_ for id_, n in zip(mails, tries, strict=True) if n <= 1]
    spent: set[UUID] = set()
    while waiting:  # one round, unless a batch has several mails for one address
        first = {wanted[id_]: id_ for id_ in reversed(waiting)}
        counted = limits.hit_all([(f"mail-to:{digest.hex()}", A_DAY_SECONDS) for digest in first])
        spent |= {id_ for id_, n in zip(first.values(), counted, strict=True) if n > most}
        waiting = [id_ for id_ in waiting if id_ not in set(first.values())]
    return spent
