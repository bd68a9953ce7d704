"""Where the mail server is, as the operator writes it: `smtps://user:password@host:port`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit


class Security(StrEnum):
    NONE = "smtp"  # as it comes: for a server on the same machine or in a closed network
    STARTTLS = "smtp+starttls"  # TLS before anything else is said, or nothing is
    TLS = "smtps"  # TLS from the first byte


PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class SmtpUrl:
    """Where the mail server is, how it is reached, and as whom."""

    host: str
    port: int
    security: Security
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if bool(self.user) != bool(self.password):
            raise ValueError("A mail server's user and password come together or not at all.")
        if (
            not (self.user + self.password).isascii()
            or not (self.user + self.password).isprintable()
        ):
            raise ValueError("The mail server's user and password may only have ASCII characters.")
        if self.user and self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError(
                "A password would travel readable over smtp://: use smtp+starttls:// or smtps://."
            )

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `smtp://`, `smtp+starttls://` or `smtps://`, with `user:password@` if need be.

        Raises ValueError with one plain sentence, which never repeats what was given.
        """
        with _plainly("The mail server's address needs the form smtps://user:password@host:port."):
            parts = urlsplit(url)
        if parts.scheme not in list(Security):
            schemes = ", ".join(f"{scheme}://" for scheme in Security)
            raise ValueError(f"The mail server's address must begin with one of {schemes}.")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(
                "The mail server's address ends with host and port;"
                " write / ? # in a password as %2F %3F %23."
            )
        if not parts.hostname:
            raise ValueError("The mail server's address names no host.")
        security = Security(parts.scheme)
        with _plainly("The user or password of the mail server is not percent-encoded UTF-8."):
            user = unquote(parts.username or "", errors="strict")
            password = unquote(parts.password or "", errors="strict")
        return cls(parts.hostname, _port(parts) or PORTS[security], security, user, password)


def _port(parts: SplitResult) -> int | None:
    with _plainly("The mail server's port must be a number from 1 to 65535."):
        if parts.port == 0:
            raise ValueError
        return parts.port


@contextmanager
def _plainly(sentence: str) -> Iterator[None]:
    """The library's own sentences repeat the password."""
    try:
        yield
    except ValueError:
        raise ValueError(sentence) from None


def is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
