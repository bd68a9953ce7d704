"""What DNS says of our mail: SPF, DKIM, DMARC, where bounces go, what the sending host is called.

Each finding names the record to add, ready to paste.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from signing.core.dns import IpAddress, Records, Silent, resolver, reverse
from signing.core.settings import Settings
from signing.mail.dkim_signing import Signer
from signing.mail.smtp_url import SmtpUrl, is_loopback
from signing.mail.spf import VERSION, Spf, TooMuch

SECONDS = 3.0
UNKNOWN_SELECTOR = (
    "we do not sign with DKIM, and the selector of your mail server is not known here. Mail"
    " yourself, and look for dkim=pass in Authentication-Results; if it is not there, have us"
    " sign: set SIGNING_DKIM_SELECTOR and SIGNING_DKIM_KEY"
)
PIECE = 255  # RFC 1035, 3.3: the longest string of a TXT record


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found; a fault is to be mended, the rest is advice."""

    text: str
    is_fault: bool = True


def look(settings: Settings) -> Iterator[Finding]:
    """Whatever DNS gives reason to say."""
    asked = resolver(settings.nameservers, SECONDS)
    if asked is None:
        yield _hint("SPF, DKIM, DMARC and PTR were not looked at: there is no name server to ask")
        return
    records = Records(asked)
    try:
        hosts = _sending_addresses(settings, records)
        for domain in dict.fromkeys([settings.mail_domain, _envelope_domain(settings)]):
            yield from _spf(records, domain, hosts)
        yield from _dkim(settings, records)
        yield from _dmarc(settings, records)
        yield from _mail_hosts(settings, records)
        yield from _names(records, hosts)
    except Silent:
        yield _hint("DNS does not answer: SPF, DKIM, DMARC and PTR were not looked at to the end")
        return
    if not hosts:
        yield _hint("which address mail leaves from is not known here: it was not compared to SPF")


def _hint(text: str) -> Finding:
    return Finding(text, is_fault=False)


def _envelope_domain(settings: Settings) -> str:
    return (settings.bounce_address or settings.mail_from).rpartition("@")[2]


def _sending_host(settings: Settings) -> str:
    """The mail server, or this machine under its public name where the server is on it."""
    with suppress(ValueError):
        host = SmtpUrl.parse(settings.smtp_url).host
        if not is_loopback(host):
            return host
    return urlsplit(settings.base_url).hostname or ""


def _sending_addresses(settings: Settings, records: Records) -> list[IpAddress]:
    """Public addresses that mail probably leaves from."""
    host = _sending_host(settings)
    try:
        found: list[IpAddress] = [ip_address(host)]
    except ValueError:
        found = records.addresses(host)
    return [one for one in found if one.is_global]


def _spf(records: Records, domain: str, hosts: list[IpAddress]) -> Iterator[Finding]:
    spf = Spf(records)
    found = spf.find(domain)
    allowed = [f"ip{one.version}:{one}" for one in hosts]
    if not found:
        record = _txt(domain, " ".join([VERSION, *(allowed or ["mx"]), "~all"]))
        yield Finding(f"{domain} has no SPF record. Add: {record}")
        return
    if len(found) > 1:
        record = _txt(domain, _merged(found))
        yield Finding(f"{domain} has {len(found)} SPF records, which is as good as none."
                      f" Keep one: {record}")  # fmt: skip
        return
    for host, mechanism in zip(hosts, allowed, strict=True):
        try:
            lets_send = Spf(records).lets_send(host, domain)
        except TooMuch:
            yield Finding(f"the SPF record of {domain} needs more than 10 look-ups: it counts for"
                          " nothing. Take out what no longer sends")  # fmt: skip
            return
        if lets_send is False:
            record = _txt(domain, found[0].replace(" ", f" {mechanism} ", 1))
            yield _hint(f"the SPF record of {domain} does not know {host}. If mail leaves from"
                        f" there, change it to: {record}")  # fmt: skip


def _merged(found: list[str]) -> str:
    """One record that allows what each of them does."""
    terms = dict.fromkeys(term for record in found for term in record.split()[1:])
    allowing = [term for term in terms if term.lstrip("+-~?").lower() != "all"]
    return " ".join([VERSION, *allowing, "~all"])


def _dkim(settings: Settings, records: Records) -> Iterator[Finding]:
    if not settings.dkim_selector:
        yield _hint(UNKNOWN_SELECTOR)
        return
    signer = Signer(settings.mail_domain, settings.dkim_selector, settings.dkim_key)
    name = f"{settings.dkim_selector}._domainkey.{settings.mail_domain}"
    found = records.texts(name)
    if any(_tags(text).get("p") == signer.public_key for text in found):
        return
    what = "does not hold the public part of SIGNING_DKIM_KEY" if found else "is not there"
    record = _txt(name, f"v=DKIM1; k=rsa; p={signer.public_key}")
    yield Finding(f"the DKIM record {name} {what}. It must be: {record}")


def _tags(record: str) -> dict[str, str]:
    """The values of a DKIM record, without the blanks that may stand in them."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}


def _dmarc(settings: Settings, records: Records) -> Iterator[Finding]:
    """The domain's own, or that of one it lies in."""
    domain = settings.mail_domain
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        name = f"_dmarc.{'.'.join(labels[start:])}"
        found = [text for text in records.texts(name) if text.startswith("v=DMARC1")]
        if len(found) == 1:
            return
        if found:
            yield Finding(f"{name} has {len(found)} DMARC records, which is as good as none")
            return
    reports = settings.operator_contact or settings.mail_from
    record = _txt(f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:{reports}")
    yield Finding(f"{domain} has no DMARC record; big providers want one. Add: {record}")


def _mail_hosts(settings: Settings, records: Records) -> Iterator[Finding]:
    """Where mail comes back to, somebody must take it."""
    domain = _envelope_domain(settings)
    hosts = records.mail_hosts(domain)
    takes_none = hosts == ["."] or not (hosts or records.addresses(domain))
    if not takes_none:
        return
    host = _sending_host(settings)
    record = f"{domain}. IN MX 10 {host}."
    yield Finding(f"no mail can come back to {domain}. Add, with the host that takes it: {record}")


def _names(records: Records, hosts: list[IpAddress]) -> Iterator[Finding]:
    """Many servers take no mail from an address without a name that leads back to it."""
    for host in hosts:
        names = records.names(host)
        if any(host in records.addresses(name) for name in names):
            continue
        if names:
            kind = "A" if host.version == 4 else "AAAA"
            yield _hint(f"{host} is called {names[0]}, which does not lead back. If mail leaves"
                        f" from there, add: {names[0]}. IN {kind} {host}")  # fmt: skip
        else:
            yield _hint(f"{host} has no name. If mail leaves from there, have its provider add:"
                        f" {reverse(host)}. IN PTR mail.example.org. (the name it has in the"
                        " DNS)")  # fmt: skip


def _txt(name: str, text: str) -> str:
    pieces = " ".join(f'"{text[i : i + PIECE]}"' for i in range(0, len(text), PIECE))
    return f"{name}. IN TXT {pieces}"
