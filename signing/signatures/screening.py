"""What is noticed about a form: reasons for staff to look, and how much work its sender owes.

A rule never refuses and never deletes. Who comes often, with many or strangely pays with work: a
university behind one address gets through, a thousand letters to one victim become dear.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from uuid import UUID

from email_validator import EmailNotValidError

from signing.core.ids import HOUSE
from signing.core.limits import Knock, limits
from signing.core.vault import vault
from signing.letters.models import Letter, ProofOfWork
from signing.mail.domains import Domains
from signing.signatures import mistyped
from signing.signatures.address import LARGE, domain_of, normalised


class Reason(StrEnum):
    """Why staff may want to look at a signature; kept with it."""

    NETWORK_BURST = "network_burst"  # many forms from one network
    DOMAIN_BURST = "domain_burst"  # many addresses of a mail domain that is otherwise rare
    SAME_COMMENT = "same_comment"  # the same comment was pasted again and again
    MARKUP = "markup"  # the name holds what belongs to a program
    MIXED_SCRIPTS = "mixed_scripts"  # a word of letters that look alike in two scripts
    HONEYPOT = "honeypot"  # the field that is to stay empty was filled in
    THROWAWAY_DOMAIN = "throwaway_domain"  # a provider of addresses for minutes


class Work(IntEnum):
    """What has to be done before a form is taken."""

    NONE = 0
    NORMAL = 1
    RAISED = 2


MINUTE, TEN_MINUTES, HOUR = 60, 600, 3600
DAY = 23 * HOUR  # the worker sweeps once an hour: nothing that was counted outlives 24 hours
CALM_HOUR = 20  # an hour may hold as much as so many calm minutes at their limit
HARDER = 10  # so many times over the limit, the work is raised
Rates = tuple[tuple[int, int], ...]  # seconds, and how many forms are usual in them

NEAR_NETWORK: Rates = ((TEN_MINUTES, 20), (DAY, 200))
WIDE_NETWORK: Rates = ((TEN_MINUTES, 100), (DAY, 1000))
ADDRESS: Rates = ((HOUR, 5), (DAY, 15))
DOMAIN: Rates = ((TEN_MINUTES, 100), (DAY, 1000))
COMMENT: Rates = ((HOUR, 5), (DAY, 20))
MARKUP = frozenset("<>{}[]\\|^~`=$%#*_")
ALIKE = ("LATIN", "CYRILLIC", "GREEK")  # scripts whose letters can be taken for each other


class Kind(StrEnum):
    """What forms are counted by; the values begin the keys."""

    LETTER = "letter"
    NEAR_NETWORK = "network"
    WIDE_NETWORK = "wide_network"
    ADDRESS = "address"
    DOMAIN = "domain"
    COMMENT = "comment"  # as a reason alone: nobody works for it


BURSTS = {
    Kind.NEAR_NETWORK: Reason.NETWORK_BURST,
    Kind.WIDE_NETWORK: Reason.NETWORK_BURST,
    Kind.DOMAIN: Reason.DOMAIN_BURST,
    Kind.COMMENT: Reason.SAME_COMMENT,
}


@dataclass(frozen=True, slots=True)
class Rated:
    """A key that forms are counted under, and how many are usual."""

    kind: Kind
    knock: Knock
    usual: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a form is counted; networks as digests, the nearest first. Nothing is checked yet.

    None are known where a partner's program sends for somebody.
    """

    networks: tuple[str, ...]
    email: str
    comment: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the counts said. `over` is by how many forms the nearest network is over its limit."""

    work: Work
    reasons: tuple[Reason, ...]
    over: int


def letter_rates(calm_a_minute: int) -> Rates:
    return ((MINUTE, calm_a_minute), (HOUR, calm_a_minute * CALM_HOUR))


def knock(letter: Letter, sent: Sent, *, calm_a_minute: int) -> Seen:
    """Count this form under all its keys, in one go; what that says of it.

    Where staff have switched work off, nothing is counted either.
    """
    if letter.work == ProofOfWork.OFF:
        return Seen(Work.NONE, (), 0)
    rated = [
        *_rated(Kind.LETTER, letter.id.hex, letter_rates(calm_a_minute)),
        *_networks(sent.networks),
        *_address(sent.email),
        *_comment(letter.id, sent.comment),
    ]
    counted = [*zip(rated, limits.hit_all([one.knock for one in rated]), strict=True)]
    full = {one.kind for one, n in counted if n > one.usual}
    bursts = dict.fromkeys(reason for kind, reason in BURSTS.items() if kind in full)
    load = max(n / one.usual for one, n in counted if one.kind is not Kind.COMMENT)
    over = next((n - one.usual for one, n in counted if one.kind is Kind.NEAR_NETWORK), 0)
    return Seen(_work(letter, load), tuple(bursts), max(0, over))


def _work(letter: Letter, load: float) -> Work:
    """`load` is the fullest window: 1 is all that is usual."""
    if load > HARDER:
        return Work.RAISED
    return Work.NORMAL if load > 1 or letter.work == ProofOfWork.ON else Work.NONE


def is_under_pressure(letter: Letter, *, calm_a_minute: int) -> bool:
    """Whether everybody who signs this letter now has to prove work."""
    if letter.work != ProofOfWork.AUTO:
        return letter.work == ProofOfWork.ON
    rated = _rated(Kind.LETTER, letter.id.hex, letter_rates(calm_a_minute))
    counts = limits.count_all([key for key, _seconds in (one.knock for one in rated)])
    return any(n > one.usual for n, one in zip(counts, rated, strict=True))


def _rated(kind: Kind, key: str, rates: Rates) -> list[Rated]:
    return [Rated(kind, (f"{kind}:{key}:{seconds}", seconds), usual) for seconds, usual in rates]


def _networks(networks: Sequence[str]) -> list[Rated]:
    if not networks:
        return []
    near, *wide = networks
    rated = _rated(Kind.NEAR_NETWORK, near, NEAR_NETWORK)
    for network in wide:
        rated += _rated(Kind.WIDE_NETWORK, network, WIDE_NETWORK)
    return rated


def _address(email: str) -> list[Rated]:
    """The address and its domain, both as digests; nothing for what is no address."""
    try:
        address = normalised(email)
    except EmailNotValidError:
        return []
    rated = _rated(Kind.ADDRESS, vault.digest(HOUSE, address).hex(), ADDRESS)
    domain = address.rpartition("@")[2]
    if domain in LARGE:
        return rated
    return rated + _rated(Kind.DOMAIN, vault.digest(HOUSE, f"domain:{domain}").hex(), DOMAIN)


def _comment(letter_id: UUID, comment: str) -> list[Rated]:
    return _rated(Kind.COMMENT, vault.digest(letter_id, comment).hex(), COMMENT) if comment else []


def is_throwaway(email: str, domains: Domains) -> bool:
    """Whether a complete address is one for minutes. One that is a slip beside a large provider is
    not: squatters take mail at such names, and whoever mistyped is an honest person.
    """
    domain = domain_of(email)
    return domains.is_throwaway(domain) and not mistyped.meant(email)


def reasons_in(name: str) -> tuple[Reason, ...]:
    """What is strange about a name as such."""
    found = []
    if MARKUP.intersection(name):
        found.append(Reason.MARKUP)
    if any(_mixes_scripts(word) for word in name.split()):
        found.append(Reason.MIXED_SCRIPTS)
    return tuple(found)


def _mixes_scripts(word: str) -> bool:
    """Whether one word is written in two scripts whose letters look alike."""
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return len(scripts.intersection(ALIKE)) > 1
