"""New keys in place of old ones, while people sign: in small transactions, resumed at will."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from signing.audit import Verb, log
from signing.cli import in_flight
from signing.cli.app import OPERATOR
from signing.collected import shelves as collected
from signing.core import clock, resealing
from signing.core.db import transaction
from signing.core.ids import BEFORE_ALL, HOUSE
from signing.core.resealing import Resealed
from signing.core.rotation import Rotation, Superseded
from signing.core.vault import Unreadable, vault
from signing.exports import shelves as exports
from signing.mail import shelves as mails
from signing.moderation import shelves as moderation
from signing.partners import shelves as partners
from signing.signatures import shelves as signatures
from signing.staff_accounts import shelves as members

SHELVES = (
    *signatures.SHELVES,
    *mails.SHELVES,
    *members.SHELVES,
    *partners.SHELVES,
    *collected.SHELVES,
    *moderation.SHELVES,
    *exports.SHELVES,
)
LONGEST_PAUSE_SECONDS = 1.0
BUSY_SECONDS = 1.0

Pause = Callable[[float], None]
Moved = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Begun:
    """A rotation under way: how much was wrapped anew, and which keys are to end."""

    wrapped: int
    old: tuple[Superseded, ...]

    @property
    def owners(self) -> list[UUID]:
        return sorted({one.owner_id for one in self.old})


@dataclass(frozen=True, slots=True)
class Ended:
    """What was sealed anew, how many keys were destroyed, and rows that no key opens."""

    done: int
    destroyed: int
    unreadable: dict[UUID, int]


def begin(rotation: Rotation) -> Begun:
    """Everybody seals under new keys soon; or the rotation that was interrupted goes on."""
    wrapped = rotation.rewrap()
    rotation.begin()
    return Begun(wrapped, tuple(rotation.list_superseded()))


def sweep(owners: Collection[UUID], moved: Moved) -> int:
    """Seal anew what is under old keys; returns how many rows. Tells `moved` how far it is."""
    return sum(_sweep(owner_id, moved)[0].done for owner_id in owners)


def wait(begun: Begun, pause: Pause) -> None:
    """No process seals a letter's data under an old key any more afterwards."""
    ends = [one.ends_at for one in begun.old if one.owner_id != HOUSE]
    while ends and (left := (max(ends) - clock.now()).total_seconds()) > 0:
        pause(min(left, LONGEST_PAUSE_SECONDS))


def finish(rotation: Rotation, begun: Begun, pause: Pause, *, forsaking: bool = False) -> Ended:
    """The old keys are destroyed, but for those of rows that cannot be opened.

    `forsaking` destroys these too. The house's old key stays for a day, until a later rotation.
    Whoever has sealed under an old key has committed before it goes: who began long ago is waited
    for, and who was stopped in between is refused (`vault`). Raises `in_flight.StillOpen`.
    """
    over = [one for one in begun.old if one.ends_at <= clock.now()]
    in_flight.wait(pause)
    left = {owner_id: _sweep_clean(owner_id, pause) for owner_id in begun.owners}
    unreadable = {owner_id: one.unreadable for owner_id, one in left.items() if one.unreadable}
    ended = [one for one in over if forsaking or one.owner_id not in unreadable]
    rotation.destroy(ended)
    done = sum(one.done for one in left.values())
    figures = {"wrapped": begun.wrapped, "destroyed": len(ended)}
    with transaction():
        log.record(Verb.KEYS_ROTATED, by=OPERATOR, subject="keys", details=figures)
    return Ended(done, len(ended), unreadable)


def _sweep_clean(owner_id: UUID, pause: Pause) -> Resealed:
    """Until nothing is left but what cannot be opened."""
    total = 0
    while True:
        part, met = _sweep(owner_id, lambda _n: None)
        total += part.done
        if met == part.done + part.unreadable:
            return Resealed(total, part.unreadable)
        pause(BUSY_SECONDS)


def _sweep(owner_id: UUID, moved: Moved) -> tuple[Resealed, int]:
    """Once through the owner's rows; what was done, and how many old ones were met."""
    total, met = Resealed(), 0
    for shelf in SHELVES:
        after = BEFORE_ALL
        while ids := _list_old(shelf, owner_id, after):
            with transaction():
                total += resealing.reseal(shelf, owner_id, ids)
            after, met = ids[-1], met + len(ids)
            moved(len(ids))
    return total, met


def _list_old(shelf: resealing.Shelf, owner_id: UUID, after: UUID) -> list[UUID]:
    try:
        return [*resealing.list_old(shelf, owner_id, after=after)]
    except Unreadable:  # erased meanwhile: there is nothing to save
        return []


def count_old(owners: Collection[UUID]) -> int:
    """How many rows are to be sealed anew."""
    readable = {one.owner_id for one in vault.store.list_living()}
    mine = [owner_id for owner_id in owners if owner_id in readable]
    return sum(resealing.count_old(owner_id, SHELVES) for owner_id in mine)
