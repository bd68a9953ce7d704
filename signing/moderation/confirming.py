"""Confirming, where staff may have decided about the address before: what they decided stands.

A machine decides nothing anew: it keeps to what people decided until they take it back, and its
signer is told so with the reason, and can object, as the first time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from signing.core.tokens import SignatureRef
from signing.letters.models import ConsentPurpose
from signing.moderation.actions import decide_again
from signing.signatures import actions
from signing.signatures.actions import Confirmed


def confirm(
    ref: SignatureRef,
    *,
    revision: int,
    grace: timedelta,
    without: Collection[ConsentPurpose] = (),
) -> Confirmed:
    """As `signatures.actions.confirm`, and its signer is told where a decision stands.

    Where that is taken back at this very moment, the signature counts as everybody's.
    """
    confirmed = actions.confirm(ref, revision=revision, grace=grace, without=without)
    return replace(confirmed, is_decided=confirmed.is_decided and decide_again(ref))
