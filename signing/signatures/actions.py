"""What can be done to a signature. Nothing here commits: the door draws the transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, delete, update

from signing.core import clock
from signing.core.db import PLAIN, count_rows, db, dialect
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import Refusal
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.counts.actions import Counted, note
from signing.letters.models import ConsentPurpose, Letter
from signing.mail import outbox
from signing.mail.kinds import Kind
from signing.partners.models import What
from signing.signatures import (
    consenting,
    credit,
    names,
    person,
    queries,
    screening,
    statements,
    telling,
)
from signing.signatures.address import normalised
from signing.signatures.declaration import Declaration
from signing.signatures.models import Consent, Show, Signature, State
from signing.signatures.person import Person

COUNTED = (Signature.locale, Signature.country, Signature.entry, Signature.partner_id)
STOPPED = {
    ConsentPurpose.NEWS: Forgotten.NO_NEWS,
    ConsentPurpose.NEWSLETTER: Forgotten.NO_NEWSLETTER,
    ConsentPurpose.FOLLOW_UP: Forgotten.NO_FOLLOW_UP,
    ConsentPurpose.PARTNER: Forgotten.NO_PARTNER,
}


class LetterClosed(Refusal):
    status = 410
    message = _l("This letter no longer takes signatures.")


class NotYetOpen(Refusal):
    status = 410
    message = _l("This letter does not take signatures yet.")


class OlderRevision(Refusal):
    """The form was sent again since this page was shown: it confirms nothing."""

    status = 409
    message = _l("What you signed was changed meanwhile. Please look at it once more.")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What an inbox has answered for, and where its signer belongs.

    `is_decided`: staff have decided about this address before, and that stands.
    """

    letter: Letter
    locale: str
    is_decided: bool = False


def sign(letter: Letter, declaration: Declaration) -> None:
    """Note the declaration, and ask its inbox whether it was meant.

    The visitor gets the same answer whoever has signed before, by the same statements, so that
    the form cannot be used to find out who did. A confirmed signature is not changed.
    """
    check_open(letter)
    signature_id, state = _add_or_renew(letter.id, declaration)
    consenting.replace_all(letter.id, signature_id, declaration)
    _ask_inbox(letter.id, signature_id, State(state), declaration.locale, declaration.partner_id)


def resend(letter: Letter, address: str, locale: str) -> None:
    """Send the mail about this address once more, if one is due; the same answer either way."""
    check_open(letter)
    digest = vault.digest(letter.id, normalised(address))
    found = queries.find_state(letter.id, digest, to_change=True)
    if found:
        _ask_inbox(letter.id, found.id, found.state, locale)


def check_open(letter: Letter) -> None:
    at = clock.now()
    if not letter.takes_signatures(at):
        is_early = letter.opens_at is not None and at < letter.opens_at
        raise NotYetOpen if is_early else LetterClosed


def _ask_inbox(
    letter_id: UUID, signature_id: UUID, state: State, locale: str, partner_id: UUID | None = None
) -> None:
    kind = Kind.CONFIRM_SIGNATURE if state is State.PENDING else Kind.ALREADY_SIGNED
    outbox.put(kind, to=outbox.To(letter_id, signature_id), locale=locale, partner_id=partner_id)


def _add_or_renew(letter_id: UUID, declaration: Declaration) -> tuple[UUID, str]:
    digest = vault.digest(letter_id, normalised(declaration.person.email))
    comment = declaration.person.comment
    at = clock.now()
    row = {
        "letter_id": letter_id,
        "id": new_id(),
        "address_digest": digest,
        "state": State.PENDING,
        "revision": 1,
        "link_version": 1,
        "sealed": person.seal(letter_id, digest, declaration.person),
        "country": declaration.country,
        "locale": declaration.locale,
        "entry": declaration.entry,
        "partner_id": declaration.partner_id,
        "comment_digest": vault.digest(letter_id, comment) if comment else None,
        "reasons": list(declaration.reasons),
        "is_flagged": bool(declaration.reasons),
        "created_at": at,
        "asked_at": at,
    }
    id_, state = db.session.execute(statements.add_or_renew(dialect()), row).one()
    return id_, state


def confirm(
    ref: SignatureRef,
    *,
    revision: int,
    grace: timedelta,
    without: Collection[ConsentPurpose] = (),
) -> Confirmed:
    """The signature counts afterwards, once, however often this is called; unless staff have set
    aside what this address signed before. Doors go through `moderation.confirming`.

    `revision` is the one that the page with the button showed. Raises `OlderRevision`,
    `LetterClosed`, or what `queries.get` raises.
    """
    signature, letter = queries.get(ref)
    if signature.state == State.CONFIRMED:
        return Confirmed(letter, signature.locale)
    at = clock.now()
    if not letter.takes_confirmation(signature.created_at, at, grace):
        raise LetterClosed
    who = person.of(signature)
    shown = {
        "letter": ref.letter_id,
        "signature": ref.signature_id,
        "shown_revision": revision if revision == signature.revision else None,
        "at": at,
        "shown_name": names.public(who.name, who.show),
        "signed_in": signature.locale,
        "default_locale": letter.default_locale,
    }
    taken = db.session.execute(statements.CONFIRM, shown).one_or_none()
    if taken is None:
        return _not_taken(ref)
    consenting.drop(ref, without)
    is_aside = taken.state == State.SET_ASIDE
    if not is_aside:
        _count(ref, taken)
    return Confirmed(letter, signature.locale, is_aside or taken.hidden_by_staff_at is not None)


def _count(ref: SignatureRef, taken: Row[Any]) -> None:
    """What was just confirmed counts, and whoever may know of it is told."""
    if taken.partner_id is not None:  # else nobody asked for a newsletter of their own
        telling.tell(ref.letter_id, ref.signature_id, What.CONFIRMED)
    kind = Counted(taken.locale, taken.country, taken.entry, taken.partner_id)
    note(ref.letter_id, kind, delta=1, shown_delta=int(taken.public_name is not None))


def _not_taken(ref: SignatureRef) -> Confirmed:
    """Somebody was quicker: either the same button, or another sending of the form."""
    signature, letter = queries.get(ref)
    if signature.state == State.CONFIRMED:
        return Confirmed(letter, signature.locale)
    raise OlderRevision


def correct_name(ref: SignatureRef, name: str) -> None:
    """The signature carries this name afterwards, on the public page too if it is shown there.

    The new name is looked at as that of a form is. Doors count with `correcting.knock` before.
    """
    signature, _letter = queries.get(ref, to_change=True)
    who = person.of(signature)
    found = screening.reasons_in(name) if name != who.name else ()
    if found:
        signature.reasons = [*dict.fromkeys([*signature.reasons, *found])]
        signature.is_flagged = True
    rewrite(signature, replace(who, name=name))
    telling.tell_corrected(signature)


def show_name(ref: SignatureRef, show: Show, wording_id: UUID) -> None:
    """The name is shown as chosen afterwards; the choice to show rests on `wording_id`."""
    signature, _letter = queries.get(ref, to_change=True)
    if show is Show.NO:
        vault.store.note_forgotten(ref.letter_id, ref.signature_id, Forgotten.HIDDEN)
        hide(signature)
    else:
        vault.store.note_remembered(ref.letter_id, ref.signature_id, Forgotten.HIDDEN)
        consenting.give(ref, ConsentPurpose.SHOW_NAME, wording_id)
        rewrite(signature, replace(person.of(signature), show=show))


def hide(signature: Signature) -> None:
    """The name is on no page afterwards, and nothing allows it to be; raises `Unreadable`."""
    who = replace(person.of(signature), show=Show.NO)
    ref = SignatureRef(signature.letter_id, signature.id)
    consenting.drop(ref, [ConsentPurpose.SHOW_NAME])
    rewrite(signature, who)


def stop_mail(ref: SignatureRef, purpose: ConsentPurpose) -> bool:
    """Take back one consent to be mailed; the signature stays. Returns whether there was one."""
    vault.store.note_forgotten(ref.letter_id, ref.signature_id, STOPPED[purpose])
    stopped = (
        update(Consent)
        .where(Consent.letter_id == ref.letter_id, Consent.signature_id == ref.signature_id)
        .where(Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    has_stopped = bool(count_rows(db.session.execute(stopped)))
    if has_stopped and purpose is ConsentPurpose.PARTNER:
        telling.tell_end(ref.letter_id, [ref.signature_id], What.UNSUBSCRIBED)
    return has_stopped


def rewrite(signature: Signature, who: Person) -> None:
    """Seal the person anew; where the signature counts, the public name and its count follow.

    A name that staff have hidden stays hidden, whatever its signer makes of it.
    """
    may_show = signature.state == State.CONFIRMED and signature.hidden_by_staff_at is None
    public_name = names.public(who.name, who.show) if may_show else None
    was_shown, is_shown = signature.public_name is not None, public_name is not None
    signature.sealed = person.seal(signature.letter_id, signature.address_digest, who)
    signature.public_name = public_name
    signature.revision += 1
    if was_shown != is_shown:
        note(signature.letter_id, counted(signature), delta=0, shown_delta=is_shown - was_shown)
    db.session.flush()


def counted(signature: Signature) -> Counted:
    return Counted(signature.locale, signature.country, signature.entry, signature.partner_id)


def withdraw(ref: SignatureRef) -> Letter:
    """Signature, consents and mails are gone afterwards; a confirmed one counts no more.

    Signing again later makes a new row.
    """
    _signature, letter = queries.get(ref)
    vault.store.note_forgotten(ref.letter_id, ref.signature_id, Forgotten.WITHDRAWN)
    remove(ref.letter_id, ref.signature_id)
    return letter


def remove(letter_id: UUID, signature_id: UUID) -> bool:
    """What `withdraw` does, without noting it; returns whether there was a signature."""
    credit.take_back(letter_id, signature_id)
    gone = db.session.execute(
        delete(Signature)
        .where(Signature.letter_id == letter_id, Signature.id == signature_id)
        .returning(Signature.state, Signature.public_name, *COUNTED),
        execution_options=PLAIN,
    ).one_or_none()
    outbox.drop_for(letter_id, signature_id)
    telling.tell_end(letter_id, [signature_id], What.WITHDRAWN)
    if gone is not None and gone.state == State.CONFIRMED:
        kind = Counted(gone.locale, gone.country, gone.entry, gone.partner_id)
        note(letter_id, kind, delta=-1, shown_delta=-int(gone.public_name is not None))
    return gone is not None
