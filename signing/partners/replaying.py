"""After a restore: what staff or partners ended is ended, for the programs of both."""

from __future__ import annotations

from signing.core.db import db
from signing.core.keystore import Forgotten, TakenBack
from signing.partners import actions, agreeing, hooks
from signing.partners.models import Partner, State, Token


def _revoke(one: TakenBack) -> bool:
    token = db.session.get(Token, (one.letter_id, one.signature_id))
    if token is None or token.revoked_at is not None:
        return False
    token.revoked_at = one.at
    return True


def _drop_hook(one: TakenBack) -> bool:
    hook = hooks.find(one.letter_id, one.signature_id, to_change=True)
    if hook is not None:
        hooks.drop(hook)
    return hook is not None


def _suspend(one: TakenBack) -> bool:
    partner = _find_open(one)
    if partner is not None:
        actions.become(partner, State.SUSPENDED)
    return partner is not None


def _leave(one: TakenBack) -> bool:
    partner = _find_open(one)
    if partner is not None:
        agreeing.leave(partner)
    return partner is not None


def _find_open(one: TakenBack) -> Partner | None:
    """Unless it has ended, or stands as it came to be since."""
    partner = db.session.get(Partner, (one.letter_id, one.signature_id))
    if partner is None or partner.state_at > one.at:
        return None
    return partner if partner.state in {State.INVITED, State.ACTIVE} else None


REPLAYS = {
    Forgotten.TOKEN_REVOKED: _revoke,
    Forgotten.WEBHOOK_REMOVED: _drop_hook,
    Forgotten.PARTNER_SUSPENDED: _suspend,
    Forgotten.PARTNER_DECLINED: _leave,
}
