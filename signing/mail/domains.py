"""Whether mail can go to a domain: what DNS says, which are thrown away, what staff decided."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
from disposable_email_domains import blocklist
from email_validator import EmailNotValidError
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.core import address_parts, clock
from signing.core.db import db
from signing.core.dns import resolver
from signing.core.refusals import Refusal
from signing.mail.models import DomainRule

KEPT = timedelta(hours=1)
# While DNS is away, one form in so long waits for it.
KEPT_UNKNOWN = timedelta(minutes=1)
MOST_KEPT = 10_000
VISITORS_SECONDS = 0.3  # for so long somebody who has sent a form waits for DNS
RULES_KEPT = timedelta(minutes=1)


class Verdict(StrEnum):
    TAKES_MAIL = "takes mail"
    TAKES_NONE = "takes no mail"  # there is no such domain, or it says so (RFC 7505)
    UNKNOWN = "unknown"  # no answer in time: that is no reason against anybody


class Rule(StrEnum):
    """What staff decided about a domain."""

    ALLOW = "allow"  # mail goes there, whatever DNS or the list of throw-away domains says
    BLOCK = "block"  # nobody signs with an address there


class Objection(StrEnum):
    """Why nobody signs with an address at a domain."""

    BLOCKED = "blocked"  # by staff
    TAKES_NO_MAIL = "takes no mail"


class NotADomain(Refusal):
    status = 422
    message = _l("This is not the name of a mail domain.")


def is_throwaway(domain: str) -> bool:
    """Whether the domain, or one it lies in, gives out addresses for minutes."""
    labels = domain.split(".")
    return any(".".join(labels[i:]) in blocklist for i in range(len(labels) - 1))


class Domains:
    """Verdicts about domains, kept in this process for a while."""

    def __init__(self, nameservers: Sequence[str]) -> None:
        self._nameservers = nameservers
        self._kept: OrderedDict[str, tuple[Verdict, datetime]] = OrderedDict()
        self._rules: dict[str, Rule] = {}
        self._rules_until = datetime.min.replace(tzinfo=clock.now().tzinfo)

    def look_up(self, domain: str, *, seconds: float) -> Verdict:
        """Whether the domain (A-labels) takes mail; asks DNS for at most so long."""
        verdict, until = self._kept.get(domain, (Verdict.UNKNOWN, None))
        if until is not None and clock.now() < until:
            return verdict
        asked = resolver(self._nameservers, seconds)
        verdict = _ask(asked, domain) if asked else Verdict.UNKNOWN
        kept = KEPT_UNKNOWN if verdict is Verdict.UNKNOWN else KEPT
        self._kept[domain] = verdict, clock.now() + kept
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return verdict

    def find_objection(self, domain: str) -> Objection | None:
        """Why nobody may sign with an address there, None if anybody may.

        One look-up, by domain and never by address; no answer in time is a yes.
        """
        rule = self.rule(domain)
        if rule is Rule.BLOCK:
            return Objection.BLOCKED
        if rule is Rule.ALLOW:
            return None
        verdict = self.look_up(domain, seconds=VISITORS_SECONDS)
        return Objection.TAKES_NO_MAIL if verdict is Verdict.TAKES_NONE else None

    def is_throwaway(self, domain: str) -> bool:
        """Whether the domain gives out addresses for minutes, and staff do not trust it."""
        return is_throwaway(domain) and self.rule(domain) is not Rule.ALLOW

    def rule(self, domain: str) -> Rule | None:
        """What staff decided about the domain; a decision is heeded within a minute."""
        if clock.now() >= self._rules_until:
            self._rules = list_rules()
            self._rules_until = clock.now() + RULES_KEPT
        return self._rules.get(domain)


def _ask(asked: dns.resolver.Resolver, domain: str) -> Verdict:
    """MX, else an address of its own (RFC 5321, 5.1); a null MX takes no mail (RFC 7505)."""
    try:
        answer = asked.resolve(domain, dns.rdatatype.MX, raise_on_no_answer=False, search=False)
        if answer.rrset is not None:
            hosts = [record.exchange for record in answer]
            return Verdict.TAKES_NONE if hosts == [dns.name.root] else Verdict.TAKES_MAIL
        for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
            if asked.resolve(domain, kind, raise_on_no_answer=False, search=False).rrset:
                return Verdict.TAKES_MAIL
    except dns.resolver.NXDOMAIN:
        return Verdict.TAKES_NONE
    except (dns.exception.DNSException, OSError):
        return Verdict.UNKNOWN
    return Verdict.TAKES_NONE


def list_rules() -> dict[str, Rule]:
    rows = db.session.execute(select(DomainRule.domain, DomainRule.rule))
    return {domain: Rule(rule) for domain, rule in rows}


def a_labels(domain: str) -> str:
    """The domain as DNS knows it; raises `NotADomain`."""
    try:
        checked = address_parts.of_email(f"x@{domain.strip()}")
    except EmailNotValidError:
        raise NotADomain from None
    return checked.ascii_domain.lower()
