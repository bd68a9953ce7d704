"""Whether the worker may work: not on a restored database that nobody has checked."""

from __future__ import annotations

import logging
import time

from signing.core import marks
from signing.core.db import transaction

TICK_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 5.0

log = logging.getLogger(__name__)


class Gate:
    """Looks at both marks now and then, and counts them up while they agree."""

    def __init__(self) -> None:
        self._look_at = float("-inf")
        self._is_open = False

    def is_open(self) -> bool:
        """Whether the database is the one that the key store knows, as of the last look."""
        if time.monotonic() >= self._look_at:
            was_open, self._is_open = self._is_open, self._look()
            pause = TICK_SECONDS if self._is_open else LOOK_AGAIN_SECONDS
            if not self._is_open and (was_open or self._look_at == float("-inf")):
                log.error(
                    "the database was restored from a backup: no mail is sent and nothing else "
                    "done before `signing restore check` was run"
                )
            self._look_at = time.monotonic() + pause
        return self._is_open

    def look_again(self) -> None:
        """After the database was away: it may have come back as another."""
        self._look_at = min(self._look_at, time.monotonic())

    def _look(self) -> bool:
        found = marks.read()
        if found.is_restored:
            return False
        with transaction():
            if found.lost:
                marks.note_lost(found.lost)
            n = marks.count_up()
        marks.raise_keystore(n)
        return True
