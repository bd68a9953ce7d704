"""The token that a program shows with its request."""

from __future__ import annotations

from flask import request

from signing.partners import tokens
from signing.partners.models import Token

SCHEME = "Bearer"
LONGEST = 200
LOOKED_UP = "signing.token"


def find() -> Token | None:
    """If it is good; looked up once a request, for the wall and for the door behind it."""
    if LOOKED_UP not in request.environ:
        request.environ[LOOKED_UP] = _look_up(request.headers.get("Authorization", ""))
    found: Token | None = request.environ[LOOKED_UP]
    return found


def _look_up(header: str) -> Token | None:
    scheme, _space, plain = header.partition(" ")
    is_one = scheme.casefold() == SCHEME.casefold() and len(plain) <= LONGEST
    return tokens.find(plain.strip()) if is_one and plain.isascii() else None
