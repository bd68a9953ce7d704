"""What staff can do to a signature, each written down. Nothing here commits.

There is no verb that confirms: only an inbox does. And none that shows a name whose signer does
not show it. Each deed waits for others who change the same row, and refuses what is done already.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db
from signing.core.keystore import Forgotten
from signing.core.refusals import Refusal
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.counts.actions import note
from signing.letters import queries as letters
from signing.mail import outbox
from signing.mail.kinds import OWED, Kind
from signing.partners.models import What
from signing.signatures import actions, credit, kept, names, person, telling
from signing.signatures.models import Kept, Signature, State
from signing.signatures.queries import SignatureGone


class AlreadyDone(Refusal):
    """Somebody else was quicker, or the page is an old one."""

    status = 409
    message = _l("This has been dealt with meanwhile. Nothing was changed.")


class NameNotShown(Refusal):
    status = 409
    message = _l("This name is not shown, so there is nothing to hide.")


def get(letter_id: UUID, signature_id: UUID, *, to_change: bool = False) -> Signature:
    """The row as it is now; `to_change` has others wait. Raises `SignatureGone`."""
    wanted = select(Signature).where(Signature.letter_id == letter_id, Signature.id == signature_id)
    found = db.session.scalars(
        wanted.with_for_update() if to_change else wanted,
        execution_options={"populate_existing": True},
    ).one_or_none()
    if found is None:
        raise SignatureGone
    return found


def _take(ref: SignatureRef, *states: State) -> Signature:
    """The row, ours until the transaction ends, if it is in one of these states."""
    signature = get(ref.letter_id, ref.signature_id, to_change=True)
    if signature.state not in states:
        raise AlreadyDone
    return signature


def hide_name(ref: SignatureRef, *, reason: str, by: Actor) -> Signature:
    """The name is on no page afterwards; the signature counts on, and its signer's wish stays."""
    signature = _take(ref, State.CONFIRMED)
    if signature.hidden_by_staff_at is not None:
        raise AlreadyDone
    if signature.public_name is None:
        raise NameNotShown
    vault.store.note_forgotten(ref.letter_id, ref.signature_id, Forgotten.STAFF_HIDDEN)
    put_out_of_sight(signature)
    _record(Verb.NAME_HIDDEN, ref, by, reason)
    return signature


def put_out_of_sight(signature: Signature) -> None:
    """What `hide_name` does to the row and the count, without noting it."""
    signature.hidden_by_staff_at = clock.now()
    signature.is_flagged = False
    _set_public_name(signature, None)


def show_name(ref: SignatureRef, *, by: Actor) -> Signature:
    """Staff hide it no more: it is shown again, unless its signer does not want that."""
    signature = _take(ref, State.CONFIRMED)
    if signature.hidden_by_staff_at is None:
        raise AlreadyDone
    vault.store.note_remembered(ref.letter_id, ref.signature_id, Forgotten.STAFF_HIDDEN)
    kept.end(signature, Kept.HIDE)
    signature.is_flagged = False
    _put_in_sight(signature)
    _record(Verb.NAME_SHOWN, ref, by)
    return signature


def _put_in_sight(signature: Signature) -> None:
    signature.hidden_by_staff_at = None
    if signature.state == State.CONFIRMED:
        _set_public_name(signature, _chosen_name(signature))


def wants_name_shown(signature: Signature) -> bool:
    return _chosen_name(signature) is not None


def let_stand(signature: Signature, standing: Collection[Kept]) -> None:
    """Of what confirming did to the row because it was decided, only these stand afterwards."""
    if signature.state == State.SET_ASIDE and Kept.SET_ASIDE not in standing:
        _put_back(signature)
    if signature.hidden_by_staff_at is not None and Kept.HIDE not in standing:
        signature.is_flagged = bool(signature.reasons)
        _put_in_sight(signature)
    db.session.flush()


def _chosen_name(signature: Signature) -> str | None:
    who = person.of(signature)
    return names.public(who.name, who.show)


def _set_public_name(signature: Signature, name: str | None) -> None:
    shown_delta = (name is not None) - (signature.public_name is not None)
    signature.public_name = name
    if shown_delta:
        note(signature.letter_id, actions.counted(signature), delta=0, shown_delta=shown_delta)
    db.session.flush()


def set_aside(ref: SignatureRef, *, reason: str, by: Actor) -> Signature:
    """The signature counts no more and shows no name, until it is restored."""
    signature = _take(ref, State.CONFIRMED)
    vault.store.note_forgotten(ref.letter_id, ref.signature_id, Forgotten.SET_ASIDE)
    take_out(signature)
    _record(Verb.SIGNATURE_SET_ASIDE, ref, by, reason)
    return signature


def take_out(signature: Signature) -> None:
    """What `set_aside` does to the row and the count, without noting it."""
    was_shown = signature.public_name is not None
    signature.state = State.SET_ASIDE
    signature.public_name = None
    signature.is_flagged = False
    note(signature.letter_id, actions.counted(signature), delta=-1, shown_delta=-int(was_shown))
    credit.recount(signature.letter_id, signature.id, -1)
    telling.tell_end(signature.letter_id, [signature.id], What.WITHDRAWN)
    db.session.flush()


def restore(ref: SignatureRef, *, by: Actor) -> Signature:
    """What was set aside counts again, and shows the name if its signer and staff both let it."""
    signature = _take(ref, State.SET_ASIDE)
    vault.store.note_remembered(ref.letter_id, ref.signature_id, Forgotten.SET_ASIDE)
    kept.end(signature, Kept.SET_ASIDE)
    _put_back(signature)
    _record(Verb.SIGNATURE_RESTORED, ref, by)
    return signature


def _put_back(signature: Signature) -> None:
    is_hidden = signature.hidden_by_staff_at is not None
    signature.state = State.CONFIRMED
    signature.public_name = None if is_hidden else _chosen_name(signature)
    is_shown = signature.public_name is not None
    note(signature.letter_id, actions.counted(signature), delta=1, shown_delta=int(is_shown))
    credit.recount(signature.letter_id, signature.id, 1)
    telling.tell(signature.letter_id, signature.id, What.CONFIRMED)
    db.session.flush()


def keep(ref: SignatureRef, *, by: Actor) -> Signature:
    """Somebody has looked at it and lets it be; what was noticed stays noted."""
    signature = get(ref.letter_id, ref.signature_id, to_change=True)
    if not signature.is_flagged:
        raise AlreadyDone
    signature.is_flagged = False
    db.session.flush()
    _record(Verb.SIGNATURE_KEPT, ref, by)
    return signature


def correct(
    ref: SignatureRef, *, name: str, city: str, revision: int, reason: str, by: Actor
) -> None:
    """Name and town are these afterwards, as their signer asked; a mail tells the signer so.

    `revision` is the one that the page showed. The audit log says which were changed, not how.
    """
    signature = get(ref.letter_id, ref.signature_id, to_change=True)
    if signature.revision != revision:
        raise AlreadyDone
    before = person.of(signature)
    after = replace(before, name=name, city=city)
    changed = [one for one in ("name", "city") if getattr(before, one) != getattr(after, one)]
    if not changed:
        return
    actions.rewrite(signature, after)
    telling.tell_corrected(signature)
    _record(Verb.SIGNATURE_CORRECTED, ref, by, reason, changed=changed)
    if signature.state != State.PENDING:
        mail(Kind.CORRECTED, signature)


def resend(ref: SignatureRef, *, by: Actor) -> None:
    """Put the question once more while it is open, else a fresh link; limits are as for the form.

    Nobody can answer it but the inbox.
    """
    signature = get(ref.letter_id, ref.signature_id, to_change=True)
    is_open = signature.state == State.PENDING
    if is_open:
        actions.check_open(letters.get(ref.letter_id))
    kind = Kind.CONFIRM_SIGNATURE if is_open else Kind.FRESH_LINK
    outbox.put(kind, to=outbox.To(ref.letter_id, ref.signature_id), locale=signature.locale)
    _record(Verb.SIGNATURE_MAILED, ref, by)


def withdraw(ref: SignatureRef, *, reason: str, by: Actor) -> None:
    """As if its signer had withdrawn it: row, consents and mails are gone, and it counts no more.

    For people who ask by other ways than their link. It cannot be undone.
    """
    signature = get(ref.letter_id, ref.signature_id, to_change=True)
    actions.withdraw(SignatureRef(ref.letter_id, ref.signature_id, signature.link_version))
    _record(Verb.SIGNATURE_WITHDRAWN, ref, by, reason)


def mail(kind: Kind, signature: Signature) -> None:
    """Tell its signer, in the language it was signed in."""
    to = outbox.To(signature.letter_id, signature.id)
    outbox.put(kind, to=to, locale=signature.locale, is_owed=kind in OWED)


def _record(verb: Verb, ref: SignatureRef, by: Actor, reason: str = "", **details: object) -> None:
    """The subject is the signature's id: it names nobody, and goes with the row."""
    found = {"reason": reason} | details if reason else details
    log.record(verb, by=by, subject=str(ref.signature_id), letter_id=ref.letter_id, details=found)
