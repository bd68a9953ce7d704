"""One signature: what is known of it, and what can be done. What is sealed opens on demand.

Nothing here confirms: only the inbox does.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from signing.audit import Verb, log
from signing.audit import queries as audit
from signing.core import clock, locales
from signing.core.db import transaction
from signing.core.tokens import SignatureRef
from signing.core.vault import Unreadable
from signing.exports import allowance
from signing.letters import queries as letters
from signing.letters.models import Field
from signing.mail import outbox
from signing.moderation import actions, objections
from signing.moderation.actions import Why
from signing.moderation.models import Deed
from signing.moderation.reasons import WORDS, Reason, ReasonMissing
from signing.partners import queries as partners
from signing.signatures import names, person, queries, staff_actions
from signing.signatures.models import Signature, State
from signing.signatures.person import Person
from signing.staff_accounts import queries as staff
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate, words
from signing.web.staff.signatures import words as say

ONE = "/letters/<slug>/signatures/<uuid:signature_id>"
NAME_FAULTS = {
    names.Fault.NO_LETTER: _l("Enter the name."),
    names.Fault.TOO_LONG: _l("The name is too long: 100 characters at most."),
    names.Fault.ADDRESS: _l("Enter the name alone, without addresses or links."),
}
bp = Blueprint("signatures_one", __name__, url_prefix=ONE)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is sealed, as far as the role may see it."""

    person: Person
    email: str


@bp.get("")
@gate.asks(Act.SEE_SIGNATURES)
def show(signature_id: UUID) -> ResponseReturnValue:
    """What is not sealed; with nothing opened, nothing is written down."""
    return _page(_ref(signature_id))


def _ref(signature_id: UUID) -> SignatureRef:
    return SignatureRef(desk.letter().id, signature_id)


def _page(
    ref: SignatureRef,
    opened: Opened | None = None,
    *,
    mistakes: list[tuple[str, str]] | None = None,
    status: int = 200,
    **typed: str,
) -> ResponseReturnValue:
    signature, letter = staff_actions.get(ref.letter_id, ref.signature_id), desk.letter()
    ref = SignatureRef(ref.letter_id, ref.signature_id, signature.link_version)
    events = audit.Wanted(letters=[ref.letter_id], subject=str(ref.signature_id))
    return desk.page(
        "staff/signatures/one.html",
        status,
        letter=letter,
        signature=signature,
        opened=opened,
        mistakes=mistakes or [],
        errors=dict(mistakes or []),
        typed=typed,
        consents=queries.list_consents(ref),
        mails=outbox.list_for(ref.letter_id, ref.signature_id),
        decisions=objections.list_of(ref.letter_id, ref.signature_id),
        history=audit.list_page(events, after=None, limit=50),
        members={str(id_): name for id_, name in staff.list_names().items()},
        partner=partners.list_names(letter.id).get(signature.partner_id or letter.id, ""),
        language=locales.find(signature.locale),
        asks_city=Field.CITY in letter.fields,
        deeds=_offered(signature),
        reasons=WORDS,
        may_moderate=gate.signed().may(Act.MODERATE, letter.id),
        may_resend=signature.state != State.PENDING or letter.takes_signatures(clock.now()),
        purposes=words.PURPOSES,
        say=say,
    )


def _offered(signature: Signature) -> list[Deed]:
    """What can be done to it as it stands; there is no way to confirm it."""
    if signature.state == State.SET_ASIDE:
        return [Deed.RESTORE]
    if signature.state != State.CONFIRMED:
        return []
    hide = [Deed.HIDE] if signature.public_name is not None else []
    show_again = [Deed.SHOW] if signature.hidden_by_staff_at is not None else []
    keep = [Deed.KEEP] if signature.is_flagged else []
    return [*keep, *hide, *show_again, Deed.SET_ASIDE]


@bp.post("/open")
@gate.asks(Act.SEE_SIGNATURES)
def open_(signature_id: UUID) -> ResponseReturnValue:
    """Show the person too, once; that it was done is written down."""
    ref = _ref(signature_id)
    return _page(ref, _opened(ref))


def _opened(ref: SignatureRef) -> Opened:
    """The address in full for those who may carry addresses out, as many as that, else outlined."""
    by = gate.signed().doer.actor
    with transaction():
        signature = staff_actions.get(ref.letter_id, ref.signature_id)
        who = _person(signature)
        may_see = gate.signed().may(Act.EXPORT, ref.letter_id)
        if may_see:
            letters.get_to_change(ref.letter_id)  # the last free row is taken once
        is_whole = may_see and allowance.left(ref.letter_id, by.id) > 0
        log.record(
            Verb.SIGNATURE_OPENED, by=by, subject=str(ref.signature_id), letter_id=ref.letter_id
        )
    return Opened(who, who.email if is_whole else outline(who.email))


def _person(signature: Signature) -> Person:
    try:
        return person.of(signature)
    except Unreadable:
        raise queries.SignatureGone from None


def outline(email: str) -> str:
    """Enough to compare with what somebody says, and too little to write to."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


@bp.post("/correct")
@gate.asks(Act.MODERATE)
def correct(signature_id: UUID) -> ResponseReturnValue:
    ref = _ref(signature_id)
    name = names.clean_line(request.form.get("name", ""))
    city = names.clean_line(request.form.get("city", ""))
    reason = request.form.get("reason", "")
    if mistakes := _mistakes(name, city, reason):
        return _page(ref, _opened(ref), mistakes=mistakes, status=422, name=name, city=city)
    with transaction():
        staff_actions.correct(
            ref,
            name=name,
            city=city,
            revision=request.form.get("revision", 0, type=int),
            reason=reason,
            by=gate.signed().doer.actor,
        )
    return _done(signature_id)


def _mistakes(name: str, city: str, reason: str) -> list[tuple[str, str]]:
    """Ids of fields with what is wrong with them."""
    found = []
    if fault := names.find_fault(name):
        found.append(("name", str(NAME_FAULTS[fault])))
    if len(city) > names.CITY_CHARACTERS:
        found.append(("city", _("The name of the town is too long.")))
    if reason not in say.ASKED:
        found.append(("correct-reason", _("Choose how this was asked for.")))
    return found


def _done(signature_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", signature_id=signature_id, done="1"), 303)


@bp.post("/resend")
@gate.asks(Act.MODERATE)
def resend(signature_id: UUID) -> ResponseReturnValue:
    """The question once more, or a fresh link: to the address itself, and nobody else."""
    with transaction():
        staff_actions.resend(_ref(signature_id), by=gate.signed().doer.actor)
    return _done(signature_id)


@bp.post("/decide")
@gate.asks(Act.MODERATE)
def decide(signature_id: UUID) -> ResponseReturnValue:
    ref = _ref(signature_id)
    deed, reason = request.form.get("deed", ""), request.form.get("reason", "")
    if deed not in set(Deed):
        raise staff_actions.AlreadyDone
    why = Why(Reason(reason) if reason in set(Reason) else None)
    try:
        with transaction():
            actions.do(Deed(deed), ref, why, by=gate.signed().doer.actor)
    except ReasonMissing as refusal:
        return _page(ref, mistakes=[("reason", str(refusal))], status=422, deed=deed)
    return _done(signature_id)


@bp.get("/withdraw")
@gate.asks(Act.MODERATE, fresh=True)
def ask_withdraw(signature_id: UUID) -> ResponseReturnValue:
    """Say what it means, and ask once."""
    return _withdraw_page(_ref(signature_id))


def _withdraw_page(ref: SignatureRef, error: str = "") -> ResponseReturnValue:
    return desk.page(
        "staff/signatures/withdraw.html",
        422 if error else 200,
        signature=staff_actions.get(ref.letter_id, ref.signature_id),
        error=error,
        say=say,
    )


@bp.post("/withdraw")
@gate.asks(Act.MODERATE, fresh=True)
def withdraw(signature_id: UUID) -> ResponseReturnValue:
    ref, reason = _ref(signature_id), request.form.get("reason", "")
    if reason not in say.ASKED:
        return _withdraw_page(ref, _("Choose how this was asked for."))
    with transaction():
        staff_actions.withdraw(ref, reason=reason, by=gate.signed().doer.actor)
    return redirect(url_for("staff.signatures.show", done="1"), 303)
