"""What waits for a person's eye, one thing at a time; by keys or by buttons."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.core.vault import Unreadable
from signing.letters.models import Letter
from signing.moderation import queue
from signing.moderation.models import Deed
from signing.moderation.queue import Choice, Item, Sort
from signing.moderation.reasons import WORDS, Reason, ReasonMissing
from signing.signatures import person, staff_actions
from signing.signatures.models import Signature
from signing.signatures.person import Person
from signing.signatures.queries import SignatureGone
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.signatures import words as say

bp = Blueprint("queue", __name__, url_prefix="/letters/<slug>/queue")
DEEDS = {
    Sort.OBJECTION: (Deed.KEEP, Deed.RESTORE),
    Sort.REPORT: (Deed.KEEP, Deed.HIDE, Deed.SET_ASIDE),
    Sort.SCREENED: (Deed.KEEP, Deed.HIDE, Deed.SET_ASIDE),
}


@bp.get("")
@gate.asks(Act.MODERATE)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    try:
        item = queue.find_next(letter.id, request.args.get("after", ""))
    except ValueError:
        item = queue.find_next(letter.id)
    return _page(letter, item)


def _page(
    letter: Letter, item: Item | None, *, error: str = "", status: int = 200
) -> ResponseReturnValue:
    waiting = queue.count(letter.id)
    return desk.page(
        "staff/signatures/queue.html",
        status,
        letter=letter,
        item=item,
        people={one.id: _person(one) for one in item.signatures} if item else {},
        deeds=_offered(item) if item else [],
        noticed=say.noticed(item.signatures[0].reasons) if item and item.signatures else [],
        waiting=waiting,
        most=1000,
        reasons=WORDS,
        error=error,
        chosen=request.form.getlist("signature"),
        chosen_reason=request.form.get("reason", ""),
        say=say,
    )


def _person(signature: Signature) -> Person | None:
    """The name and the comment are what is to be judged; the address is shown to nobody here."""
    try:
        return person.of(signature)
    except Unreadable:
        return None


def _offered(item: Item) -> list[Deed]:
    """A name that is not shown cannot be hidden."""
    is_shown = any(one.public_name is not None for one in item.signatures)
    offered = DEEDS[item.sort]
    if item.sort is Sort.REPORT and not item.signatures:
        offered = (Deed.KEEP,)
    return [one for one in offered if one is not Deed.HIDE or is_shown]


@bp.post("/<sort>/<uuid:item_id>")
@gate.asks(Act.MODERATE)
def decide(sort: str, item_id: UUID) -> ResponseReturnValue:
    """Then the next one. Where somebody else was quicker, that is said, and nothing is done."""
    letter, choice = desk.letter(), _choice()
    if sort not in set(Sort):
        raise NotFound
    try:
        with transaction():
            queue.decide(letter.id, Sort(sort), item_id, choice, by=gate.signed().doer.actor)
    except ReasonMissing as refusal:
        return _page(
            letter, queue.get(letter.id, Sort(sort), item_id), error=str(refusal), status=422
        )
    except (staff_actions.AlreadyDone, SignatureGone):
        return redirect(url_for(".show", met="1"), 303)
    return redirect(url_for(".show", done="1"), 303)


def _choice() -> Choice:
    deed, reason = request.form.get("deed", ""), request.form.get("reason", "")
    if deed not in set(Deed):
        raise staff_actions.AlreadyDone
    return Choice(
        Deed(deed),
        Reason(reason) if reason in set(Reason) else None,
        frozenset(request.form.getlist("signature", type=UUID)),
    )
