"""Whom a batch of mails is for: addresses, what they signed, and whether they want any mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from signing.core import clock
from signing.core.ids import HOUSE
from signing.core.tokens import SignatureRef
from signing.core.vault import Unreadable
from signing.exports import queries as exports
from signing.exports import waiting
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.mail import suppressions
from signing.mail.kinds import Kind
from signing.mail.outbox import Claimed
from signing.news.mailed import Announcement
from signing.partners import calls, contact
from signing.partners import queries as partners
from signing.signatures import person, queries
from signing.signatures.address import normalised
from signing.signatures.models import Signature, State
from signing.signatures.person import Person
from signing.staff_accounts import invitations, profile
from signing.staff_accounts import queries as members
from signing.staff_accounts.models import State as MemberState
from signing.worker import decided


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature, its letter, and who it is."""

    signature: Signature
    letter: Letter
    person: Person

    @property
    def ref(self) -> SignatureRef:
        signature = self.signature
        return SignatureRef(signature.letter_id, signature.id, signature.link_version)


@dataclass(frozen=True, slots=True)
class Inbox:
    """An address and what it signed: the one signature a mail is about, or every one."""

    address: str
    house_digest: bytes
    signed: tuple[Signed, ...]
    news: Announcement | None = None  # what the mail carries, if it is news
    letter: Letter | None = None  # where the mail is about one, and about no signature


def list_signed(batch: Sequence[Claimed]) -> dict[UUID, Signed]:
    """Signatures and letters of the whole batch, by the signature's id, in one statement."""
    wanted = [(mail.letter_id, mail.recipient_id) for mail in batch if mail.letter_id != HOUSE]
    return {one.signature.id: one for one in _readable(queries.list_these(wanted))}


def find(mail: Claimed, signed: Mapping[UUID, Signed]) -> Inbox | None:
    """Who is to get the mail; None where nobody is left, or its question is answered."""
    if mail.kind is Kind.ALL_LINKS:
        return _of_address(mail)
    if mail.kind is Kind.INVITATION:
        return _of_invited(mail)
    if mail.kind is Kind.PARTNER:
        return _of_partner(mail)
    if mail.kind in {Kind.WEBHOOK_FAILING, Kind.WEBHOOK_OFF}:
        hosts = calls.list_hosts(mail.kind, mail.letter_id, mail.recipient_id)
        return _of_partner(mail) if hosts else None
    if mail.kind is Kind.NEWS_TEST:
        return _of_member(mail)
    if mail.kind is Kind.EXPORT_WAITING:
        return _of_member(mail) if _is_asked_to_agree(mail) else None
    about = signed.get(mail.recipient_id)
    if about is None or not _is_still_wanted(mail.kind, about):
        return None
    return Inbox(about.person.email, person.house_digest(about.person.email), (about,))


def _of_address(mail: Claimed) -> Inbox | None:
    address = mail.address
    everything = queries.list_of_address(normalised(address))
    reached = [row for row in everything if row[0].bounced_at is None]
    signed = tuple(_readable(reached))
    return Inbox(address, person.house_digest(address), signed) if signed else None


def _of_invited(mail: Claimed) -> Inbox | None:
    """Nobody, once the invitation is used or too old."""
    found = invitations.find(mail.recipient_id)
    if found is None:
        return None
    address = profile.of(found[1]).email
    return Inbox(address, person.house_digest(address), ())


def _of_member(mail: Claimed) -> Inbox | None:
    """The member, while they work here."""
    member = members.get(mail.recipient_id)
    if member.state != MemberState.ACTIVE:
        return None
    address = profile.of(member).email
    return Inbox(address, person.house_digest(address), (), letter=letters.get(mail.letter_id))


def _is_asked_to_agree(mail: Claimed) -> bool:
    """Somebody else's export waits still, and the member may still decide about it."""
    me = str(mail.recipient_id)
    may = me in exports.list_seconds(mail.letter_id, but="")
    return may and waiting.count_asked(mail.letter_id, but=me) > 0


def _of_partner(mail: Claimed) -> Inbox | None:
    """Nobody, once the contact is forgotten."""
    partner = partners.get(mail.letter_id, mail.recipient_id)
    who = contact.find(partner)
    if who is None:
        return None
    letter = letters.get(mail.letter_id)
    return Inbox(who.email, person.house_digest(who.email), (), letter=letter)


def _readable(rows: Sequence[tuple[Signature, Letter]]) -> list[Signed]:
    found = []
    for signature, letter in rows:
        try:
            found.append(Signed(signature, letter, person.of(signature)))
        except Unreadable:  # the letter was erased a moment ago
            continue
    return found


def _is_still_wanted(kind: Kind, about: Signed) -> bool:
    """A question that was answered meanwhile is not asked again; a dead address is left alone."""
    if about.signature.bounced_at is not None:
        return False
    is_pending = about.signature.state == State.PENDING
    if kind in decided.KINDS:
        return decided.is_still_so(kind, about.signature)
    if kind is Kind.NEWS:
        return about.signature.state == State.CONFIRMED
    if kind is Kind.REMINDER:
        return is_pending and about.letter.takes_signatures(clock.now())
    return is_pending or kind is not Kind.CONFIRM_SIGNATURE


def list_suppressed(batch: Sequence[Claimed], found: Mapping[UUID, Inbox]) -> set[UUID]:
    """Which mails are for somebody who wants none, about this letter or at all."""
    digests = {one.house_digest for one in found.values()}
    suppressed = suppressions.list_suppressed(digests) if digests else set()
    return {
        mail.id
        for mail in batch
        if mail.id in found
        and suppressed & {(found[mail.id].house_digest, scope) for scope in (HOUSE, mail.letter_id)}
    }
