"""Marked people, and finding them again in whatever spelling a computer gives their data."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

SURELY = 12  # characters of base64 that chance does not bring together


@dataclass(frozen=True)
class Person:
    """Somebody whose every word occurs nowhere else in the world."""

    name: str
    email: str
    city: str
    comment: str
    show: str

    def form(self) -> dict[str, str]:
        return {
            "name": self.name, "email": self.email, "city": self.city, "comment": self.comment,
            "country": "SE", "show_name": self.show, "news": "y",
        }  # fmt: skip

    def secrets(self, *, is_name_public: bool = False) -> list[str]:
        """What may stand nowhere in the clear: whole values, and each part that names somebody."""
        local, _, domain = self.email.partition("@")
        parts = [self.email, local, domain, self.city, self.comment]
        return parts if is_name_public else [*parts, self.name, *self.name.split()]


def traces(secrets: list[str], content: bytes) -> list[str]:
    """Which of the secrets the content holds, in any of the usual spellings."""
    folded = content.lower()
    return sorted({one for one in secrets if any(form in folded for form in _spellings(one))})


def _spellings(secret: str) -> Iterator[bytes]:
    """In lower case, as is what is searched: chance finds of that are out of the question."""
    for text in {secret, secret.lower(), secret.upper()}:
        raw = text.encode()
        yield raw.lower()
        yield raw.hex().encode()
        yield quote(text, safe="").lower().encode()
        yield quote_plus(text).lower().encode()
        yield json.dumps(text)[1:-1].lower().encode()
        yield text.encode("utf-16-le").lower()
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + raw)[4:-4].lower()
            if len(whole) >= SURELY:
                yield whole
        for digest in ("md5", "sha1", "sha256"):  # without a key, anybody can try addresses
            made = hashlib.new(digest, raw, usedforsecurity=False)
            yield made.hexdigest().encode()
            yield made.digest().lower()
