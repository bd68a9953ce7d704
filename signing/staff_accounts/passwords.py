"""Passwords: which are accepted (NIST SP 800-63B-4, 3.1.1), how they are kept. Pure but for time.

Fifteen characters for everybody, whatever else they prove: roles change, and a length cannot be
read from a hash. No rules about kinds of characters, no end date.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

LEAST, MOST = 15, 256
MOST_TYPED = 4 * MOST  # more are too many however a keyboard composes them
LEAST_DIFFERENT = 6
LEAST_OWN = 8  # characters that are neither known words nor runs
# What everybody tries first, in the languages of our staff.
COMMON = (
    "password", "passwort", "passphrase", "motdepasse", "contrasena", "contraseña", "kennwort",
    "geheim", "secret", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm",
    "yxcvbnm", "zxcvbnm", "wxcvbn", "qwerty", "qwertz", "azerty", "letmein", "welcome",
    "willkommen", "bienvenue", "bienvenido", "iloveyou", "jetaime", "ichliebedich", "tequiero",
    "monkey", "dragon", "football", "baseball", "princess", "sunshine", "superman", "changeme",
    "administrator", "admin", "petition", "signing", "openletter", "staff", "master", "login",
    "trustno1", "correcthorsebatterystaple",
)  # fmt: skip
# 64 MiB each: more at a time would let a crowd at the door take the machine's memory.
_AT_ONCE = threading.BoundedSemaphore(2)
_HASHER = PasswordHasher()  # argon2id, RFC 9106's second recommendation


class Weakness(StrEnum):
    SHORT = "short"
    LONG = "long"
    GUESSABLE = "guessable"  # known words, the site's or one's own name, or hardly any variety


def find_weakness(password: str, known: Iterable[str] = ()) -> Weakness | None:
    """What is wrong with it; `known` are words that anybody would try for this member."""
    if len(password) > MOST_TYPED:
        return Weakness.LONG
    password = _normal(password)
    if len(password) < LEAST:
        return Weakness.SHORT
    if len(password) > MOST:
        return Weakness.LONG
    own = _own(password.casefold(), known)
    if len(own) < LEAST_OWN or len(set(own)) < LEAST_DIFFERENT:
        return Weakness.GUESSABLE
    return None


def _own(password: str, known: Iterable[str]) -> str:
    """What is left without known words, and without runs such as 1234 or aaaa."""
    parts = {part for word in known for part in re.split(r"[\W_]+", word.casefold())}
    words = {part for part in parts if len(part) >= 3} | set(COMMON)
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, " ")
    kept = [
        after
        for before, after in zip(f" {password}", password, strict=False)
        if after.isalnum() and ord(after) - ord(before) not in {-1, 0, 1}
    ]
    return "".join(kept)


def hash_(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(_normal(password))


def is_right(password: str, hashed: str | None) -> bool:
    """Takes as long where nobody has a password."""
    nobody = _nobody()
    try:
        with _AT_ONCE:
            _HASHER.verify(hashed or nobody, _normal(password[: MOST + 1]))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return hashed is not None


@cache
def _nobody() -> str:
    return hash_("nobody has this password")


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)
