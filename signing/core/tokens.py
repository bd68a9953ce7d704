"""Links that prove themselves: one purpose each, an age each, keys that rotate."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import cast
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner
from werkzeug.local import LocalProxy

from signing.core.refusals import Refusal

ID_BYTES = 16


class Purpose(StrEnum):
    CONFIRM = "confirm"  # the button that makes a signature count
    MANAGE = "my-signature"  # see, correct, hide, withdraw


@dataclass(frozen=True, slots=True)
class SignatureRef:
    """Which signature a link speaks of; `link_version` lets older links be made void."""

    letter_id: UUID
    signature_id: UUID
    link_version: int = 1


class LinkBroken(Refusal):
    status = 404
    message = _l("This link is not complete. Please copy the whole address from the mail.")


class LinkExpired(Refusal):
    """Genuine, but too old; `ref` still says which signature it was for."""

    status = 410
    message = _l("This link is too old.")

    def __init__(self, ref: SignatureRef) -> None:
        super().__init__()
        self.ref = ref


class Tokens:
    """Makes and reads tokens. Of the secret keys the first signs, all verify."""

    def __init__(self, secret_keys: Sequence[str], ages: dict[Purpose, timedelta]) -> None:
        self.ages = ages
        oldest_first = list(reversed(secret_keys))
        self._signers = {
            purpose: TimestampSigner(
                oldest_first,
                salt=f"signing.{purpose}",
                key_derivation="hmac",
                digest_method=hashlib.sha256,
            )
            for purpose in Purpose
        }

    def make(self, purpose: Purpose, ref: SignatureRef) -> str:
        raw = ref.letter_id.bytes + ref.signature_id.bytes + bytes([ref.link_version])
        return self._signers[purpose].sign(base64.urlsafe_b64encode(raw)).decode()

    def read(self, purpose: Purpose, token: str) -> SignatureRef:
        """Raises `LinkExpired` for a genuine token past its age, `LinkBroken` for all else."""
        age = self.ages[purpose].total_seconds()
        try:
            return _ref(self._signers[purpose].unsign(token, max_age=int(age)))
        except SignatureExpired as expired:
            raise LinkExpired(_ref(cast(bytes, expired.payload))) from None
        except (BadSignature, UnicodeEncodeError):
            raise LinkBroken from None


def _ref(value: bytes) -> SignatureRef:
    raw = base64.urlsafe_b64decode(value)
    letter_id, signature_id = raw[:ID_BYTES], raw[ID_BYTES : 2 * ID_BYTES]
    return SignatureRef(UUID(bytes=letter_id), UUID(bytes=signature_id), raw[2 * ID_BYTES])


tokens = cast(Tokens, LocalProxy(lambda: current_app.extensions["signing.tokens"]))
