"""The calls that are owed to webhooks: taken in hand a few at a time, settled, given up, told of.

Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import and_, delete, literal_column, or_, select, update

from signing.audit import WORKER
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.core.ids import new_id
from signing.mail import outbox
from signing.mail.kinds import Kind, Recipient
from signing.partners import hooks, queries
from signing.partners.models import (
    LAST,
    Call,
    CallState,
    FeedLine,
    HookState,
    Partner,
    State,
    Webhook,
)

LEASE = timedelta(minutes=2)
# Five seconds, then longer and longer: three days in all, then somebody has to look.
PAUSES = tuple(timedelta(minutes=m) for m in (0.1, 1, 5, 30, 120, 300, 600, 840, 1200, 1320))
TOLD_AFTER = timedelta(minutes=30)  # of failing; a moment's outage is nobody's business
TOLD_EVERY = timedelta(days=1)  # at most
OFF_AFTER = timedelta(days=5)  # without any success
# In the words of the partial index: a parameter would keep databases from using it.
_IS_WAITING = Call.state == literal_column(f"'{CallState.WAITING}'")
_OF_LINE = and_(FeedLine.letter_id == Call.letter_id, FeedLine.id == Call.delivery_id)
_OF_PARTNER = and_(Partner.letter_id == Webhook.letter_id, Partner.id == Webhook.partner_id)
# A partner who is not active is told of people's end alone.
_MAY_KNOW = or_(Partner.state == State.ACTIVE, FeedLine.what.in_([*LAST]))


@dataclass(frozen=True, slots=True)
class Owed:
    """One call in a worker's hands."""

    id: UUID
    attempts: int  # this one included
    feed_line: FeedLine


@dataclass(frozen=True, slots=True)
class Line:
    """Calls to one webhook that are made one after the other, under one lease."""

    letter_id: UUID
    hook_id: UUID
    partner_id: UUID
    lease_id: UUID
    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    calls: Sequence[Owed]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a line. Calls that are in none of these were not made."""

    taken: Sequence[UUID] = ()
    empty: Sequence[UUID] = ()  # there is nothing to tell any more
    failed: Mapping[UUID, str] = field(default_factory=dict)  # with a word for staff
    is_gone: bool = False  # the endpoint said itself that it wants no more calls (410)


def find_owed(passed_over: Collection[UUID]) -> tuple[UUID, UUID] | None:
    """Letter and webhook that has waited longest, these aside; None: nothing is due.

    Each webhook that is on is asked for its first call: what waits for one that is off, perhaps
    very much, is never looked at.
    """
    first = (
        select(Call.due_at)
        .join(FeedLine, _OF_LINE)
        .where(Call.letter_id == Webhook.letter_id, Call.webhook_id == Webhook.id)
        .where(_IS_WAITING, _MAY_KNOW)
        .order_by(Call.due_at)
        .limit(1)
        .scalar_subquery()
    )
    asked = (
        select(Webhook.letter_id, Webhook.id, first.label("due_at"))
        .join(Partner, _OF_PARTNER)
        .where(Webhook.state == HookState.ON.value)
    )
    if passed_over:
        asked = asked.where(Webhook.id.not_in(passed_over))
    hooks_ = asked.subquery()
    wanted = select(hooks_.c.letter_id, hooks_.c.id).where(hooks_.c.due_at <= clock.now())
    found = db.session.execute(wanted.order_by(hooks_.c.due_at).limit(1)).one_or_none()
    return (found.letter_id, found.id) if found else None


def claim(letter_id: UUID, hook_id: UUID, limit: int) -> Line | None:
    """Up to so many due calls of this webhook; no two workers get the same one. None: no calls."""
    mine = (Call.letter_id == letter_id) & (Call.webhook_id == hook_id)
    rows = db.session.execute(
        select(Call, FeedLine)
        .join(FeedLine, _OF_LINE)
        .join(Webhook, and_(Webhook.letter_id == Call.letter_id, Webhook.id == Call.webhook_id))
        .join(Partner, _OF_PARTNER)
        .where(mine, _IS_WAITING, Call.due_at <= clock.now())
        .where(Webhook.state == HookState.ON.value, _MAY_KNOW)
        .order_by(Call.due_at, Call.id)
        .limit(limit)
        .with_for_update(of=Call, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return None
    lease_id = new_id()
    owed = [Owed(call.id, call.attempts + 1, feed_line) for call, feed_line in rows]
    taken = update(Call).where(Call.letter_id == letter_id, Call.id.in_([one.id for one in owed]))
    values = {"lease_id": lease_id, "due_at": clock.now() + LEASE, "attempts": Call.attempts + 1}
    db.session.execute(taken.values(values), execution_options=PLAIN)
    hook = hooks.get(letter_id, hook_id)
    secrets = hooks.list_secrets(hook)
    return Line(letter_id, hook_id, hook.partner_id, lease_id, hook.url, secrets, owed)


def settle(line: Line, outcome: Outcome) -> None:
    """Each call is done, tried again later, given up, or, where it was not made, due at once."""
    now = clock.now()
    _change(line, outcome.taken, state=CallState.DONE.value, error="", settled_at=now)
    _change(line, outcome.empty, state=CallState.EMPTY.value, error="", settled_at=now)
    known = {*outcome.taken, *outcome.empty, *outcome.failed}
    left = [one.id for one in line.calls if one.id not in known]
    _change(line, left, due_at=now, attempts=Call.attempts - 1)
    for one in line.calls:
        if one.id in outcome.failed:
            _settle_failed(line, one, outcome.failed[one.id], now)
    if outcome.taken:
        _note_reached(line, now)
    if outcome.failed:
        _note_failing(line, now, is_gone=outcome.is_gone)


def _settle_failed(line: Line, one: Owed, error: str, now: datetime) -> None:
    """Later once more, until it is given up."""
    if one.attempts > len(PAUSES):
        _change(line, [one.id], state=CallState.DEAD.value, error=error, settled_at=now)
    else:
        _change(line, [one.id], error=error, due_at=now + PAUSES[one.attempts - 1])


def _change(line: Line, ids: Sequence[UUID], **values: object) -> None:
    """Only what this worker still has in hand."""
    if not ids:
        return
    mine = update(Call).where(Call.letter_id == line.letter_id, Call.id.in_(ids))
    mine = mine.where(Call.lease_id == line.lease_id, _IS_WAITING)
    db.session.execute(mine.values(lease_id=None, **values), execution_options=PLAIN)


def _note_reached(line: Line, now: datetime) -> None:
    mine = update(Webhook).where(Webhook.letter_id == line.letter_id, Webhook.id == line.hook_id)
    reached = mine.values(reached_at=now, failing_since=None)
    db.session.execute(reached, execution_options=PLAIN)


def _note_failing(line: Line, now: datetime, *, is_gone: bool) -> None:
    """An endpoint that fails for long is called no more; the partner is told, at first and then."""
    hook = hooks.find(line.letter_id, line.hook_id, to_change=True)
    if hook is None:
        return  # it was removed while it was called
    hook.failing_since = hook.failing_since or now
    if is_gone or hook.failing_since < now - OFF_AFTER:
        if hook.state == HookState.ON:
            hooks.switch(hook, HookState.OFF, by=WORKER)
            _tell(hook, Kind.WEBHOOK_OFF)
    elif hook.failing_since <= now - TOLD_AFTER and not _was_told(hook, now):
        _tell(hook, Kind.WEBHOOK_FAILING)


def _was_told(hook: Webhook, now: datetime) -> bool:
    """Of this time that it fails, or of another one today."""
    since = min(hook.failing_since or now, now - TOLD_EVERY)
    mails = outbox.list_for(hook.letter_id, hook.partner_id)
    return any(one.kind is Kind.WEBHOOK_FAILING and one.put_at > since for one in mails)


def _tell(hook: Webhook, kind: Kind) -> None:
    """By mail to the partner's contact alone, if there is one."""
    partner = queries.get(hook.letter_id, hook.partner_id)
    if partner.sealed is not None:
        to = outbox.To(hook.letter_id, hook.partner_id, Recipient.PARTNER)
        outbox.put(kind, to=to, locale=partner.locale, is_owed=True)


def list_hosts(kind: Kind, letter_id: UUID, partner_id: UUID) -> list[str]:
    """Of which webhooks such a mail speaks by now: hosts alone, since a path may be a secret."""
    found = hooks.list_all(letter_id, partner_id)
    if kind is Kind.WEBHOOK_OFF:
        in_trouble = [one for one in found if one.state == HookState.OFF]
    else:
        in_trouble = [one for one in found if one.state == HookState.ON and one.failing_since]
    return [urlsplit(one.url).hostname or "" for one in in_trouble]


def delete_settled(before: datetime, *, limit: int = 1000) -> int:
    """Calls that were taken, or had nothing to tell, before then; returns how many."""
    over = (
        select(Call.id)
        .where(Call.state.in_([CallState.DONE.value, CallState.EMPTY.value]))
        .where(Call.settled_at < before)
        .limit(limit)
    )
    return count_rows(
        db.session.execute(delete(Call).where(Call.id.in_(over)), execution_options=PLAIN)
    )
