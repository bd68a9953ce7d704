"""Webhooks: where partners' programs are called, and the calls that are owed to them.

As Standard Webhooks wants it (https://www.standardwebhooks.com). Nothing here commits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, update

from signing.audit import Actor, ActorKind, Verb, log
from signing.core import clock
from signing.core.db import count_rows, db
from signing.core.ids import HOUSE, new_id
from signing.core.refusals import NotFound, Refusal
from signing.core.vault import Place, vault
from signing.partners import origins
from signing.partners.models import Partner, State
from signing.partners.programs import LAST, Call, CallState, Delivery, HookState, Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32
MOST = 3  # to a partner
OVERLAP = timedelta(days=7)  # for so long the secret before is good beside a new one
LEASE = timedelta(minutes=2)
# Five seconds, then longer and longer: three days in all, then somebody has to look.
PAUSES = tuple(timedelta(minutes=m) for m in (0.1, 1, 5, 30, 120, 300, 600, 840, 1200, 1320))
OFF_AFTER = timedelta(days=5)  # without any success
WORKER = Actor(ActorKind.WORKER)
PLAIN = {"synchronize_session": False}


class NoHook(Refusal):
    """The address is none that we call; the staff's form says it in words."""

    status = 422


class TooManyHooks(Refusal):
    status = 409


@dataclass(frozen=True, slots=True)
class Due:
    """A call in a worker's hands."""

    letter_id: UUID
    id: UUID
    lease_id: UUID
    hook: Webhook
    delivery: Delivery
    attempts: int  # this one included
    secrets: Sequence[str] = field(repr=False)


def add(partner: Partner, url: str, *, by: Actor) -> tuple[Webhook, str]:
    """The address is called from now on; with its secret, which is shown once.

    What happened before is in the feed. Raises `NoHook`, `TooManyHooks`.
    """
    if not origins.is_hook(url):
        raise NoHook
    if len(list_all(partner.letter_id, partner.id)) >= MOST:
        raise TooManyHooks
    secret, id_ = _secret(), new_id()
    hook = Webhook(
        letter_id=partner.letter_id,
        id=id_,
        partner_id=partner.id,
        url=url,
        sealed=_seal(id_, [(secret, None)]),
        state=HookState.ON.value,
        created_at=clock.now(),
    )
    db.session.add(hook)
    db.session.flush()
    _record(Verb.WEBHOOK_ADDED, hook, by)
    return hook, secret


def _secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def place(hook_id: UUID) -> Place:
    """Under the house's key: of an erased letter there is still its erasure to be told."""
    return Place("webhooks", HOUSE, hook_id.bytes)


def _seal(hook_id: UUID, kept: Sequence[tuple[str, datetime | None]]) -> bytes:
    plain = [[secret, until.isoformat() if until else None] for secret, until in kept]
    return vault.seal(place(hook_id), json.dumps(plain).encode())


def list_secrets(hook: Webhook) -> list[str]:
    """Those that are good now, the newest first."""
    kept = json.loads(vault.open(place(hook.id), hook.sealed))
    now = clock.now()
    return [one for one, until in kept if not until or datetime.fromisoformat(until) > now]


def renew_secret(hook: Webhook, *, by: Actor) -> str:
    """A new secret, shown once; calls carry signatures by both for a week."""
    fresh, before = _secret(), list_secrets(hook)[0]
    hook.sealed = _seal(hook.id, [(fresh, None), (before, clock.now() + OVERLAP)])
    _record(Verb.WEBHOOK_SECRET_RENEWED, hook, by)
    return fresh


def sign(secret: str, call_id: str, at: int, body: str) -> str:
    """The signature of a call as its header carries it."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{call_id}.{at}.{body}".encode(), hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def get(letter_id: UUID, hook_id: UUID, *, to_change: bool = False) -> Webhook:
    wanted = select(Webhook).where(Webhook.letter_id == letter_id, Webhook.id == hook_id)
    found = db.session.scalar(
        wanted.with_for_update() if to_change else wanted,
        execution_options={"populate_existing": True},
    )
    if found is None:
        raise NotFound
    return found


def list_all(letter_id: UUID, partner_id: UUID) -> Sequence[Webhook]:
    mine = select(Webhook).where(Webhook.letter_id == letter_id, Webhook.partner_id == partner_id)
    return db.session.scalars(mine.order_by(Webhook.id)).all()


def count_calls(hook: Webhook) -> dict[str, int]:
    """How many calls there are by state; settled ones of the last month."""
    rows = db.session.execute(
        select(Call.state, func.count())
        .where(Call.letter_id == hook.letter_id, Call.webhook_id == hook.id)
        .group_by(Call.state)
    )
    return dict(rows.all())


def switch(hook: Webhook, state: HookState, *, by: Actor) -> None:
    """On: what waited is called now. Off: what is owed waits. Twice is once."""
    if hook.state != state:
        hook.state, hook.failing_since = state.value, None
        _record(Verb.WEBHOOK_SWITCHED, hook, by, state=state.value)


def replay(hook: Webhook, *, by: Actor) -> int:
    """What was given up is tried anew, from the beginning; returns how many calls."""
    dead = update(Call).where(
        Call.letter_id == hook.letter_id,
        Call.webhook_id == hook.id,
        Call.state == CallState.DEAD.value,
    )
    again = dead.values(
        state=CallState.WAITING.value, attempts=0, due_at=clock.now(), settled_at=None
    )
    calls = count_rows(db.session.execute(again, execution_options=PLAIN))
    if calls:
        _record(Verb.WEBHOOK_REPLAYED, hook, by, calls=calls)
    return calls


def remove(hook: Webhook, *, by: Actor) -> None:
    """It is called no more; what was owed is in the feed alone."""
    gone = delete(Call).where(Call.letter_id == hook.letter_id, Call.webhook_id == hook.id)
    db.session.execute(gone, execution_options=PLAIN)
    db.session.delete(hook)
    _record(Verb.WEBHOOK_REMOVED, hook, by)


def claim(limit: int) -> list[Due]:
    """Up to so many due calls under a lease; no two workers get the same one.

    A partner who is not active is told of people's end alone; the rest waits.
    """
    now, lease_id = clock.now(), new_id()
    of_hook = and_(Webhook.letter_id == Call.letter_id, Webhook.id == Call.webhook_id)
    of_partner = and_(Partner.letter_id == Call.letter_id, Partner.id == Webhook.partner_id)
    of_line = and_(Delivery.letter_id == Call.letter_id, Delivery.id == Call.delivery_id)
    may_know = or_(Partner.state == State.ACTIVE, Delivery.what.in_([*LAST]))
    found = db.session.scalars(
        select(Call)
        .join(Webhook, of_hook)
        .join(Partner, of_partner)
        .join(Delivery, of_line)
        .where(Call.state == CallState.WAITING.value, Call.due_at <= now)
        .where(Webhook.state == HookState.ON.value, may_know)
        .order_by(Call.due_at, Call.id)
        .limit(limit)
        .with_for_update(of=Call, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    due = []
    for call in found:
        call.lease_id, call.due_at, call.attempts = lease_id, now + LEASE, call.attempts + 1
        hook = get(call.letter_id, call.webhook_id)
        delivery = db.session.get_one(Delivery, (call.letter_id, call.delivery_id))
        due.append(
            Due(
                call.letter_id, call.id, lease_id, hook, delivery, call.attempts, list_secrets(hook)
            )
        )
    db.session.flush()
    return due


def give_back(due: Due) -> None:
    """It was not tried: others may, in a moment."""
    soon = clock.now() + timedelta(seconds=1)
    _change(due, due_at=soon, attempts=due.attempts - 1)


def settle_done(due: Due) -> None:
    """It was taken, and the endpoint is well."""
    if _settle(due, CallState.DONE):
        now = clock.now()
        _hook(due, reached_at=now, failing_since=None)


def settle_empty(due: Due) -> None:
    """There is nothing to tell any more."""
    _settle(due, CallState.EMPTY)


def _settle(due: Due, state: CallState, error: str = "") -> bool:
    return _change(due, state=state.value, error=error, settled_at=clock.now())


def settle_failed(due: Due, error: str, *, is_gone: bool = False) -> None:
    """Later once more, until it is given up; an endpoint that fails for long is called no more.

    `is_gone`: it said itself that it wants no more calls (410).
    """
    if due.attempts > len(PAUSES):
        _settle(due, CallState.DEAD, error)
    else:
        _change(due, error=error, due_at=clock.now() + PAUSES[due.attempts - 1])
    hook = get(due.letter_id, due.hook.id, to_change=True)
    hook.failing_since = hook.failing_since or clock.now()
    if is_gone or hook.failing_since < clock.now() - OFF_AFTER:
        switch(hook, HookState.OFF, by=WORKER)


def _change(due: Due, **values: object) -> bool:
    """Only what this worker still has in hand."""
    mine = update(Call).where(
        Call.letter_id == due.letter_id, Call.id == due.id, Call.lease_id == due.lease_id
    )
    changed = mine.where(Call.state == CallState.WAITING.value).values(lease_id=None, **values)
    return bool(count_rows(db.session.execute(changed, execution_options=PLAIN)))


def _hook(due: Due, **values: object) -> None:
    mine = update(Webhook).where(Webhook.letter_id == due.letter_id, Webhook.id == due.hook.id)
    db.session.execute(mine.values(**values), execution_options=PLAIN)


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


def _record(verb: Verb, hook: Webhook, by: Actor, **details: object) -> None:
    """The host alone: a path may be a secret."""
    told = {"host": urlsplit(hook.url).hostname or ""} | details
    log.record(verb, by=by, subject=str(hook.id), letter_id=hook.letter_id, details=told)
