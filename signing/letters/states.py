"""From draft to archive, and the ways back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from signing.audit import Actor, Verb, log
from signing.audit import queries as audit
from signing.core import clock
from signing.core.db import db
from signing.core.refusals import Refusal
from signing.letters import publishing
from signing.letters.models import Letter, State, Translation, TranslationState


class NotReadyToOpen(Refusal):
    """The letter lacks what the law wants named, or a text; `lacking` lists it."""

    status = 422

    def __init__(self, lacking: list[str]) -> None:
        super().__init__()
        self.lacking = lacking

    def __str__(self) -> str:
        return f"The letter cannot be opened. It lacks: {', '.join(self.lacking)}."


class LetterOver(Refusal):
    """Delivered or archived: there is no way back to collecting signatures."""

    status = 409

    def __str__(self) -> str:
        return "The letter is over: it was delivered, or its signers' data was erased."


class OtherState(Refusal):
    """Somebody else was quicker, or the page was old."""

    status = 409
    message = _l("The letter is in another state by now. Look at the page anew.")


class DateUnusable(Refusal):
    status = 422
    message = _l("Choose a day after the letter closed, not in the future and not too long ago.")


def list_lacking(letter: Letter) -> list[str]:
    """What must be there before anybody may sign; and before that, the text."""
    lacking = [name for name in ("controller", "contact", "to") if not getattr(letter, name)]
    original = db.session.get(Translation, (letter.id, letter.default_locale))
    if original is None or original.state != TranslationState.PUBLISHED:
        lacking.append("text")
    return lacking


def open_(letter: Letter, *, names_until: date, by: Actor, at_once: bool = False) -> None:
    """Everybody can read the letter, and sign it from `opens_at` on; `at_once`: from now on."""
    _check_ready(letter)
    if letter.state in {State.DELIVERED, State.ARCHIVED}:
        raise LetterOver
    now = clock.now()
    if at_once and letter.opens_later(now):
        letter.opens_at = None
    elif letter.state == State.OPEN:
        return
    letter.state = State.OPEN
    if letter.closes_at is not None and letter.closes_at <= now:
        letter.closes_at = None  # reopened, until somebody names another end
    letter.names_until = letter.names_until or names_until
    _note(Verb.LETTER_OPENED, letter, by=by)


def _check_ready(letter: Letter) -> None:
    if lacking := list_lacking(letter):
        raise NotReadyToOpen(lacking)


def close(letter: Letter, *, by: Actor) -> None:
    """The letter takes no more signatures; those made until now can still be confirmed."""
    if letter.is_closed:
        return
    _check_ready(letter)
    at = clock.now()
    letter.state = State.CLOSED
    letter.closes_at = min(letter.closes_at or at, at)
    _note(Verb.LETTER_CLOSED, letter, by=by)


def deliver(letter: Letter, at: datetime, *, to: str, earliest: datetime, by: Actor) -> None:
    """It was handed over then, and says so; the time after which its signers' data goes runs.

    From closed; or again, to correct the day. `earliest`: for what is older that time is over.
    """
    if letter.state not in {State.CLOSED, State.DELIVERED}:
        raise OtherState
    closed_on = letter.local(letter.closes_at).date() if letter.closes_at else date.min
    if not earliest < at <= clock.now() or letter.local(at).date() < closed_on:
        raise DateUnusable
    letter.state, letter.delivered_at, letter.delivered_to = State.DELIVERED, at, to
    _note(Verb.LETTER_DELIVERED, letter, by=by, at=at.isoformat())


def take_delivery_back(letter: Letter, *, by: Actor) -> None:
    """It was not handed over after all: the letter is closed as before."""
    if letter.state != State.DELIVERED:
        raise OtherState
    letter.state, letter.delivered_at, letter.delivered_to = State.CLOSED, None, ""
    _note(Verb.LETTER_DELIVERY_TAKEN_BACK, letter, by=by)


def archive(letter: Letter, *, by: Actor) -> None:
    """Nothing about it is to come: text and number stay, nobody can confirm any more.

    Its signers' data goes when its time is over, as it would have without.
    """
    if letter.state not in {State.CLOSED, State.DELIVERED}:
        raise OtherState
    letter.state = State.ARCHIVED
    _note(Verb.LETTER_ARCHIVED, letter, by=by)


def take_out(letter: Letter, *, by: Actor) -> None:
    """Back from the archive to what it was, unless its signers' data was erased."""
    if letter.state != State.ARCHIVED:
        raise OtherState
    if is_erased(letter):
        raise LetterOver
    letter.state = State.DELIVERED if letter.delivered_at else State.CLOSED
    _note(Verb.LETTER_TAKEN_OUT, letter, by=by)


def is_erased(letter: Letter) -> bool:
    """Whether its key is destroyed, if only lately."""
    return letter.erased_at is not None or audit.has_happened(letter.id, Verb.LETTER_ERASED)


def _note(verb: Verb, letter: Letter, *, by: Actor, **details: Any) -> None:
    log.record(verb, by=by, subject=letter.slug, letter_id=letter.id, details=details)
    publishing.publish_wordings(letter)
