"""Whether an SPF record lets an address send (RFC 7208), as far as that can be told beforehand."""

from __future__ import annotations

from ipaddress import ip_network

from signing.core.dns import IpAddress, Records

VERSION = "v=spf1"
MOST_LOOKUPS = 10  # RFC 7208, 4.6.4


class TooMuch(Exception):
    """The record asks for more look-ups than receivers make: for them it is broken."""


class Spf:
    """The record of a domain, and what it refers to. Raises `Silent` and `TooMuch`."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._lookups = 0

    def find(self, domain: str) -> list[str]:
        """The SPF records of a domain: one, if all is well."""
        texts = self._records.texts(domain)
        return [text for text in texts if text.lower().split(" ")[0] == VERSION]

    def lets_send(self, address: IpAddress, domain: str) -> bool | None:
        """Whether mail from this address passes; None where that depends on the mail."""
        found = self.find(domain)
        if len(found) != 1:
            return False
        _version, *terms = found[0].lower().split()
        for term in terms:
            name, _, target = term.lstrip("+-~?").partition(":")
            matches = self._matches(name, target, address, domain)
            if matches is None:
                return None
            if matches:
                return term[0] not in "-~?"
        modifiers = dict(term.split("=", 1) for term in terms if "=" in term)
        return self._refer(address, modifiers["redirect"]) if "redirect" in modifiers else False

    def _matches(self, name: str, target: str, address: IpAddress, domain: str) -> bool | None:
        """Whether a mechanism is about this address."""
        if "%" in target or name in {"exists", "ptr"}:
            return None
        if name in {"ip4", "ip6"}:
            return _is_in(address, target)
        kind, _, prefix = name.partition("/")
        host, _, own_prefix = target.partition("/")
        if kind == "include":
            return self._refer(address, target)
        if kind in {"a", "mx"}:
            return self._is_host(kind, host or domain, address, prefix or own_prefix)
        return kind == "all"

    def _refer(self, address: IpAddress, domain: str) -> bool | None:
        self._count()
        return self.lets_send(address, domain)

    def _is_host(self, kind: str, host: str, address: IpAddress, prefix: str) -> bool:
        """Prefixes are `/24` for IPv4 and `//64` for IPv6, or both."""
        self._count()
        hosts = self._records.mail_hosts(host) if kind == "mx" else [host]
        lengths = dict(zip((4, 6), prefix.split("//"), strict=False))
        length = lengths.get(address.version) or address.max_prefixlen
        found = [one for name in hosts for one in self._records.addresses(name)]
        return any(_is_in(address, f"{one}/{length}") for one in found)

    def _count(self) -> None:
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise TooMuch


def _is_in(address: IpAddress, network: str) -> bool:
    try:
        return address in ip_network(network, strict=False)
    except ValueError:  # no network, or of the other version
        return False
