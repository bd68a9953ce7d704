"""Who a program is: the token in its `Authorization` header, and what that opens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask import Response
from flask_babel import lazy_gettext as _l

from signing.audit import Actor, ActorKind
from signing.core import clock
from signing.core.db import transaction
from signing.core.refusals import Refusal
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.partners import tokens
from signing.partners.models import Partner, Scope, Token
from signing.web import bearer, errors


class NoToken(Refusal):
    """There is none, or it is no good (any more)."""

    status = 401
    message = _l("This cannot be done.")


class NotYours(Refusal):
    """The token is for another letter or partner, or does not open this."""

    status = 403
    message = _l("This cannot be done.")


class Holder(StrEnum):
    """Whose token opens something; the values are names in the description."""

    PARTNER = "token"
    CAMPAIGN = "campaign_token"


@dataclass(frozen=True, slots=True)
class Entered:
    """A program that may do what it asks for; without a partner it is the campaign's own."""

    token: Token
    letter: Letter
    partner: Partner | None

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.PROGRAM, str(self.token.id))


@dataclass(frozen=True, slots=True)
class Access(Entered):
    """A partner's program that may do what it asks for."""

    partner: Partner


def enter(slug: str, scope: Scope, code: str = "") -> Access:
    """A partner's program. Raises `NoToken` and `NotYours`; a letter that a token does not open
    need not be there.
    """
    token, letter = _open(slug, scope)
    partner = _partner(token)
    if partner is None or (code and partner.code != code):
        raise NotYours
    _note_used(token)
    return Access(token, letter, partner)


def enter_as_campaign(slug: str, scope: Scope) -> Entered:
    """A program of the letter's own campaign; raises as `enter` does."""
    token, letter = _open(slug, scope)
    if token.partner_id is not None:
        raise NotYours
    _note_used(token)
    return Entered(token, letter, None)


def enter_as_either(slug: str, scope: Scope) -> Entered:
    """The campaign's program or a partner's; raises as `enter` does."""
    token, letter = _open(slug, scope)
    partner = _partner(token)
    _note_used(token)
    return Entered(token, letter, partner)


def _open(slug: str, scope: Scope) -> tuple[Token, Letter]:
    token = _shown()
    found = letters.find_by_slug(slug)
    if found is None or found.id != token.letter_id or scope.value not in token.scopes:
        raise NotYours
    return token, found


def _partner(token: Token) -> Partner | None:
    return partners.get(token.letter_id, token.partner_id) if token.partner_id else None


def _note_used(token: Token) -> None:
    if token.last_used != clock.now().date():
        with transaction():
            tokens.note_used(token)


def _shown() -> Token:
    found = bearer.find()
    if found is None:
        raise NoToken
    return found


def refuse(refusal: NoToken) -> Response:
    """As any "no", with the header that tells programs what is missing (RFC 6750)."""
    response = errors.answer(refusal.status, str(refusal))
    response.headers["WWW-Authenticate"] = bearer.SCHEME
    return response
