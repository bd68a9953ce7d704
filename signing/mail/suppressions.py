"""Addresses that do not want to be written to, known by their house digest alone.

Nothing of it is looked up while a visitor waits: the worker asks before it sends.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select

from signing.core import clock
from signing.core.db import db, insert
from signing.core.ids import HOUSE
from signing.core.keystore import Forgotten
from signing.core.vault import vault
from signing.mail.models import Suppression


class Reason(StrEnum):
    NOT_ME = "not_me"  # the button under a mail: never again
    UNSUBSCRIBED = "unsubscribed"  # no more about this letter
    COMPLAINT = "complaint"  # the mail provider says that the mail was unwanted
    RESTORED = "restored"  # put back after a restore; the reason is not known any more


def suppress(house_digest: bytes, *, reason: str, scope: UUID = HOUSE) -> None:
    """No mail goes to this address any more, about one letter or at all; twice is once.

    Noted in the key store first, so that no restored backup has us write again. A letter's scope
    is noted for that letter.
    """
    vault.store.note_forgotten(scope, UUID(bytes=house_digest), Forgotten.SUPPRESSED)
    db.session.execute(
        insert(Suppression)
        .values(house_digest=house_digest, scope=scope, reason=reason, at=clock.now())
        .on_conflict_do_nothing()
    )


def put_back(house_digest: bytes, *, scope: UUID, at: datetime) -> bool:
    """After a restore: the key store noted it at that time; returns whether it was missing."""
    missing = (
        insert(Suppression)
        .values(house_digest=house_digest, scope=scope, reason=Reason.RESTORED, at=at)
        .on_conflict_do_nothing()
        .returning(Suppression.scope)
    )
    return db.session.execute(missing).first() is not None


def lift(house_digest: bytes) -> None:
    """The address may be written to again, about every letter."""
    scopes = db.session.scalars(
        delete(Suppression)
        .where(Suppression.house_digest == house_digest)
        .returning(Suppression.scope)
    )
    for scope in scopes.all():
        vault.store.note_remembered(scope, UUID(bytes=house_digest), Forgotten.SUPPRESSED)


def list_suppressed(house_digests: Collection[bytes]) -> set[tuple[bytes, UUID]]:
    """Which of these are suppressed, each with its scope: a letter, or the whole house."""
    found = select(Suppression.house_digest, Suppression.scope).where(
        Suppression.house_digest.in_(house_digests)
    )
    return {(digest, scope) for digest, scope in db.session.execute(found)}
