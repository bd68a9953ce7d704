"""Which role may do what: for one letter, for all, for which languages."""

from __future__ import annotations

import pytest

from signing.core.ids import HOUSE, new_id
from signing.staff_accounts.roles import (
    MAY,
    NEEDS_SECOND_FACTOR,
    OWN,
    Act,
    Held,
    Role,
    may,
    may_somewhere,
    needs_second_factor,
    reach,
)

ONE, ANOTHER = new_id(), new_id()
# What each role may do beyond its own account; a change here is a decision.
TABLE = {
    Role.OWNER: set(Act) - OWN,
    Role.EDITOR: {
        Act.SEE_LETTER,
        Act.EDIT_LETTER,
        Act.TRANSLATE,
        Act.COLLECT,
        Act.MANAGE_PARTNERS,
        Act.READ_AUDIT,
    },
    Role.TRANSLATOR: {Act.SEE_LETTER, Act.TRANSLATE},
    Role.MODERATOR: {Act.SEE_LETTER, Act.SEE_SIGNATURES, Act.MODERATE, Act.COLLECT},
    Role.EXPORTER: {Act.SEE_LETTER, Act.SEE_SIGNATURES, Act.EXPORT},
    Role.VIEWER: {Act.SEE_LETTER},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_the_table_says(role: Role) -> None:
    assert MAY[role] - OWN == TABLE[role]


def test_a_role_for_one_letter_opens_no_other_and_not_the_house() -> None:
    held = [Held(Role.OWNER, ONE)]
    assert may(held, Act.EXPORT, ONE)
    assert not may(held, Act.EXPORT, ANOTHER)
    assert not may(held, Act.MANAGE_MEMBERS, HOUSE)
    assert may_somewhere(held, Act.MANAGE_MEMBERS)


def test_a_role_for_all_letters_opens_each_of_them() -> None:
    held = [Held(Role.MODERATOR)]
    assert may(held, Act.MODERATE, ONE)
    assert reach(held, Act.MODERATE).is_all
    assert not may(held, Act.EXPORT, ONE)


def test_a_translator_writes_the_languages_of_the_role_alone() -> None:
    held = [Held(Role.TRANSLATOR, ONE, ("fr", "nl"))]
    assert may(held, Act.TRANSLATE, ONE, "fr")
    assert not may(held, Act.TRANSLATE, ONE, "de")
    assert not may(held, Act.TRANSLATE, ANOTHER, "fr")
    assert may([Held(Role.EDITOR, ONE)], Act.TRANSLATE, ONE, "de")


def test_several_roles_add_up() -> None:
    held = [Held(Role.VIEWER), Held(Role.EXPORTER, ONE)]
    assert may(held, Act.EXPORT, ONE)
    assert not may(held, Act.EXPORT, ANOTHER)
    assert may(held, Act.SEE_LETTER, ANOTHER)


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(may_somewhere([], act) for act in Act)


@pytest.mark.parametrize("role", Role)
def test_who_sees_people_or_decides_needs_a_second_factor(role: Role) -> None:
    sees_people = bool({Act.SEE_SIGNATURES, Act.MANAGE_MEMBERS} & MAY[role])
    assert (role in NEEDS_SECOND_FACTOR) is sees_people
    assert needs_second_factor([Held(Role.VIEWER), Held(role, ONE)]) is sees_people
