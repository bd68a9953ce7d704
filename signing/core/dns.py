"""Asking DNS: the system's name servers, those of the settings, or nobody."""

from __future__ import annotations

from collections.abc import Sequence

import dns.exception
import dns.nameserver
import dns.resolver

OFF, SYSTEM = "off", "system"


def resolver(nameservers: Sequence[str], seconds: float) -> dns.resolver.Resolver | None:
    """What asks and gives up after so many seconds; None where nobody is to be asked."""
    if OFF in nameservers:
        return None
    if SYSTEM in nameservers:
        try:
            made = dns.resolver.Resolver()
        except dns.exception.DNSException:  # the system knows none
            return None
    else:
        made = dns.resolver.Resolver(configure=False)
        made.nameservers = [_server(one) for one in nameservers]
    made.lifetime = made.timeout = seconds
    return made


def _server(address: str) -> str | dns.nameserver.Nameserver:
    host, _, port = address.rpartition(":") if address.count(":") == 1 else (address, "", "53")
    return dns.nameserver.Do53Nameserver(host, int(port))
