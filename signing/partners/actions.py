"""What can be done to partners, each written down. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db, insert
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.mail import outbox
from signing.mail.kinds import Kind as Mail
from signing.mail.kinds import Recipient
from signing.partners import contact, queries
from signing.partners.contact import Contact
from signing.partners.logos import Drawn
from signing.partners.models import Kind, Logo, Partner, State

MOST = 500  # to a letter, codes of its own among them


class CodeTaken(Refusal):
    """The letter has a partner or source of this code; the staff's form says it in words."""

    status = 409


class TooMany(Refusal):
    status = 409


@dataclass(frozen=True, slots=True)
class Facts:
    """What staff say of a partner."""

    name: str
    site: str = ""
    origins: list[str] = field(default_factory=list)
    locales: list[str] = field(default_factory=list)


def make_code(letter_id: UUID, code: str, name: str, *, by: Actor) -> Partner:
    """A source of the campaign's own is credited from now on. Raises `CodeTaken`."""
    made = add(letter_id, Kind.OWN, code, Facts(name), "")
    record(Verb.CODE_MADE, made, by)
    return made


def add(letter_id: UUID, kind: Kind, code: str, facts: Facts, locale: str) -> Partner:
    """A partner as `State.INVITED`, or a source; who adds it writes it down."""
    if len(queries.list_names(letter_id)) >= MOST:
        raise TooMany
    at, id_ = clock.now(), new_id()
    row = insert(Partner).values(
        letter_id=letter_id,
        id=id_,
        kind=kind.value,
        code=code,
        name=facts.name,
        site=facts.site,
        origins=facts.origins,
        locales=facts.locales,
        state=(State.ACTIVE if kind is Kind.OWN else State.INVITED).value,
        state_at=at,
        locale=locale,
        link_version=1,
        accepted_version=0,
        asked_version=0,
        created_at=at,
    )
    free = row.on_conflict_do_nothing(index_elements=["letter_id", "code"])
    if db.session.execute(free.returning(Partner.id)).one_or_none() is None:
        raise CodeTaken
    queries.forget_codes(letter_id)
    return queries.get(letter_id, id_)


def edit(partner: Partner, facts: Facts, *, by: Actor) -> None:
    """These facts hold afterwards; the code stays as it is, since it stands in links."""
    before = (partner.name, partner.site, partner.origins, partner.locales)
    partner.name, partner.site = facts.name, facts.site
    partner.origins, partner.locales = [*facts.origins], [*facts.locales]
    if before != (facts.name, facts.site, facts.origins, facts.locales):
        record(Verb.PARTNER_CHANGED, partner, by, origins=len(facts.origins))


def set_contact(partner: Partner, who: Contact, locale: str, *, by: Actor) -> None:
    """The partner's mails go there from now on; links that went elsewhere are void."""
    if contact.find(partner) != who:
        partner.sealed = contact.seal(partner.letter_id, partner.id, who)
        partner.void_links()
        record(Verb.PARTNER_CHANGED, partner, by, contact=True)
    partner.locale = locale


def suspend(partner: Partner, *, by: Actor) -> None:
    """Nothing is credited from now on; twice is once."""
    if partner.state in {State.ACTIVE, State.INVITED}:
        vault.store.note_forgotten(partner.letter_id, partner.id, Forgotten.PARTNER_SUSPENDED)
        become(partner, State.SUSPENDED)
        record(Verb.PARTNER_SUSPENDED, partner, by)


def resume(partner: Partner, *, by: Actor) -> None:
    """As before it was suspended: what was accepted still holds."""
    if partner.state == State.SUSPENDED:
        vault.store.note_remembered(partner.letter_id, partner.id, Forgotten.PARTNER_SUSPENDED)
        is_ready = not partner.is_partner or partner.accepted_version > 0
        become(partner, State.ACTIVE if is_ready else State.INVITED)
        record(Verb.PARTNER_RESUMED, partner, by)


def send_link(partner: Partner) -> None:
    """The contact, if there is one, is mailed the link to the partner's page."""
    if partner.sealed is not None:
        to = outbox.To(partner.letter_id, partner.id, Recipient.PARTNER)
        outbox.put(Mail.PARTNER, to=to, locale=partner.locale)


def set_logo(partner: Partner, drawn: Drawn, *, by: Actor) -> None:
    values = {"png": drawn.png, "width": drawn.width, "height": drawn.height}
    row = insert(Logo).values(letter_id=partner.letter_id, partner_id=partner.id, **values)
    again = row.on_conflict_do_update(index_elements=["letter_id", "partner_id"], set_=values)
    db.session.execute(again)
    record(Verb.PARTNER_CHANGED, partner, by, logo=True)


def remove_logo(partner: Partner, *, by: Actor) -> None:
    db.session.execute(
        delete(Logo).where(Logo.letter_id == partner.letter_id, Logo.partner_id == partner.id)
    )
    record(Verb.PARTNER_CHANGED, partner, by, logo=False)


def become(partner: Partner, state: State) -> None:
    """The partner is so from now on; in other processes a few seconds later."""
    partner.state, partner.state_at = state.value, clock.now()
    queries.forget_codes(partner.letter_id)


def record(verb: Verb, partner: Partner, by: Actor, **details: object) -> None:
    """Write it down; `details` hold no name and no address."""
    log.record(
        verb,
        by=by,
        subject=str(partner.id),
        letter_id=partner.letter_id,
        details={"code": partner.code} | details,
    )
