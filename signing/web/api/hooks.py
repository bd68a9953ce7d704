"""Webhooks: set by a partner's own program; looked at by the campaign's too."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from signing.core.db import transaction
from signing.core.links import absolute
from signing.core.refusals import NotFound
from signing.partners import hooks, queries
from signing.partners.models import CallState, HookState, Scope, Webhook
from signing.web.api import access, bodies, cursors
from signing.web.api.access import Access, Holder
from signing.web.api.answering import Answer, answers
from signing.web.api.bodies import Wrong
from signing.web.api.campaign_shapes import (
    Hook,
    HookAddress,
    Hooks,
    NewHook,
    Replayed,
    Rows,
)
from signing.web.api.shapes import Nothing

bp = Blueprint("hooks", __name__, url_prefix="/api/v1")
TENS = 10
EITHER = (Holder.PARTNER, Holder.CAMPAIGN)


@bp.get("/letters/<slug:slug>/webhooks")
@answers(Hooks, Rows, scope=Scope.HOOKS, of=EITHER)
def list_webhooks(slug: str, query: Rows) -> Answer[Hooks]:
    """Where programs are called and how that goes; a partner's token sees the partner's own."""
    entered = access.enter_as_either(slug, Scope.HOOKS)
    letter_id, own = entered.letter.id, entered.partner
    after = UUID(hex=cursors.read("webhooks", letter_id, query.cursor)) if query.cursor else None
    partner_id = own.id if own is not None else None
    found = hooks.list_page(letter_id, partner_id, after=after, limit=query.limit + 1)
    page, following = found[: query.limit], None
    if len(found) > query.limit:
        cursor = cursors.seal("webhooks", letter_id, page[-1].id.hex)
        following = absolute(
            "api.hooks.list_webhooks", slug=entered.letter.slug, limit=query.limit, cursor=cursor
        )
    codes = queries.list_codes(letter_id)
    is_own = own is not None
    shown = [Hook(**_facts(codes[one.partner_id], one, is_own=is_own)) for one in page]
    return Answer(Hooks(webhooks=shown, next=following), next=following)


def _facts(code: str, hook: Webhook, *, is_own: bool) -> dict[str, Any]:
    calls = hooks.count_calls(hook)
    waiting = calls.get(CallState.WAITING.value, 0)
    dead = calls.get(CallState.DEAD.value, 0)
    if not is_own:  # one call more would tell what the newest name on the page agreed to
        waiting, dead = waiting // TENS * TENS, dead // TENS * TENS
    return {
        "id": str(hook.id),
        "partner": code,
        "address": hook.url if is_own else urlsplit(hook.url).hostname or "",
        "state": HookState(hook.state),
        "created_at": hook.created_at,
        "reached_at": hook.reached_at,
        "failing_since": hook.failing_since,
        "waiting": waiting,
        "given_up": dead,
    }


@bp.post("/letters/<slug:slug>/webhooks")
@answers(NewHook, scope=Scope.SET_HOOKS, body=HookAddress, good=201, refuses=(409, 422))
def add_webhook(slug: str, query: Nothing) -> Answer[NewHook]:  # noqa: ARG001
    """Have an address of the partner's called; its secret is in this answer alone."""
    entered = _active(slug)
    sent = bodies.read_json(HookAddress)
    try:
        with transaction():
            partner = queries.get(entered.letter.id, entered.partner.id, to_change=True)
            if not partner.is_active:  # suspended a moment ago
                raise access.NotYours
            hook, secret = hooks.add(partner, sent.address.strip(), by=entered.actor)
    except hooks.NoHook:
        raise Wrong({"address": _l("This cannot be done.")}) from None
    return Answer(NewHook(**_facts(partner.code, hook, is_own=True), secret=secret))


def _active(slug: str) -> Access:
    entered = access.enter(slug, Scope.SET_HOOKS)
    if not entered.partner.is_active:
        raise access.NotYours
    return entered


@bp.delete("/letters/<slug:slug>/webhooks/<uuid:hook_id>")
@answers(Hooks, scope=Scope.SET_HOOKS)
def remove_webhook(slug: str, hook_id: UUID, query: Nothing) -> Answer[Hooks]:  # noqa: ARG001
    """Have it called no more; the answer is what is left."""
    entered = access.enter(slug, Scope.SET_HOOKS)
    with transaction():
        hooks.remove(_own(entered, hook_id), by=entered.actor)
    code, left = entered.partner.code, hooks.list_all(entered.letter.id, entered.partner.id)
    return Answer(Hooks(webhooks=[Hook(**_facts(code, one, is_own=True)) for one in left]))


@bp.post("/letters/<slug:slug>/webhooks/<uuid:hook_id>/replay")
@answers(Replayed, scope=Scope.SET_HOOKS)
def replay_webhook(slug: str, hook_id: UUID, query: Nothing) -> Answer[Replayed]:  # noqa: ARG001
    """Have the calls made once more that were given up."""
    entered = _active(slug)
    with transaction():
        calls = hooks.replay(_own(entered, hook_id), by=entered.actor)
    return Answer(Replayed(calls=calls))


def _own(entered: Access, hook_id: UUID) -> Webhook:
    """The webhook, ours until the transaction ends, if it is this partner's."""
    hook = hooks.get(entered.letter.id, hook_id, to_change=True)
    if hook.partner_id != entered.partner.id:
        raise NotFound
    return hook
