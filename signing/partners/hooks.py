"""Webhooks: where partners' programs are called, and the secrets that sign the calls.

As Standard Webhooks wants it (https://www.standardwebhooks.com). Nothing here commits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, func, select, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import PLAIN, count_rows, db
from signing.core.ids import HOUSE, new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import NotFound, Refusal
from signing.core.vault import Place, vault
from signing.partners import origins
from signing.partners.models import Call, CallState, HookState, Partner, Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32
MOST = 3  # to a partner
OVERLAP = timedelta(days=7)  # for so long the secret before is good beside a new one


class NoHook(Refusal):
    """The address is none that we call; the staff's form says it in words."""

    status = 422


class TooManyHooks(Refusal):
    status = 409


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


def find(letter_id: UUID, hook_id: UUID, *, to_change: bool = False) -> Webhook | None:
    """`to_change` has others who would change it wait until this transaction ends."""
    wanted = select(Webhook).where(Webhook.letter_id == letter_id, Webhook.id == hook_id)
    return db.session.scalar(
        wanted.with_for_update() if to_change else wanted,
        execution_options={"populate_existing": True},
    )


def get(letter_id: UUID, hook_id: UUID, *, to_change: bool = False) -> Webhook:
    found = find(letter_id, hook_id, to_change=to_change)
    if found is None:
        raise NotFound
    return found


def list_page(
    letter_id: UUID, partner_id: UUID | None, *, after: UUID | None, limit: int
) -> Sequence[Webhook]:
    """A partner's, or without one those of all, the oldest first, from behind this one on."""
    wanted = select(Webhook).where(Webhook.letter_id == letter_id)
    if partner_id is not None:
        wanted = wanted.where(Webhook.partner_id == partner_id)
    if after is not None:
        wanted = wanted.where(Webhook.id > after)
    return db.session.scalars(wanted.order_by(Webhook.id).limit(limit)).all()


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
    vault.store.note_forgotten(hook.letter_id, hook.id, Forgotten.WEBHOOK_REMOVED)
    drop(hook)
    _record(Verb.WEBHOOK_REMOVED, hook, by)


def drop(hook: Webhook) -> None:
    """What `remove` does, without noting it."""
    gone = delete(Call).where(Call.letter_id == hook.letter_id, Call.webhook_id == hook.id)
    db.session.execute(gone, execution_options=PLAIN)
    db.session.delete(hook)


def _record(verb: Verb, hook: Webhook, by: Actor, **details: object) -> None:
    """The host alone: a path may be a secret."""
    told = {"host": urlsplit(hook.url).hostname or ""} | details
    log.record(verb, by=by, subject=str(hook.id), letter_id=hook.letter_id, details=told)
