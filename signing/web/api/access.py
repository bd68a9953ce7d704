"""Who a program is: the token in its `Authorization` header, and what that opens."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request
from flask_babel import lazy_gettext as _l

from signing.core import clock
from signing.core.db import transaction
from signing.core.refusals import Refusal
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.partners import tokens
from signing.partners.models import Partner
from signing.partners.programs import Scope, Token
from signing.web import errors

SCHEME = "Bearer"
LONGEST = 200


class NoToken(Refusal):
    """There is none, or it is no good (any more)."""

    status = 401
    message = _l("This cannot be done.")


class NotYours(Refusal):
    """The token is for another letter or partner, or does not open this."""

    status = 403
    message = _l("This cannot be done.")


@dataclass(frozen=True, slots=True)
class Access:
    """A program that may do what it asks for, and for whom."""

    token: Token
    letter: Letter
    partner: Partner


def enter(slug: str, scope: Scope, code: str = "") -> Access:
    """Raises `NoToken` and `NotYours`; a letter that a token does not open need not be there."""
    token = _shown()
    found = letters.find_by_slug(slug)
    if found is None or found.id != token.letter_id or scope.value not in token.scopes:
        raise NotYours
    partner = partners.get(token.letter_id, token.partner_id)
    if code and partner.code != code:
        raise NotYours
    if token.last_used != clock.now().date():
        with transaction():
            tokens.note_used(token)
    return Access(token, found, partner)


def _shown() -> Token:
    scheme, _space, plain = request.headers.get("Authorization", "").partition(" ")
    is_one = scheme.casefold() == SCHEME.casefold() and len(plain) <= LONGEST
    found = tokens.find(plain.strip()) if is_one and plain.isascii() else None
    if found is None:
        raise NoToken
    return found


def refuse(refusal: NoToken) -> Response:
    """As any "no", with the header that tells programs what is missing (RFC 6750)."""
    response = errors.answer(refusal.status, str(refusal))
    response.headers["WWW-Authenticate"] = SCHEME
    return response
