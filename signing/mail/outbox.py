"""The transactional outbox: a mail is put with what causes it, and claimed under a lease.

A worker that dies gives its mails back when the lease ends. Nothing here commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import (
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
from signing.core.db import PLAIN, count_rows, db, dialect
from signing.core.ids import new_id
from signing.core.vault import Place, vault
from signing.mail import figures, statements
from signing.mail.figures import Fate, What
from signing.mail.kinds import Kind, Recipient
from signing.mail.models import MailState, OutgoingMail

# One address is mailed at most this often about one signature, whatever the form does.
PAUSE = timedelta(minutes=5)
A_DAY = timedelta(days=1)
# A confirmation that comes meanwhile waits for so many mails of a broadcast at most.
NEWS_AT_ONCE = 10

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
    broadcast_id: UUID | None = None
    partner_id: UUID | None = None

    def came_to(self, what: What) -> Fate | None:
        """What is to be noted of it, if it is news."""
        is_news = self.kind is Kind.NEWS and self.broadcast_id is not None
        return Fate(self.letter_id, cast(UUID, self.broadcast_id), what) if is_news else None

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


def put(
    kind: Kind, *, to: To, locale: str, is_owed: bool = False, partner_id: UUID | None = None
) -> None:
    """Have the mail sent once this transaction is durable, unless the recipient had enough.

    Enough is one in five minutes, four a day; what is owed (an answer, reasons) goes all the same.
    The same mail that waits already, because a server was away, is due at once instead. One
    statement, whether a row comes of it or not.
    """
    at = clock.now()
    id_ = new_id()
    db.session.execute(
        statements.put(dialect()),
        {
            "letter": to.letter_id,
            "new": id_,
            "kind": kind.value,
            "recipient_kind": to.kind.value,
            "recipient": to.id,
            "sealed_to": _seal(to, id_) if to.address else None,
            "locale": locale,
            "partner": partner_id,
            "at": at,
            "a_pause_ago": at if is_owed else at - PAUSE,
            "a_day_ago": at if is_owed else at - A_DAY,
        },
    )


def _seal(to: To, id_: UUID) -> bytes:
    return vault.seal(place(to.letter_id, id_), to.address.encode())


def place(letter_id: UUID, id_: UUID) -> Place:
    """Where the address of a mail is sealed, if no other row holds it."""
    return Place("outgoing_mail", letter_id, id_.bytes)


def claim(limit: int) -> list[Claimed]:
    """Take up to `limit` due mails under a lease; no two workers get the same one.

    News are taken where nothing else is due, and few at a time: who signs does not wait for them.
    """
    taken = _claim(limit, _NO_NEWS)
    return taken or _claim(min(limit, NEWS_AT_ONCE), _NEWS)


# In the words of the partial indexes: a parameter would keep databases from using them.
_IS_WAITING = OutgoingMail.state == literal_column(f"'{MailState.WAITING}'")
_NEWS = _IS_WAITING & (OutgoingMail.kind == literal_column(f"'{Kind.NEWS}'"))
_NO_NEWS = _IS_WAITING & (OutgoingMail.kind != literal_column(f"'{Kind.NEWS}'"))


def _claim(limit: int, which: ColumnElement[bool]) -> list[Claimed]:
    at = clock.now()
    lease_id, until = new_id(), at + LEASE
    due = (
        select(OutgoingMail.letter_id, OutgoingMail.id)
        .where(which, OutgoingMail.due_at <= at)
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
            OutgoingMail.broadcast_id,
            OutgoingMail.partner_id,
        ),
        execution_options=PLAIN,
    )
    return [
        Claimed(
            letter_id, id_, Kind(kind), recipient, locale, created, attempts, lease_id, until, *more
        )
        for letter_id, id_, kind, recipient, locale, created, attempts, *more in taken
    ]


def settle_sent(mail: Claimed) -> Fate | None:
    """Returns what the figures of its broadcast are to note, as the next two do."""
    values = {"state": MailState.SENT, "sent_at": clock.now()}
    is_ours = _settle(mail, **values, sealed_to=None, last_error=None)
    return mail.came_to(What.SENT) if is_ours else None


def settle_dropped(mail: Claimed) -> Fate | None:
    """Nobody is left to write to, or whoever is there wants no mail, or has had enough."""
    is_ours = _settle(mail, state=MailState.DROPPED, sealed_to=None, last_error=None)
    return mail.came_to(What.DROPPED) if is_ours else None


def settle_failed(mail: Claimed, error: str, *, permanent: bool) -> Fate | None:
    """Try again after a growing pause, or give up: refused for good, or failed too often."""
    if permanent or mail.attempts > len(PAUSES):
        is_ours = _settle(mail, state=MailState.DEAD, sealed_to=None, last_error=error)
        return mail.came_to(What.DEAD) if is_ours else None
    due_at = clock.now() + PAUSES[mail.attempts - 1]
    _settle(mail, due_at=due_at, last_error=error, lease_id=None, leased_until=None)
    return None


def give_back(mails: Sequence[Claimed]) -> None:
    """Let others have mails that were claimed and not tried."""
    for mail in mails:
        _settle(mail, lease_id=None, leased_until=None, attempts=mail.attempts - 1)


def _settle(mail: Claimed, **values: object) -> bool:
    """Only the holder of the lease settles; whoever lost it lost the say as well."""
    settled = (
        update(OutgoingMail)
        .where(OutgoingMail.letter_id == mail.letter_id, OutgoingMail.id == mail.id)
        .where(OutgoingMail.lease_id == mail.lease_id, OutgoingMail.state == MailState.WAITING)
        .values(**values)
    )
    return bool(count_rows(db.session.execute(settled, execution_options=PLAIN)))


def drop_for(letter_id: UUID, recipient_id: UUID) -> None:
    """Forget every mail about this recipient: the person is gone."""
    gone = db.session.execute(
        delete(OutgoingMail)
        .where(OutgoingMail.letter_id == letter_id, OutgoingMail.recipient_id == recipient_id)
        .returning(OutgoingMail.broadcast_id, OutgoingMail.state),
        execution_options=PLAIN,
    )
    unsent = [one.broadcast_id for one in gone if one.state == MailState.WAITING]
    figures.note(Counter(Fate(letter_id, id_, What.DROPPED) for id_ in unsent if id_))


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
