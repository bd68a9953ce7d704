"""Asking DNS: the system's name servers, those of the settings, or none at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
import dns.reversename

IpAddress = IPv4Address | IPv6Address
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


class Silent(Exception):
    """DNS did not answer: nothing is known."""


class Records:
    """What DNS says of a name, in our words; nothing where there is none. Raises `Silent`."""

    def __init__(self, asked: dns.resolver.Resolver) -> None:
        self._asked = asked

    def texts(self, name: str) -> list[str]:
        """Each TXT record with its pieces put together; sorted, since DNS knows no order."""
        found = self._all(name, "TXT")
        return sorted(b"".join(one.strings).decode(errors="replace") for one in found)

    def addresses(self, name: str) -> list[IpAddress]:
        return [ip_address(one.address) for kind in ("A", "AAAA") for one in self._all(name, kind)]

    def mail_hosts(self, name: str) -> list[str]:
        """The hosts of MX records; a `.` says that the domain takes no mail (RFC 7505)."""
        return [one.exchange.to_text(omit_final_dot=True) for one in self._all(name, "MX")]

    def names(self, address: IpAddress) -> list[str]:
        """What the address is called (PTR)."""
        found = self._all(reverse(address), "PTR")
        return [one.target.to_text(omit_final_dot=True) for one in found]

    def _all(self, name: str, kind: str) -> Iterator[Any]:
        try:
            yield from self._asked.resolve(name, kind, raise_on_no_answer=False, search=False)
        except (dns.resolver.NXDOMAIN, dns.name.LabelTooLong, dns.name.EmptyLabel):
            return
        except (dns.exception.DNSException, OSError):
            raise Silent from None


def reverse(address: IpAddress) -> str:
    """The name under which DNS keeps what the address is called."""
    return dns.reversename.from_address(str(address)).to_text(omit_final_dot=True)
