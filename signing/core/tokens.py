"""Links that prove themselves: one purpose each, an age each, keys that rotate."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import cast
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner
from werkzeug.local import LocalProxy

from signing.core.refusals import Refusal

ID_BYTES = 16
MAC_BYTES = 10  # of a tag
TAG_CHARACTERS = 42  # what id and MAC are in base32
# Base64 as Python reads it passes over what is not in its alphabet: a link had many spellings.
_SPELLED = re.compile(r"[\w-]+=*\.[\w-]+\.[\w-]+", re.ASCII)


class Purpose(StrEnum):
    CONFIRM = "confirm"  # the button that makes a signature count
    MANAGE = "my-signature"  # see, correct, hide, withdraw
    NOT_ME = "not-me"  # never write to this address again
    UNSUBSCRIBE = "unsubscribe"  # no more mails of one sort
    INVITATION = "invitation"  # become a member of the staff; speaks of no signature
    PARTNER = "partner"  # a partner's own page; speaks of no signature
    CREDIT = "credit"  # "I came through them": names a partner beside the signature
    PREVIEW = "preview"  # see a letter's draft; speaks of no signature


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
        signer = Signer(
            oldest_first,
            salt="signing.tag",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        self._tag_keys = [signer.derive_key(key) for key in reversed(signer.secret_keys)]

    def make(self, purpose: Purpose, ref: SignatureRef, more: bytes = b"") -> str:
        """`more` is what the purpose needs beside the signature, such as the address's digest."""
        raw = ref.letter_id.bytes + ref.signature_id.bytes + bytes([ref.link_version]) + more
        return self._signers[purpose].sign(base64.urlsafe_b64encode(raw)).decode()

    def read(self, purpose: Purpose, token: str) -> SignatureRef:
        """Raises `LinkExpired` for a genuine token past its age, `LinkBroken` for all else."""
        return self.read_all(purpose, token)[0]

    def read_all(self, purpose: Purpose, token: str) -> tuple[SignatureRef, bytes]:
        """The signature and what `make` was given beside it; raises as `read` does."""
        if not _SPELLED.fullmatch(token):
            raise LinkBroken
        age = self.ages[purpose].total_seconds()
        try:
            return _parts(self._signers[purpose].unsign(token, max_age=int(age)))
        except SignatureExpired as expired:
            raise LinkExpired(_parts(cast(bytes, expired.payload))[0]) from None
        except (BadSignature, UnicodeEncodeError):
            raise LinkBroken from None

    def tag(self, id_: UUID) -> str:
        """An id that proves itself where letters lose their case and 64 of them are too many."""
        return _base32(id_.bytes + _mac(self._tag_keys[0], id_))

    def read_tag(self, tag: str) -> UUID | None:
        """The id of a genuine tag, in whatever case; a tag has no age."""
        if len(tag) != TAG_CHARACTERS:
            return None
        try:
            raw = base64.b32decode(tag + "=" * (-len(tag) % 8), casefold=True)
        except ValueError:  # not base32, or not even ASCII
            return None
        id_, mac = UUID(bytes=raw[:ID_BYTES]), raw[ID_BYTES:]
        is_genuine = any(hmac.compare_digest(_mac(key, id_), mac) for key in self._tag_keys)
        return id_ if is_genuine else None


def _mac(key: bytes, id_: UUID) -> bytes:
    return hmac.digest(key, id_.bytes, hashlib.sha256)[:MAC_BYTES]


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _parts(value: bytes) -> tuple[SignatureRef, bytes]:
    raw = base64.urlsafe_b64decode(value)
    letter_id, signature_id = raw[:ID_BYTES], raw[ID_BYTES : 2 * ID_BYTES]
    ref = SignatureRef(UUID(bytes=letter_id), UUID(bytes=signature_id), raw[2 * ID_BYTES])
    return ref, raw[2 * ID_BYTES + 1 :]


tokens = cast(Tokens, LocalProxy(lambda: current_app.extensions["signing.tokens"]))
