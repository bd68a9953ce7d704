"""Proof of work before a form is taken, or a while to wait: each proof is good for one form.

Challenges are ALTCHA's: PBKDF2 under a counter that the browser has to find. It is drawn between
two bounds, so that nobody has to search much longer than others.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import altcha
from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature

from signing.core import clock
from signing.core.limits import limits
from signing.core.settings import Settings
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.signatures.screening import Seen, Work
from signing.web import headers
from signing.web.site import stamps
from signing.web.site.sign_form import SignForm

ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 3000
# How many keys a browser derives: a slow phone takes a second for the first, five for the second.
COUNTERS = {Work.NORMAL: (60, 120), Work.RAISED: (300, 600)}
VALID = timedelta(hours=1)
SPENT_SECONDS = 2 * 3600  # longer than any proof is valid

# Who cannot or will not prove work waits: so long, and longer while many others do.
WAIT_SECONDS = {Work.NONE: 20, Work.NORMAL: 20, Work.RAISED: 60}
WAITING_A_MINUTE = 60
LONGEST_FOR_OTHERS = 600  # a flood must not send those home who cannot run a script

bp = Blueprint("proof_of_work", __name__)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the queue; the form is taken once `ready_at` (seconds since 1970) is over."""

    name: str
    ready_at: int

    @property
    def seconds_left(self) -> int:
        return max(0, self.ready_at - int(clock.now().timestamp()))


@bp.get("/<locale:locale>/<slug:slug>/work.json")
def ask(slug: str) -> ResponseReturnValue:
    """A challenge for a browser that solves it while its owner still types."""
    letter = letters.get_by_slug(slug)
    return headers.personal(jsonify(challenge(letter, Work.NORMAL)))


def challenge(letter: Letter, work: Work) -> dict[str, Any]:
    """A challenge for this letter, of this difficulty, good for an hour."""
    least, most = COUNTERS[work]
    secret = _secrets()[0]
    made = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=least + secrets.randbelow(most - least),
        expires_at=clock.now() + VALID,
        data={"letter": letter.id.hex, "work": int(work)},
        hmac_secret=secret,
        hmac_key_secret=secret,
    )
    return made.to_dict()


def is_paid(letter: Letter, form: SignForm, owed: Work) -> bool:
    """Whether the form brings a proof that is enough and was not used before; it is used now."""
    if owed is Work.NONE:
        return True
    proof = _solution(letter, form, owed) or _waited(letter, form)
    return proof is not None and limits.hit(f"spent:{proof}", SPENT_SECONDS) <= 1


def brings_proof(letter: Letter, form: SignForm, owed: Work) -> bool:
    """As `is_paid`, without looking whether it was used, and without using it."""
    return owed is Work.NONE or (_solution(letter, form, owed) or _waited(letter, form)) is not None


def ask_for_work(letter: Letter, form: SignForm, owed: Work, seen: Seen, **around: Any) -> Response:
    """A page that keeps what was typed, and goes on by itself or when the wait is over.

    `around` has a frame's layout, and where its form goes.
    """
    ticket = _read(letter, form.ticket.data or "")
    if ticket is None or not ticket.seconds_left:  # none yet, or used before
        ticket = _give_ticket(letter, owed, seen)
    names = {field.name for field in form}
    page = render_template(
        "site/one_moment.html",
        letter=letter,
        typed=[one for one in request.form.items(multi=True) if one[0] in names],
        ticket=_signed(letter, ticket),
        seconds=ticket.seconds_left,
        challenge=json.dumps(challenge(letter, owed)),
        **around,
    )
    response = headers.with_script(headers.personal(make_response(page, 429)))
    response.headers["Retry-After"] = str(ticket.seconds_left)
    return response


def _solution(letter: Letter, form: SignForm, owed: Work) -> str | None:
    """The name of the challenge that was solved: ours, of this letter, hard enough, in time."""
    payload: str = form.altcha.data or ""
    if not payload:
        return None
    results = (
        altcha.verify_solution(payload, secret, hmac_key_secret=secret) for secret in _secrets()
    )
    if not any(result.verified for result in results):
        return None
    parameters = json.loads(base64.b64decode(payload))["challenge"]["parameters"]
    data = parameters["data"]
    is_enough = data["letter"] == letter.id.hex and data["work"] >= owed
    return str(parameters["nonce"]) if is_enough else None


def _waited(letter: Letter, form: SignForm) -> str | None:
    """The name of a ticket of ours whose time has come."""
    ticket = _read(letter, form.ticket.data or "")
    return ticket.name if ticket and not ticket.seconds_left else None


def _give_ticket(letter: Letter, owed: Work, seen: Seen) -> Ticket:
    """A second more for each form that the network is over its limit, and for others who wait."""
    waiting = limits.hit(f"waiting:{letter.id.hex}", 60)
    for_others = min(max(0, waiting - WAITING_A_MINUTE), LONGEST_FOR_OTHERS)
    seconds = WAIT_SECONDS[owed] + seen.over + for_others
    return Ticket(secrets.token_hex(8), int(clock.now().timestamp()) + seconds)


def _signed(letter: Letter, ticket: Ticket) -> str:
    return stamps.signer("ticket").sign(f"{letter.id.hex}.{ticket.name}.{ticket.ready_at}").decode()


def _read(letter: Letter, signed: str) -> Ticket | None:
    """The ticket, if it is ours, of this letter, and its hour is not over."""
    try:
        of_letter, name, ready_at = stamps.signer("ticket").unsign(signed).decode().split(".")
    except (BadSignature, ValueError):
        return None
    is_late = clock.now().timestamp() > int(ready_at) + VALID.total_seconds()
    return Ticket(name, int(ready_at)) if of_letter == letter.id.hex and not is_late else None


def _secrets() -> list[bytes]:
    """Keys of its own purpose; the first signs, all verify."""
    settings: Settings = current_app.extensions["signing.settings"]
    return [hashlib.sha256(f"signing.work {key}".encode()).digest() for key in settings.secret_keys]
