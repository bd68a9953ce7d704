"""Everything that is held about a signature, in words for the page and as JSON to take along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from signing.exports import queries as exports
from signing.letters.queries import Reading
from signing.mail.kinds import Kind
from signing.moderation import objections
from signing.partners import queries as partners
from signing.signatures.access import Held
from signing.signatures.models import Entry, Signature
from signing.signatures.person import Person
from signing.signatures.screening import Reason

MAILS = {
    Kind.CONFIRM_SIGNATURE: _l("The question whether it was you"),
    Kind.ALREADY_SIGNED: _l("The notice that this address has signed before"),
    Kind.FRESH_LINK: _l("A fresh link"),
    Kind.REMINDER: _l("The question once more"),
    Kind.ALL_LINKS: _l("The links to your signatures"),
    Kind.NEWS: _l("News"),
    Kind.NAME_HIDDEN: _l("A decision about your signature"),
    Kind.SET_ASIDE: _l("A decision about your signature"),
    Kind.RESTORED: _l("A decision about your signature"),
    Kind.DECISION_STANDS: _l("The answer to your objection"),
    Kind.CORRECTED: _l("The notice that your signature was corrected"),
}
ENTRIES = {
    Entry.FORM: _l("The form on our own page"),
    Entry.EMBED: _l("A form on the page of a partner"),
    Entry.API: _l("A partner's own form"),
}
REASONS = {
    Reason.NETWORK_BURST: _l("Many forms came from one network within a short time."),
    Reason.DOMAIN_BURST: _l("Many forms named one mail provider within a short time."),
    Reason.SAME_COMMENT: _l("The same comment was sent several times."),
    Reason.MARKUP: _l("The name holds signs that are rare in names."),
    Reason.MIXED_SCRIPTS: _l("The name mixes letters of several scripts."),
    Reason.HONEYPOT: _l("A field that people do not see was filled in."),
    Reason.THROWAWAY_DOMAIN: _l("The mail provider gives out addresses for a short time."),
}


def list_reasons(held: Held) -> list[str]:
    """Why staff may look at the signature, in plain words."""
    return [str(REASONS[Reason(one)]) for one in held.signature.reasons if one in set(Reason)]


def as_json(held: Held, reading: Reading) -> dict[str, Any]:
    """Everything, with the names that our tables use (GDPR art. 15 and 20)."""
    signature, letter, who = held.signature, held.letter, held.person
    return {
        "letter": letter.slug,
        "title": reading.translation.title,
        "controller": letter.controller,
        "contact": letter.contact,
        "receivers": [letter.controller, reading.addressee],
        **_as_signed(signature, who),
        "brought_by": [*held.sources],
        "text": _text(held),
        "consents": _consents(held),
        "decisions": _decisions(held),
        "mails": [
            {"kind": one.kind, "state": one.state, "at": _time(one.sent_at or one.put_at)}
            for one in held.mails
        ],
        "exports": [
            {"at": _time(at), "columns": columns}
            for at, columns in exports.list_with(signature.letter_id, signature.id)
        ],
    }


def _as_signed(signature: Signature, who: Person) -> dict[str, Any]:
    """What the row of the signature holds, sealed or in the clear."""
    return {
        "state": signature.state,
        "name": who.name,
        "email": who.email,
        "country": signature.country,
        "city": who.city,
        "postcode": who.postcode,
        "organisation": who.organisation,
        "comment": who.comment,
        "show_name": who.show,
        "public_name": signature.public_name,
        "hidden_by_staff_at": _time(signature.hidden_by_staff_at),
        "language": signature.locale,
        "entry": signature.entry,
        "signed_at": _time(signature.created_at),
        "asked_at": _time(signature.asked_at),
        "confirmed_at": _time(signature.confirmed_at),
        "bounced_at": _time(signature.bounced_at),
        "reasons": signature.reasons,
        "is_flagged": signature.is_flagged,
    }


def _consents(held: Held) -> list[dict[str, Any]]:
    names = partners.list_names(held.letter.id)
    return [
        {
            "purpose": one.purpose,
            "receiver": names.get(one.receiver_id, held.letter.controller),
            "wording": one.text,
            "wording_id": str(one.wording_id),
            "wording_language": one.locale,
            "wording_version": one.version,
            "given_at": _time(one.given_at),
            "withdrawn_at": _time(one.withdrawn_at),
        }
        for one in held.consents
    ]


def _decisions(held: Held) -> list[dict[str, Any]]:
    signature = held.signature
    return [
        {
            "deed": one.deed,
            "reason": one.reason,
            "decided_at": _time(one.decided_at),
            "ended_at": _time(one.ended_at),
            "objection": objections.open_(one) or None,
            "objected_at": _time(one.objected_at),
            "answered_at": _time(one.answered_at),
        }
        for one in objections.list_of(signature.letter_id, signature.id)
    ]


def _text(held: Held) -> dict[str, Any] | None:
    """The letter as it stood there when the button was pressed."""
    text = held.text
    if text is None:
        return None
    return {
        "title": text.title,
        "language": text.locale,
        "at": _time(text.at),
        "digest": text.body_digest.hex(),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
