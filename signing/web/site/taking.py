"""A sign form from its making to its taking: on the letter's page, or in a partner's frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import current_app

from signing.core.db import transaction
from signing.core.settings import Settings
from signing.letters import wordings
from signing.letters.models import ConsentPurpose, Letter, ProofOfWork, Wording
from signing.programs import newsletters
from signing.signatures import actions, screening
from signing.signatures.models import Entry
from signing.signatures.screening import Reason, Seen, Work
from signing.web import visitor
from signing.web.site import mailable, proof_of_work, stamps, typed_address
from signing.web.site.sign_form import SignForm
from signing.web.speech import spoken
from signing.web.unhurried import unhurried


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail is due, or none: the answer is the same. `sealed` is the address as it was typed."""

    sealed: str


@dataclass(frozen=True, slots=True)
class Owing:
    """The visitor's browser has work to do first, or its owner waits."""

    work: Work
    seen: Seen


@dataclass(frozen=True, slots=True)
class Wrong:
    """The form says what is to correct."""


Outcome = Sent | Owing | Wrong


def prepare(letter: Letter, form: SignForm) -> Mapping[ConsentPurpose, Wording]:
    """The form is ready to be shown, empty or with errors, with these sentences beside it.

    Whoever came by a partner is asked about that partner's newsletter too, if there is one.
    """
    shown = wordings.list_shown(letter, spoken().tag)
    if asked := newsletters.find_shown(letter, form.from_.data or "", spoken().tag):
        shown[ConsentPurpose.PARTNER] = asked
    form.remember_wordings(shown)
    form.stamp.data = stamps.make(letter.id, form.wording.data or "")
    form.offer_countries()
    return shown


def asks_work(letter: Letter) -> bool:
    """Whether browsers better begin to work while their owners still type."""
    return screening.is_under_pressure(letter, calm_a_minute=_settings().calm_a_minute)


def take(letter: Letter, form: SignForm, entry: Entry = Entry.FORM) -> Outcome:
    """The same for new, pending and confirmed addresses; the truth goes by mail."""
    actions.check_open(letter)
    seen = screening.knock(
        letter, form.counted(visitor.networks()), calm_a_minute=_settings().calm_a_minute
    )
    owed = _owed(letter, form, seen)
    if owed is Work.RAISED and not proof_of_work.brings_proof(letter, form, owed):
        return Owing(owed, seen)
    if not form.validate():
        return Wrong()
    if not proof_of_work.brings_proof(letter, form, owed):
        return Owing(owed, seen)
    if not mailable.check(form):
        return Wrong()
    if not proof_of_work.is_paid(letter, form, owed):
        return Owing(owed, seen)
    declaration = form.declaration(letter, spoken().tag, _reasons(form, seen))
    with unhurried(), transaction():
        actions.sign(letter, replace(declaration, entry=entry))
    return Sent(typed_address.seal(letter.id, declaration.person.email))


def _owed(letter: Letter, form: SignForm, seen: Seen) -> Work:
    """A form without a stamp of ours, or filled in by a program, owes work in any case."""
    if letter.work == ProofOfWork.OFF:
        return Work.NONE
    is_ours = stamps.is_good(form.stamp.data or "", letter.id, form.wording.data or "")
    return max(seen.work, Work.NORMAL if form.is_for_programs or not is_ours else Work.NONE)


def _reasons(form: SignForm, seen: Seen) -> tuple[Reason, ...]:
    found = [*seen.reasons]
    if form.is_for_programs:
        found.append(Reason.HONEYPOT)
    if mailable.is_throwaway(form):
        found.append(Reason.THROWAWAY_DOMAIN)
    return tuple(found)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["signing.settings"]
    return settings
