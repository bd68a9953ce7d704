"""How often a day signers change their own names: so nobody plays with what a page shows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from signing.core.limits import limits
from signing.core.refusals import Refusal
from signing.core.tokens import SignatureRef
from signing.signatures.screening import DAY

MOST = 10  # a day


class TooManyCorrections(Refusal):
    status = 429
    message = _l("This name was changed too often today. Please try again tomorrow.")


def knock(ref: SignatureRef) -> None:
    """Count one correction by a signer, outside of transactions; raises `TooManyCorrections`."""
    if limits.hit(f"correction:{ref.signature_id.hex}", DAY) > MOST:
        raise TooManyCorrections
