"""Names as people write them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.signatures import names
from signing.signatures.models import Show


@pytest.mark.parametrize(
    "name",
    ["O", "Siobhán O’Neill-d’Arcy", "ليلى الحداد", "山田 花子", "Nguyễn Thị Minh Khai", "می‌خواهم"],
)
def test_real_names_stay_as_they_are(name: str) -> None:
    assert names.clean_line(name) == name


def test_direction_overrides_and_controls_go() -> None:
    assert names.clean_line("Zo\u202eë\u0000 \t Lind\u2066qvist\u200b") == "Zoë Lindqvist"


@given(st.text())
def test_cleaning_twice_changes_nothing_more_and_composes(text: str) -> None:
    once = names.clean_line(text)
    assert names.clean_line(once) == once
    assert "\n" not in once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text())
def test_a_comment_keeps_its_lines_and_loses_its_controls(text: str) -> None:
    once = names.clean_text(text)
    assert names.clean_text(once) == once
    assert "\n\n\n" not in once
    assert not any(unicodedata.category(c) == "Cc" for c in once.replace("\n", ""))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Agnieszka Wójcik", "Agnieszka W."),
        ("José Ortega Ruiz", "José R."),
        ("O", "O."),
        ("山田 花子", "山田 花."),
        ("山田花子", "山."),
        ("ليلى الحداد", "ليلى ح."),
    ],
)
def test_first_name_and_initial(name: str, shown: str) -> None:
    assert names.public(name, Show.INITIAL) == shown


def test_whoever_chose_no_is_not_shown() -> None:
    assert names.public("Zoë Lindqvist", Show.NO) is None


def test_an_address_is_seen_however_it_is_written() -> None:
    for name in (
        "win@spam.example",
        "win\uff20spam.example",
        "win\ufe6bspam.example",
        "https://spam.example",
        "https\uff1a\uff0f\uff0fspam.example",
        "www.spam.example",
        "\uff57\uff57\uff57\uff0espam",
        "\u24e6\u24e6\u24e6\u3002spam",
        "spam\uff0eexample\uff0fnow",
    ):
        assert names.holds_address(name), ascii(name)
    for name in (
        "O",
        "Dr. Zo\u00eb Lindqvist",
        "\u5c71\u7530\u3000\u82b1\u5b50",
        "J. R. R. Tolkien",
        "\u2105 Ann",
    ):
        assert not names.holds_address(name), ascii(name)


def test_what_is_no_name_is_told_apart_in_one_place() -> None:
    faults = {
        "": names.Fault.NO_LETTER,
        "12 !": names.Fault.NO_LETTER,
        "x" * 101: names.Fault.TOO_LONG,
        "ada@example.org": names.Fault.ADDRESS,
        "Ada": None,
        "ع": None,
        "x" * 100: None,
    }
    assert {name: names.find_fault(name) for name in faults} == faults
