"""Our own DKIM signature (RFC 6376), for those whose mail server does not sign.

What is signed is made ready by dkimpy; the RSA itself is cryptography's, since dkimpy's, in pure
Python, takes fifteen times as long.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from email.message import EmailMessage

import dkim
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from dkim.canonicalization import Relaxed

HEADER = "DKIM-Signature"
SIGNED = (
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "Content-Language", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip
# Signed once more than they occur, so that none can be put beside them (RFC 6376, 8.15).
ONLY_ONCE = ("From", "Subject")


class Signer:
    """Signs mails of one domain; the key is read once. Raises ValueError for what is no RSA key."""

    def __init__(self, domain: str, selector: str, key: str) -> None:
        self._domain, self._selector = domain, selector
        self._key = _private_key(key)

    @property
    def public_key(self) -> str:
        """What stands behind `p=` in the DNS."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def sign(self, message: EmailMessage) -> None:
        """The message carries a signature of ours afterwards; it must not be changed any more."""
        headers, body = dkim.rfc822_parse(message.as_bytes())
        canonical = Relaxed.canonicalize_headers(headers)
        there = [name.lower().encode() for name in SIGNED if name in message]
        signed = [*there, *(name.lower().encode() for name in ONLY_ONCE)]
        digest = hashlib.sha256(Relaxed.canonicalize_body(body)).digest()
        # By its own date, so that a mail that is tried again is the same to the last byte.
        at = int(message["Date"].datetime.timestamp())
        unsigned = self._tags(at, signed, digest)
        lines = dkim.select_headers(canonical, signed)
        hashed = b"".join(name + b":" + value for name, value in lines)
        hashed += b"dkim-signature:" + unsigned.encode()
        signature = self._key.sign(hashed, padding.PKCS1v15(), hashes.SHA256())
        message[HEADER] = unsigned + _in_words(signature)

    def _tags(self, at: int, signed: Sequence[bytes], body_digest: bytes) -> str:
        names = ":".join(name.decode() for name in signed)
        digest = base64.b64encode(body_digest).decode()
        return (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self._domain}; s={self._selector};"
            f" t={at}; h={names}; bh={digest}; b="
        )


def _in_words(signature: bytes) -> str:
    """In pieces that a header's lines can hold; blanks do not count in base64 (RFC 6376, 3.5)."""
    text = base64.b64encode(signature).decode()
    return " ".join(text[i : i + 64] for i in range(0, len(text), 64))


def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")  # noqa: TRY004
    return key
