"""What is switched on and off for a letter, each written down."""

from __future__ import annotations

from signing.audit import Actor, Verb, log
from signing.letters.models import Letter, ProofOfWork


def switch_reminders(letter: Letter, *, is_on: bool, by: Actor) -> None:
    """Whoever signed and does not answer is asked once more by mail afterwards, or is not."""
    letter.takes_reminders = is_on
    details = {"on": is_on}
    log.record(
        Verb.REMINDERS_SWITCHED, by=by, subject=letter.slug, letter_id=letter.id, details=details
    )


def set_work(letter: Letter, work: ProofOfWork, *, by: Actor) -> None:
    """Whoever signs proves work afterwards: always, never, or while the letter is in a rush."""
    letter.work = work
    details = {"work": work.value}
    log.record(
        Verb.LETTER_WORK_SET, by=by, subject=letter.slug, letter_id=letter.id, details=details
    )
