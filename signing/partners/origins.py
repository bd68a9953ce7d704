"""Addresses of other people's websites, checked and in one spelling. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address

from signing.core import address_parts

MOST_ORIGINS = 20
SITE_CHARACTERS = 200
HOOK_CHARACTERS = 500
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_SPACE = re.compile(r"[\s,]+")


class NoOrigin(ValueError):
    """Its text is what cannot be read as an origin."""


def read_all(text: str) -> list[str]:
    """The origins in a text field, each once, in their order; raises `NoOrigin`."""
    found = [read(part) for part in _SPACE.split(text.strip()) if part]
    if len(found) > MOST_ORIGINS:
        raise NoOrigin(str(len(found)))
    return [*dict.fromkeys(found)]


def read(text: str) -> str:
    """An origin as browsers write it (RFC 6454): `https://`, host, and a port if it is unusual.

    Neither patterns, nor IP addresses, nor hosts without a dot: what frames our form has a name
    that its owner can be held to. Raises `NoOrigin`.
    """
    try:
        parts = address_parts.of_link(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
        ascii_host = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        raise NoOrigin(text) from None
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme != "https" or not is_bare or not _HOST.fullmatch(ascii_host):
        raise NoOrigin(text)
    return f"https://{ascii_host}" if port in {None, 443} else f"https://{ascii_host}:{port}"


def is_site(text: str) -> bool:
    """Whether it is the address of a page that a link may lead to."""
    try:
        parts = address_parts.of_link(text)
        has_host = "." in (parts.hostname or "") and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    is_plain = text.isprintable() and not any(one in text for one in " <>\"'\\")
    return parts.scheme in {"http", "https"} and has_host and is_plain and "@" not in parts.netloc


def is_hook(url: str) -> bool:
    """Whether it may be called: https, a name and no number, the usual port, no password."""
    try:
        parts = address_parts.of_link(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = (
        len(url) <= HOOK_CHARACTERS and url.isascii() and url.isprintable() and " " not in url
    )
    is_bare = not parts.fragment and "@" not in parts.netloc
    return is_plain and is_bare and parts.scheme == "https" and port in {None, 443} and _named(host)


def _named(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.rpartition(".")[2].isdigit()
    return False
