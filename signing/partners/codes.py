"""Codes: the short names by which links say who brought somebody. Pure."""

from __future__ import annotations

import re
import secrets

from signing.core import latin

CODE_CHARACTERS = 32
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_code(text: str) -> bool:
    return len(text) <= CODE_CHARACTERS and _CODE.fullmatch(text) is not None


def clean(text: str) -> str:
    """The code that somebody sent in a form or an address; "" where it cannot be one."""
    lower = text.strip().lower()
    return lower if is_code(lower) else ""


def suggest(name: str, locale: str) -> str:
    """A code that reads like the name, as the language writes it; a random one where it has no
    Latin letters.
    """
    code = "-".join(latin.words(name, locale))
    return code[:CODE_CHARACTERS].strip("-") or secrets.token_hex(4)
