"""Each minute: that a worker is here, how mails have fared, which domains refuse."""

from __future__ import annotations

from datetime import timedelta

from signing.core import marks
from signing.core.db import transaction
from signing.mail import refusing, tallies

EVERY_SECONDS = 60.0


def count_mails() -> None:
    """The tallies of the last hours are right; one worker at a time does it for all."""
    with transaction():
        refusing.write()
        is_mine = marks.note_worker()
    if is_mine:
        recount(tallies.LATELY)


def recount(back: timedelta = tallies.UNSETTLED) -> None:
    """The same, as far back as a mail may still be on its way."""
    with transaction():
        tallies.recount(back)
