"""Taking back once more what people took back, on a database that was restored from a backup.

The key store was not: it remembers. All of it may be done again; what is so already stays so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_, update

from signing.core.db import PLAIN, count_rows, db
from signing.core.keystore import Forgotten, TakenBack
from signing.core.vault import Unreadable
from signing.letters.models import ConsentPurpose
from signing.mail import suppressions
from signing.signatures import actions, kept, person, retention, staff_actions
from signing.signatures.models import Consent, Kept, Show, Signature, State

BATCH = 500

Key = tuple[UUID, UUID]


def replay(taken: Sequence[TakenBack]) -> Counter[Forgotten]:
    """All of these are taken back afterwards; returns how many were not."""
    there = _list_there({(one.letter_id, one.signature_id) for one in taken})
    replayed: Counter[Forgotten] = Counter()
    for one in taken:
        replayed[one.what] += _replay(one, there)
    return +replayed


def _list_there(keys: set[Key]) -> dict[Key, Signature]:
    rows = db.session.scalars(
        select(Signature)
        .where(tuple_(Signature.letter_id, Signature.id).in_(keys))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.letter_id, row.id): row for row in rows}


def _replay(one: TakenBack, there: dict[Key, Signature]) -> bool:
    key = (one.letter_id, one.signature_id)
    if one.what is Forgotten.SUPPRESSED:
        return suppressions.put_back(one.signature_id.bytes, scope=one.letter_id, at=one.at)
    if key not in there:
        return False
    if one.what is Forgotten.WITHDRAWN:
        db.session.expunge(there.pop(key))
        return actions.remove(*key)
    if one.what in _BY_STAFF:
        return _BY_STAFF[one.what](there[key])
    if one.what is Forgotten.HIDDEN:
        return _hide(there[key], one.at)
    return _stop_mail(key, _purpose(one.what), one.at)


def _put_out_of_sight(signature: Signature) -> bool:
    """What staff had hidden is hidden again, or will be once it is confirmed; its signer was told
    then.
    """
    kept.keep(signature, Kept.HIDE)
    is_hidden = signature.hidden_by_staff_at is not None
    if is_hidden or signature.state == State.PENDING:
        return False
    staff_actions.put_out_of_sight(signature)  # also where its signer hides it: they may show it
    return True


def _take_out(signature: Signature) -> bool:
    kept.keep(signature, Kept.SET_ASIDE)
    is_counted = signature.state == State.CONFIRMED
    if is_counted:
        staff_actions.take_out(signature)
    return is_counted


_BY_STAFF = {Forgotten.STAFF_HIDDEN: _put_out_of_sight, Forgotten.SET_ASIDE: _take_out}


def _hide(signature: Signature, at: datetime) -> bool:
    """Unless the form was sent again since, with a choice of its own."""
    if signature.created_at > at or not _shows(signature):
        return False
    try:
        actions.hide(signature)
    except Unreadable:
        retention.hide_name(signature)
    return True


def _shows(signature: Signature) -> bool:
    """Whether the name stands on the page, or would once the signature is confirmed."""
    try:
        return signature.public_name is not None or person.of(signature).show is not Show.NO
    except Unreadable:
        return False


def _purpose(stopped: Forgotten) -> ConsentPurpose:
    return next(purpose for purpose, what in actions.STOPPED.items() if what is stopped)


def _stop_mail(key: Key, purpose: ConsentPurpose, at: datetime) -> bool:
    """Unless the consent was given since."""
    letter_id, signature_id = key
    stopped = (
        update(Consent)
        .where(Consent.letter_id == letter_id, Consent.signature_id == signature_id)
        .where(Consent.purpose == purpose, Consent.withdrawn_at.is_(None), Consent.given_at <= at)
        .values(withdrawn_at=at)
    )
    return bool(count_rows(db.session.execute(stopped, execution_options=PLAIN)))
