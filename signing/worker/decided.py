"""What mails about a decision say: what was decided, why, and where to object."""

from __future__ import annotations

from signing.core.links import absolute
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.mail.kinds import Kind
from signing.moderation import objections
from signing.moderation.models import Deed, Source
from signing.moderation.reasons import SOURCES, WORDS, Reason
from signing.signatures.models import Signature, State

KINDS = frozenset({Kind.NAME_HIDDEN, Kind.SET_ASIDE, Kind.RESTORED, Kind.DECISION_STANDS})


def is_still_so(kind: Kind, signature: Signature) -> bool:
    """Nobody is told what was changed again before the mail left; the next mail tells that."""
    is_aside, is_hidden = _stands(signature)
    match kind:
        case Kind.NAME_HIDDEN:
            return is_hidden
        case Kind.SET_ASIDE:
            return is_aside
        case Kind.DECISION_STANDS:
            return is_aside or is_hidden
    return True


def _stands(signature: Signature) -> tuple[bool, bool]:
    return signature.state == State.SET_ASIDE, signature.hidden_by_staff_at is not None


def facts(kind: Kind, ref: SignatureRef, locale: str) -> dict[str, object]:
    """For the templates: the decision that the mail is about, and the link to object to it.

    No reason where a restore has lost it.
    """
    decision = objections.find_told(kind, ref)
    token = tokens.make(Purpose.MANAGE, ref)
    return {
        "deed": decision.deed if decision else Deed.SET_ASIDE,
        "reason": WORDS[Reason(decision.reason)] if decision and decision.reason else "",
        "source": SOURCES[Source(decision.source)] if decision and decision.source else "",
        "object_link": absolute("site.objection.ask", locale=locale, token=token),
    }
