"""How fast an endpoint is called: faster while it keeps up, slower while it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST, MOST = 4, 64  # calls of one line
LONGEST_REST_SECONDS = 60
TOO_MANY = 429


def is_its_own(answer: int | str) -> bool:
    """Whether the endpoint itself is in trouble: out of reach, failing, or asked too often.

    What it says of one call (400, 422) does not keep it from the next.
    """
    return isinstance(answer, str) or answer >= 500 or answer == TOO_MANY


@dataclass(slots=True)
class Pace:
    """Of one endpoint, as one worker has met it since it was started."""

    size: int = FIRST
    failures: int = 0  # of its own, one after the other
    rests_until: datetime | None = None

    def rests(self, now: datetime) -> bool:
        return self.rests_until is not None and now < self.rests_until

    def lines(self, most: int) -> int:
        """How many may be under way at once: one, until it has answered again."""
        return 1 if self.failures else most

    def note(self, answers: Sequence[int | str], now: datetime) -> None:
        """After a line. At the second failure it rests, for longer each time: up to a minute."""
        if not answers:
            return
        if not is_its_own(answers[-1]):
            self.failures, self.size = 0, min(MOST, self.size * 2)
            return
        self.failures, self.size = self.failures + 1, 1
        if self.failures > 1:
            seconds = min(LONGEST_REST_SECONDS, 2 ** min(self.failures - 2, 10))
            self.rests_until = now + timedelta(seconds=seconds)
