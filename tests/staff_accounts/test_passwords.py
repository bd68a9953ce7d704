"""Passwords that are long enough, not what everybody tries first, and kept as argon2id."""

from __future__ import annotations

import pytest

from signing.staff_accounts import passwords
from signing.staff_accounts.passwords import Weakness, find_weakness

KNOWN = ("Night Trains", "letters.example.org", "Ada Quist", "ada.quist@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "brass lamp under nine clouds",
        "vier Ziegel und ein Hut",
        "山の上の小さな駅で待つ人々の声",
        "Xk7.pW-q9z!Lm2Rt",
        "a" * 10 + " river owns my hat " + "z" * 100,
    ],
)
def test_long_enough_and_of_its_own_is_good(password: str) -> None:
    assert find_weakness(password, KNOWN) is None


@pytest.mark.parametrize("password", ["", "short", "fourteen chars"])
def test_fewer_than_fifteen_characters_are_too_few(password: str) -> None:
    assert find_weakness(password) is Weakness.SHORT


def test_more_than_256_characters_are_too_many() -> None:
    assert find_weakness("brass lamp " * 23) is None
    assert find_weakness("brass lamp " * 24) is Weakness.LONG


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password123456789",
        "aaaaaaaaaaaaaaaaaaaa",
        "12345678901234567890",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjkl",
        "nighttrains night trains 1",
        "Ada Quist Ada Quist 2026",
        "letters.example.org 11",
        "abababababababababab",
        "correcthorsebatterystaple",
        "contraseña contraseña",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert find_weakness(password, KNOWN) is Weakness.GUESSABLE


def test_a_password_is_kept_as_argon2id_and_known_again_however_it_is_composed() -> None:
    hashed = passwords.hash_("caf\u00e9 sous neuf nuages")
    assert hashed.startswith("$argon2id$")
    assert passwords.is_right("cafe\u0301 sous neuf nuages", hashed)
    assert not passwords.is_right("cafe sous neuf nuages", hashed)


def test_nobody_gets_in_where_there_is_no_password() -> None:
    assert not passwords.is_right("nobody has this password", None)
    assert not passwords.is_right("", "no hash at all")
