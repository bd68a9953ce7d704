"""What a member has beside the password: an app with one-time codes, recovery codes on paper.

(Passkeys are in `passkeys`.) A code of the app counts once: the last time step used is kept.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import replace
from uuid import UUID

import pyotp
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, update

from signing.audit import Verb, log
from signing.core import clock
from signing.core.db import count_rows, db
from signing.core.ids import HOUSE
from signing.core.refusals import Refusal
from signing.core.vault import vault
from signing.staff_accounts import actions, profile, queries
from signing.staff_accounts.models import Member, RecoveryCode
from signing.staff_accounts.roles import needs_second_factor

STEP_SECONDS = 30
DRIFT = 1  # steps that a phone's clock may be off, either way
RECOVERY_CODES = 10
CODE_CHARACTERS = 12  # of 32 letters: 60 bits
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1


class NeedsOne(Refusal):
    status = 409
    message = _l("Your role needs a second factor. Add another one before you remove this one.")


def begin_app(member_id: UUID) -> None:
    """A new secret waits for its first code; the app of before works until then."""
    member = queries.get(member_id, to_change=True)
    waiting = replace(profile.of(member), totp_next=pyotp.random_base32())
    member.sealed = profile.seal(member.id, waiting)


def uri(member: Member, site_name: str) -> str:
    """What the QR code of the secret that waits says; empty if none does."""
    person = profile.of(member)
    if not person.totp_next:
        return ""
    return pyotp.TOTP(person.totp_next).provisioning_uri(name=person.email, issuer_name=site_name)


def confirm_app(member_id: UUID, code: str) -> bool:
    """Whether it is a code of the secret that waits; then the app is set."""
    member = queries.get(member_id, to_change=True)
    person = profile.of(member)
    step = _step_of(person.totp_next, code)
    if step is None:
        return False
    member.totp_step = step
    member.sealed = profile.seal(member.id, replace(person, totp=person.totp_next, totp_next=""))
    note_set(member.id, "app")
    return True


def remove_app(member_id: UUID) -> None:
    member = queries.get(member_id, to_change=True)
    if member.totp_step is None:
        return
    if not queries.list_passkeys(member_id):
        refuse_if_needed(member_id)
    member.totp_step = None
    member.sealed = profile.seal(member.id, replace(profile.of(member), totp=""))
    note_removed(member_id, "app")


def refuse_if_needed(member_id: UUID) -> None:
    """Raises `NeedsOne` where a role of theirs needs a second factor."""
    if needs_second_factor(queries.list_held(member_id)):
        raise NeedsOne


def note_set(member_id: UUID, what: str) -> None:
    _record(Verb.SECOND_FACTOR_SET, member_id, what)


def note_removed(member_id: UUID, what: str) -> None:
    """The last one takes the recovery codes with it: they would be a factor of their own."""
    db.session.flush()
    if not queries.has_second_factor(queries.get(member_id)):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))
    _record(Verb.SECOND_FACTOR_REMOVED, member_id, what)


def _record(verb: Verb, member_id: UUID, what: str) -> None:
    by = actions.actor(member_id)
    log.record(verb, by=by, subject=str(member_id), details={"what": what})


def use(member: Member, code: str) -> bool:
    """Whether the code proves the member at this moment; it never does so again."""
    return _use_app(member, code) or _use_recovery_code(member.id, code)


def _use_app(member: Member, code: str) -> bool:
    if member.totp_step is None:
        return False
    step = _step_of(profile.of(member).totp, code)
    if step is None:
        return False
    newer = or_(Member.totp_step.is_(None), Member.totp_step < step)
    taken = update(Member).where(Member.id == member.id, newer).values(totp_step=step)
    return bool(count_rows(db.session.execute(taken)))


def _step_of(secret: str, code: str) -> int | None:
    """The time step whose code it is, of those around this moment."""
    digits = "".join(str(int(one)) for one in code if one.isdecimal())
    if not secret or len(digits) != 6:
        return None
    app, now = pyotp.TOTP(secret), int(clock.now().timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step), digits):
            return step
    return None


def make_recovery_codes(member_id: UUID) -> list[str]:
    """Ten new ones, to be shown this once; the old ones are void."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))
    codes = [_code() for _n in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(member_id=member_id, digest=_digest(member_id, code)) for code in codes
    )
    _record(Verb.SECOND_FACTOR_SET, member_id, "recovery codes")
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _n in range(CODE_CHARACTERS))


def _use_recovery_code(member_id: UUID, code: str) -> bool:
    bare = re.sub(r"[\s-]", "", code).lower()
    if len(bare) != CODE_CHARACTERS:
        return False
    used = delete(RecoveryCode).where(
        RecoveryCode.member_id == member_id, RecoveryCode.digest == _digest(member_id, bare)
    )
    if not count_rows(db.session.execute(used)):
        return False
    _record(Verb.RECOVERY_CODE_USED, member_id, "recovery code")
    return True


def _digest(member_id: UUID, code: str) -> bytes:
    """Keyed by the house: a stolen table cannot be tried against."""
    return vault.digest(HOUSE, f"recovery:{member_id.hex}:{code}")
