"""Tokens: what programs show instead of a password. Shown once, kept as a digest.

Nothing here commits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db, insert
from signing.core.ids import new_id
from signing.core.refusals import NotFound, Refusal
from signing.partners.models import Partner
from signing.partners.programs import Scope, Token

PREFIX = "sgn_"  # so that scanners for lost secrets know it
BYTES = 32
MOST = 20  # to a partner, those that are over among them
LONGEST = timedelta(days=366)
NAME_CHARACTERS = 60


class TooManyTokens(Refusal):
    status = 409


def make(
    partner: Partner, name: str, scopes: Collection[Scope], life: timedelta, *, by: Actor
) -> str:
    """The token, in words that nobody can look up again; for this partner of this letter alone."""
    if len(list_all(partner.letter_id, partner.id)) >= MOST:
        raise TooManyTokens
    plain, id_, at = PREFIX + secrets.token_urlsafe(BYTES), new_id(), clock.now()
    named = sorted(scope.value for scope in scopes)
    row = insert(Token).values(
        letter_id=partner.letter_id,
        id=id_,
        partner_id=partner.id,
        name=name,
        scopes=named,
        digest=digest(plain),
        made_by=by.id or by.kind.value,
        created_at=at,
        expires_at=at + min(life, LONGEST),
    )
    db.session.execute(row)
    _record(Verb.TOKEN_MADE, partner.letter_id, id_, by, partner=partner.code, scopes=named)
    return plain


def digest(plain: str) -> bytes:
    """Plain SHA-256: what is digested has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(plain.encode()).digest()


def find(plain: str) -> Token | None:
    """The token that somebody shows, as long as it is good."""
    wanted = digest(plain)
    found = db.session.scalar(
        select(Token).where(Token.digest == wanted), execution_options={"populate_existing": True}
    )
    if found is None or not hmac.compare_digest(found.digest, wanted):
        return None
    is_over = found.revoked_at is not None or found.expires_at <= clock.now()
    return None if is_over else found


def note_used(token: Token) -> None:
    """The day (UTC) of its last use is today; no more than that is kept."""
    used = update(Token).where(Token.letter_id == token.letter_id, Token.id == token.id)
    db.session.execute(used.values(last_used=clock.now().date()))


def list_all(letter_id: UUID, partner_id: UUID) -> Sequence[Token]:
    """The newest first, those that are over too."""
    mine = select(Token).where(Token.letter_id == letter_id, Token.partner_id == partner_id)
    return db.session.scalars(mine.order_by(Token.id.desc())).all()


def revoke(partner: Partner, token_id: UUID, *, by: Actor) -> None:
    """It opens nothing from now on; twice is once."""
    mine = select(Token).where(Token.letter_id == partner.letter_id, Token.id == token_id)
    found = db.session.scalar(mine.with_for_update())
    if found is None or found.partner_id != partner.id:
        raise NotFound
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        _record(Verb.TOKEN_REVOKED, partner.letter_id, token_id, by, partner=partner.code)


def _record(verb: Verb, letter_id: UUID, token_id: UUID, by: Actor, **details: object) -> None:
    log.record(verb, by=by, subject=str(token_id), letter_id=letter_id, details=details)
