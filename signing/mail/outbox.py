"""The transactional outbox: a mail is put with what causes it, and claimed under a lease.

A worker that dies gives its mails back when the lease ends. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Insert,
    LargeBinary,
    String,
    Table,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from signing.core import clock
from signing.core.db import Moment, count_rows, db, dialect, insert_for
from signing.core.ids import new_id
from signing.core.vault import Place, vault
from signing.mail.kinds import Kind, Recipient
from signing.mail.models import MailState, OutgoingMail

# One address is mailed at most this often about one signature, whatever the form does.
PAUSE = timedelta(minutes=5)
A_DAY = timedelta(days=1)
MOST_A_DAY = 4

# Longer than the SMTP time-out of a whole batch would be unkind; shorter would send twice.
LEASE = timedelta(minutes=10)
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 720, 1440, 1440))


@dataclass(frozen=True, slots=True)
class To:
    """Whom a mail is for: a row that holds the address, or the `address` itself."""

    letter_id: UUID
    id: UUID
    kind: Recipient = Recipient.SIGNATURE
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail in a worker's hands until the lease ends."""

    letter_id: UUID
    id: UUID
    kind: Kind
    recipient_id: UUID
    locale: str
    created_at: datetime
    attempts: int
    lease_id: UUID
    leased_until: datetime
    sealed_to: bytes | None = None

    @property
    def address(self) -> str:
        """Where no row holds it; raises `vault.Unreadable` where nothing is sealed."""
        return vault.open(place(self.letter_id, self.id), self.sealed_to or b"").decode()


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a mail to one recipient; settled ones are forgotten after a while."""

    id: UUID
    kind: Kind
    state: MailState
    put_at: datetime
    sent_at: datetime | None


def put(kind: Kind, *, to: To, locale: str) -> None:
    """Have the mail sent once this transaction is durable, unless the recipient had enough.

    Enough is one in five minutes, four a day. The same mail that waits already, because a server
    was away, is due at once instead. One statement, whether a row comes of it or not.
    """
    at = clock.now()
    id_ = new_id()
    db.session.execute(
        _put(dialect()),
        {
            "letter": to.letter_id,
            "new": id_,
            "kind": kind.value,
            "recipient_kind": to.kind.value,
            "recipient": to.id,
            "sealed_to": _seal(to, id_) if to.address else None,
            "locale": locale,
            "at": at,
            "a_pause_ago": at - PAUSE,
            "a_day_ago": at - A_DAY,
        },
    )


def _seal(to: To, id_: UUID) -> bytes:
    return vault.seal(place(to.letter_id, id_), to.address.encode())


def place(letter_id: UUID, id_: UUID) -> Place:
    """Where the address of a mail is sealed, if no other row holds it."""
    return Place("outgoing_mail", letter_id, id_.bytes)


@cache
def _put(dialect_name: str) -> Insert:
    """Built once: it is run with every form that somebody sends."""
    mine = and_(
        OutgoingMail.letter_id == bindparam("letter"),
        OutgoingMail.recipient_id == bindparam("recipient"),
    )
    lately = (
        select(OutgoingMail.id)
        .where(mine, OutgoingMail.created_at > bindparam("a_pause_ago"))
        .exists()
    )
    today = (
        select(func.count())
        .select_from(OutgoingMail)
        .where(mine, OutgoingMail.created_at > bindparam("a_day_ago"))
        .scalar_subquery()
    )
    values: dict[str, ColumnElement[Any]] = {
        "letter_id": bindparam("letter", type_=Uuid()),
        "id": bindparam("new", type_=Uuid()),
        "kind": bindparam("kind", type_=String()),
        "recipient_kind": bindparam("recipient_kind", type_=String()),
        "recipient_id": bindparam("recipient", type_=Uuid()),
        "sealed_to": bindparam("sealed_to", type_=LargeBinary()),
        "locale": bindparam("locale", type_=String()),
        "created_at": bindparam("at", type_=Moment()),
        "due_at": bindparam("at", type_=Moment()),
        "attempts": literal_column("0"),
        "state": literal_column(f"'{MailState.WAITING}'"),
    }
    row = select(*values.values()).where(~lately, today < MOST_A_DAY)
    mails = cast(Table, OutgoingMail.__table__)
    is_free = mails.c.leased_until.is_(None) | (mails.c.leased_until <= bindparam("at"))
    put_in = insert_for(dialect_name, mails).from_select(list(values), row, include_defaults=False)
    return put_in.on_conflict_do_update(
        index_elements=["letter_id", "recipient_id", "kind"],
        index_where=mails.c.state == literal_column(f"'{MailState.WAITING}'"),
        set_={"due_at": put_in.excluded.due_at},
        where=is_free,
    )


def claim(limit: int) -> list[Claimed]:
    """Take up to `limit` due mails under a lease; no two workers get the same one."""
    at = clock.now()
    lease_id, until = new_id(), at + LEASE
    due = (
        select(OutgoingMail.letter_id, OutgoingMail.id)
        .where(OutgoingMail.state == MailState.WAITING, OutgoingMail.due_at <= at)
        .where(or_(OutgoingMail.leased_until.is_(None), OutgoingMail.leased_until <= at))
        .order_by(OutgoingMail.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).cte("due")
    taken = db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.letter_id == due.c.letter_id, OutgoingMail.id == due.c.id)
        .values(lease_id=lease_id, leased_until=until, attempts=OutgoingMail.attempts + 1)
        .returning(
            OutgoingMail.letter_id,
            OutgoingMail.id,
            OutgoingMail.kind,
            OutgoingMail.recipient_id,
            OutgoingMail.locale,
            OutgoingMail.created_at,
            OutgoingMail.attempts,
            OutgoingMail.sealed_to,
        )
        .execution_options(synchronize_session=False)
    )
    return [
        Claimed(
            letter_id, id_, Kind(kind), recipient, locale, created, attempts, lease_id, until, to
        )
        for letter_id, id_, kind, recipient, locale, created, attempts, to in taken
    ]


def settle_sent(mail: Claimed) -> None:
    _settle(mail, state=MailState.SENT, sent_at=clock.now(), sealed_to=None, last_error=None)


def settle_dropped(mail: Claimed) -> None:
    """Nobody is left to write to, or whoever is there wants no mail, or has had enough."""
    _settle(mail, state=MailState.DROPPED, sealed_to=None, last_error=None)


def settle_failed(mail: Claimed, error: str, *, permanent: bool) -> None:
    """Try again after a growing pause, or give up: refused for good, or failed too often."""
    if permanent or mail.attempts > len(PAUSES):
        _settle(mail, state=MailState.DEAD, sealed_to=None, last_error=error)
    else:
        due_at = clock.now() + PAUSES[mail.attempts - 1]
        _settle(mail, due_at=due_at, last_error=error, lease_id=None, leased_until=None)


def give_back(mails: Sequence[Claimed]) -> None:
    """Let others have mails that were claimed and not tried."""
    for mail in mails:
        _settle(mail, lease_id=None, leased_until=None, attempts=mail.attempts - 1)


def _settle(mail: Claimed, **values: object) -> None:
    """Only the holder of the lease settles; whoever lost it lost the say as well."""
    db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.letter_id == mail.letter_id, OutgoingMail.id == mail.id)
        .where(OutgoingMail.lease_id == mail.lease_id, OutgoingMail.state == MailState.WAITING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def drop_for(letter_id: UUID, recipient_id: UUID) -> None:
    """Forget every mail about this recipient: the person is gone."""
    db.session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.letter_id == letter_id, OutgoingMail.recipient_id == recipient_id
        )
    )


def list_for(letter_id: UUID, recipient_id: UUID) -> list[Sent]:
    """The mails about this recipient, the oldest first."""
    columns = (
        OutgoingMail.id,
        OutgoingMail.kind,
        OutgoingMail.state,
        OutgoingMail.created_at,
        OutgoingMail.sent_at,
    )
    rows = db.session.execute(
        select(*columns)
        .where(OutgoingMail.letter_id == letter_id, OutgoingMail.recipient_id == recipient_id)
        .order_by(OutgoingMail.created_at)
    )
    return [
        Sent(id_, Kind(kind), MailState(state), put_at, sent_at)
        for id_, kind, state, put_at, sent_at in rows
    ]


def delete_settled(before: datetime, *, limit: int = 1000) -> int:
    """Delete what was settled and is older than `before`; returns how many."""
    is_old = (OutgoingMail.state != MailState.WAITING) & (OutgoingMail.created_at < before)
    key = tuple_(OutgoingMail.letter_id, OutgoingMail.id)
    old = select(OutgoingMail.letter_id, OutgoingMail.id).where(is_old).limit(limit)
    gone = delete(OutgoingMail).where(key.in_(old), is_old)
    return count_rows(db.session.execute(gone))


def count_by_state() -> dict[MailState, int]:
    counted = select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
    return {MailState(state): n for state, n in db.session.execute(counted)}


def list_dead(limit: int = 10) -> list[tuple[UUID, str, str | None]]:
    """Ids, kinds and last errors of mails that were given up, newest first."""
    dead = select(OutgoingMail.id, OutgoingMail.kind, OutgoingMail.last_error)
    newest = dead.where(OutgoingMail.state == MailState.DEAD).order_by(OutgoingMail.id.desc())
    return [*db.session.execute(newest.limit(limit))]
