"""Who knocks, as far as limits need to know: a network, never an address that is kept.

The client's address is what the connection says; what `X-Forwarded-For` adds is believed of the
proxies in `SIGNING_TRUSTED_PROXIES` alone, from the right, since anybody can write the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from flask import current_app, request

from signing.core.settings import Settings
from signing.core.vault import vault

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
NEAR, WIDE = 64, 48  # what a household and what an organisation usually gets of IPv6
UNKNOWN = IPv4Address(0)  # a local socket without a trusted proxy


def networks() -> tuple[str, ...]:
    """Digests of the visitor's networks, the nearest first: they recognise one for a day."""
    return tuple(vault.network_digest(one).hex() for one in names(_client()))


def nearest() -> str:
    return networks()[0]


def names(address: Address) -> tuple[str, ...]:
    """The networks that are counted: IPv4 as it is, of IPv6 the first 64 and the first 48 bits."""
    if isinstance(address, IPv4Address):
        return (str(address),)
    return tuple(str(ip_network((address, bits), strict=False)) for bits in (NEAR, WIDE))


def _client() -> Address:
    settings: Settings = current_app.extensions["signing.settings"]
    forwarded = request.headers.get("X-Forwarded-For", "")
    return client(request.remote_addr or "", forwarded, settings.trusted_proxies)


def client(peer: str, forwarded: str, trusted: Networks) -> Address:
    """The first address from the right that is no trusted proxy's."""
    nearest = _read(peer)
    for part in reversed(forwarded.split(",")):
        if not any(nearest in network for network in trusted):
            break
        before = _read(part)
        if before == UNKNOWN:
            break
        nearest = before
    return nearest


def _read(text: str) -> Address:
    """The address in one of the shapes proxies write; `UNKNOWN` for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return UNKNOWN
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
