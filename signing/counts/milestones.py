"""Round numbers on the way up, and when each was reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

STEPS = (100, 250, 500)  # and each ten, a hundred … times as many


@dataclass(frozen=True, slots=True)
class Milestone:
    n: int
    at: datetime  # the hour in which the number was first reached; a later withdrawal leaves it


def reached(hours: Iterable[tuple[datetime, int]]) -> list[Milestone]:
    """The milestones that the changes, oldest first, went through."""
    steps = _steps()
    following = next(steps)
    total = 0
    found = []
    for at, change in hours:
        total += change
        while total >= following:
            found.append(Milestone(following, at))
            following = next(steps)
    return found


def _steps() -> Iterator[int]:
    times = 1
    while True:
        yield from (step * times for step in STEPS)
        times *= 10
