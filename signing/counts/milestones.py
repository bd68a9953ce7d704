"""Round numbers on the way up, and when each was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from signing.core import clock

STEPS = (100, 250, 500)  # and each ten, a hundred … times as many


@dataclass(frozen=True, slots=True)
class Milestone:
    n: int
    at: datetime  # the hour in which the number was first reached; a later withdrawal leaves it


def reached(changes: Mapping[int, int]) -> list[Milestone]:
    """The milestones that a number went through, by its changes in each hour since 1970."""
    steps = _steps()
    following = next(steps)
    total = 0
    found = []
    for hour, change in sorted(changes.items()):
        total += change
        while total >= following:
            found.append(Milestone(following, clock.begin_of(hour)))
            following = next(steps)
    return found


def _steps() -> Iterator[int]:
    times = 1
    while True:
        yield from (step * times for step in STEPS)
        times *= 10
