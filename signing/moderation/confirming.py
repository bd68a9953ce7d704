"""Confirming, where staff may have decided about the address before: what they decided stands.

A machine decides nothing anew: it keeps to what people decided until they take it back, and its
signer is told so with the reason, and can object, as the first time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from signing.core.tokens import SignatureRef
from signing.letters.models import ConsentPurpose
from signing.moderation.actions import decide_again
from signing.signatures import actions
from signing.signatures.actions import Confirmed, OlderRevision


def confirm(
    ref: SignatureRef,
    *,
    revision: int,
    grace: timedelta,
    without: Collection[ConsentPurpose] = (),
) -> Confirmed:
    """As `signatures.actions.confirm`, with a reasoned mail where a decision stands.

    Raises `OlderRevision` also where that decision is taken back at this very moment: whoever
    presses once more counts.
    """
    confirmed = actions.confirm(ref, revision=revision, grace=grace, without=without)
    if confirmed.is_decided and not decide_again(ref):
        raise OlderRevision
    return confirmed
