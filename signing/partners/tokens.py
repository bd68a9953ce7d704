"""Tokens: what programs show instead of a password. Shown once, kept as a digest.

A token is a partner's, or the campaign's own: then it has no partner. Nothing here commits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db, insert
from signing.core.ids import new_id
from signing.core.keystore import Forgotten
from signing.core.refusals import NotFound, Refusal
from signing.core.vault import vault
from signing.partners.models import OF_LETTER, OF_PARTNER, Partner, Scope, Token

PREFIX = "sgn_"  # so that scanners for lost secrets know it
BYTES = 32
MOST = 20  # that are good, to a partner or to a letter
LISTED = 100  # those that are over among them
LONGEST = timedelta(days=366)
NAME_CHARACTERS = 60


class TooManyTokens(Refusal):
    status = 409


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose tokens: a partner's, or those of the letter's own campaign."""

    letter_id: UUID
    partner_id: UUID | None = None
    code: str = ""

    @classmethod
    def of(cls, partner: Partner) -> _Holder:
        return cls(partner.letter_id, partner.id, partner.code)

    @property
    def details(self) -> Mapping[str, str]:
        return {"partner": self.code} if self.code else {}


def make(
    partner: Partner, name: str, scopes: Collection[Scope], life: timedelta, *, by: Actor
) -> str:
    """The token, in words that nobody can look up again; for this partner of this letter alone.

    Raises `TooManyTokens`, and `ValueError` for what no partner's token opens.
    """
    if not OF_PARTNER.issuperset(scopes):
        raise ValueError(scopes)
    return _make(_Holder.of(partner), name, scopes, life, by=by)


def make_for_letter(
    letter_id: UUID, name: str, scopes: Collection[Scope], life: timedelta, *, by: Actor
) -> str:
    """As `make`, for a program of the letter's own campaign."""
    if not OF_LETTER.issuperset(scopes):
        raise ValueError(scopes)
    return _make(_Holder(letter_id), name, scopes, life, by=by)


def _make(
    holder: _Holder, name: str, scopes: Collection[Scope], life: timedelta, *, by: Actor
) -> str:
    if _count_good(holder) >= MOST:
        raise TooManyTokens
    plain, id_, at = PREFIX + secrets.token_urlsafe(BYTES), new_id(), clock.now()
    named = sorted(scope.value for scope in scopes)
    row = insert(Token).values(
        letter_id=holder.letter_id,
        id=id_,
        partner_id=holder.partner_id,
        name=name,
        scopes=named,
        digest=digest(plain),
        made_by=by.id or by.kind.value,
        created_at=at,
        expires_at=at + min(life, LONGEST),
    )
    db.session.execute(row)
    _record(Verb.TOKEN_MADE, holder, id_, by, scopes=named)
    return plain


def _count_good(holder: _Holder) -> int:
    good = select(func.count()).where(
        Token.letter_id == holder.letter_id,
        Token.partner_id == holder.partner_id,
        Token.revoked_at.is_(None),
        Token.expires_at > clock.now(),
    )
    return db.session.scalar(good) or 0


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


def list_all(letter_id: UUID, partner_id: UUID | None) -> Sequence[Token]:
    """The newest first, those that are over too; without a partner, the campaign's own."""
    mine = select(Token).where(Token.letter_id == letter_id, Token.partner_id == partner_id)
    return db.session.scalars(mine.order_by(Token.id.desc()).limit(LISTED)).all()


def list_names(ids: Collection[str]) -> dict[str, str]:
    """What programs are called, by the ids that the audit log has for them."""
    wanted = [UUID(one) for one in ids]
    rows = db.session.execute(select(Token.id, Token.name).where(Token.id.in_(wanted)))
    return {str(id_): name for id_, name in rows}


def list_ids_of_letter(letter_id: UUID) -> Sequence[str]:
    """Every token that the campaign's own programs ever had, as the audit log names them."""
    mine = select(Token.id).where(Token.letter_id == letter_id, Token.partner_id.is_(None))
    return [str(id_) for id_ in db.session.scalars(mine)]


def revoke(partner: Partner, token_id: UUID, *, by: Actor) -> None:
    """It opens nothing from now on; twice is once."""
    _revoke(_Holder.of(partner), token_id, by)


def revoke_for_letter(letter_id: UUID, token_id: UUID, *, by: Actor) -> None:
    """As `revoke`, of a program of the letter's own campaign."""
    _revoke(_Holder(letter_id), token_id, by)


def _revoke(holder: _Holder, token_id: UUID, by: Actor) -> None:
    mine = select(Token).where(Token.letter_id == holder.letter_id, Token.id == token_id)
    found = db.session.scalar(mine.with_for_update())
    if found is None or found.partner_id != holder.partner_id:
        raise NotFound
    if found.revoked_at is None:
        vault.store.note_forgotten(holder.letter_id, token_id, Forgotten.TOKEN_REVOKED)
        found.revoked_at = clock.now()
        _record(Verb.TOKEN_REVOKED, holder, token_id, by)


def _record(verb: Verb, holder: _Holder, token_id: UUID, by: Actor, **details: object) -> None:
    told = {**holder.details, **details}
    log.record(verb, by=by, subject=str(token_id), letter_id=holder.letter_id, details=told)
