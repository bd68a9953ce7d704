"""Credit to partners: first source, later touches, and their end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from signing.core import clock, locales
from signing.core.db import db, snapshot, transaction
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.counts import actions as counts
from signing.counts import brought, periods
from signing.counts.brought import Figures
from signing.letters.models import Letter
from signing.partners.models import Partner
from signing.signatures import actions, credit, queries, staff_actions
from signing.signatures.models import Entry, Signature, Touch
from signing.worker import retaining
from tests import make


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def green(letter: Letter) -> Partner:
    return make.partner(letter)


@pytest.fixture
def mailing(letter: Letter) -> Partner:
    return make.source(letter)


def touch(ref: SignatureRef, partner: Partner) -> bool:
    with transaction():
        return credit.add_touch(ref, partner.id)


def figures(letter: Letter, partner: Partner) -> Figures:
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with snapshot():
        return brought.totals(letter.id, midnight).get(partner.id, Figures())


def by_day(letter: Letter, partner: Partner) -> Iterator[dict[str, int]]:
    with snapshot():
        found = brought.by_day(letter.id, partner.id, locales.languages())
    return (dict(one) for one in found.values())


def test_whoever_brought_somebody_first_is_counted_by_day_and_language(
    letter: Letter, green: Partner, mailing: Partner
) -> None:
    make.signature(letter, email="a@example.org", partner_id=green.id)
    make.signature(letter, email="b@example.org", partner_id=green.id, locale="fr")
    make.signature(letter, email="c@example.org", partner_id=mailing.id)
    make.signature(letter, email="d@example.org")
    for _rolled_up in range(2):
        assert figures(letter, green) == Figures(2, 2)
        assert figures(letter, mailing) == Figures(1, 1)
        assert list(by_day(letter, green)) == [{"en": 1, "fr": 1}]
        with transaction():
            counts.roll_up()
    assert counts.compare(letter.id, queries.tally(letter.id)) == []


def test_yesterday_is_not_today(letter: Letter, green: Partner) -> None:
    with time_machine.travel(clock.now() - timedelta(days=1)):
        make.signature(letter, email="a@example.org", partner_id=green.id)
    make.signature(letter, email="b@example.org", partner_id=green.id)
    assert figures(letter, green) == Figures(2, 1)
    assert list(by_day(letter, green)) == [{"en": 1}, {"en": 1}]


def test_who_came_first_stays_first_while_nobody_has_confirmed(
    letter: Letter, green: Partner, mailing: Partner
) -> None:
    make.signature(letter, partner_id=green.id, is_confirmed=False)
    make.signature(letter, partner_id=mailing.id, is_confirmed=False)
    ref = make.signature(letter, is_confirmed=False)
    make.confirm(ref, revision=3)
    assert figures(letter, green).ever == 1
    assert figures(letter, mailing).ever == 0


def test_a_confirmed_signature_keeps_who_brought_it(
    letter: Letter, green: Partner, mailing: Partner
) -> None:
    make.signature(letter, partner_id=green.id)
    make.signature(letter, partner_id=mailing.id, is_confirmed=False)
    assert db.session.scalar(select(Signature.partner_id)) == green.id


def test_a_withdrawn_signature_counts_for_nobody(
    letter: Letter, green: Partner, mailing: Partner
) -> None:
    ref = make.signature(letter, partner_id=green.id)
    assert touch(ref, mailing)
    with transaction():
        actions.withdraw(ref)
    assert figures(letter, green).ever == 0
    assert credit.totals(letter.id) == {mailing.id: 0}
    assert db.session.scalar(select(func.count()).select_from(Touch)) == 0


def test_who_is_set_aside_is_credited_to_nobody_until_they_are_restored(
    letter: Letter, green: Partner, mailing: Partner
) -> None:
    refs = [make.signature(letter, email=f"{n}@example.org") for n in range(3)]
    for ref in refs:
        touch(ref, green)
        touch(ref, mailing)
    steps: list[tuple[Callable[[SignatureRef], object], SignatureRef, int]] = [
        (_set_aside, refs[0], 2),
        (_restore, refs[0], 3),
        (_set_aside, refs[1], 2),
        (actions.withdraw, refs[1], 2),  # it was not counted any more
        (_set_aside, refs[0], 1),
        (_restore, refs[0], 2),
        (actions.withdraw, refs[0], 1),
    ]
    for do, ref, left in steps:
        with transaction():
            do(ref)
        assert credit.totals(letter.id) == {green.id: left, mailing.id: left}
        assert counts.compare(letter.id, queries.tally(letter.id)) == []
    with transaction():
        _set_aside(refs[2])
    assert not touch(refs[2], make.source(letter, "june", "Mailing in June"))
    retaining.erase(letter, by=make.OPERATOR)
    assert credit.totals(letter.id) == {green.id: 0, mailing.id: 0}


def _set_aside(ref: SignatureRef) -> None:
    staff_actions.set_aside(ref, reason="fraud", by=make.OPERATOR)


def _restore(ref: SignatureRef) -> None:
    staff_actions.restore(ref, by=make.OPERATOR)


def test_who_goes_changes_no_day_that_was_told(letter: Letter, green: Partner) -> None:
    with time_machine.travel(clock.now() - timedelta(days=3)):
        refs = [make.signature(letter, email=f"{n}@example.org") for n in range(12)]
        for ref in refs:
            touch(ref, green)
    before = _told(letter, green)
    assert before.n == 12
    with transaction():
        actions.withdraw(refs[0])
    assert _told(letter, green) == before  # else one look more tells that one person went
    assert credit.totals(letter.id) == {green.id: 11}


def _told(letter: Letter, partner: Partner) -> periods.Told:
    today = clock.now().date()
    return periods.tell(credit.by_day(letter.id, partner.id), today - timedelta(days=9), today)


def test_a_later_touch_counts_once_a_person_and_partner(
    letter: Letter, green: Partner, mailing: Partner
) -> None:
    ref = make.signature(letter)
    assert [touch(ref, green), touch(ref, green), touch(ref, mailing)] == [True, False, True]
    assert credit.totals(letter.id) == {green.id: 1, mailing.id: 1}
    assert list(credit.by_day(letter.id, green.id).values()) == [{"en": 1}]
    assert set(credit.list_partners(ref)) == {green.id, mailing.id}


def test_whoever_brought_somebody_first_is_not_credited_with_them_again(
    letter: Letter, green: Partner
) -> None:
    ref = make.signature(letter, partner_id=green.id)
    assert not touch(ref, green)


def test_who_has_not_confirmed_is_no_later_touch(letter: Letter, green: Partner) -> None:
    assert not touch(make.signature(letter, is_confirmed=False), green)


def test_when_people_are_numbers_the_touches_are_too(letter: Letter, green: Partner) -> None:
    ref = make.signature(letter)
    touch(ref, green)
    retaining.erase(letter, by=make.OPERATOR)
    assert db.session.scalar(select(func.count()).select_from(Touch)) == 0
    assert credit.totals(letter.id) == {green.id: 1}
    assert counts.compare(letter.id, queries.tally(letter.id)) == []


def test_a_program_takes_no_credit_for_those_who_come_by_others(
    letter: Letter, green: Partner, mailing: Partner
) -> None:
    """It can send a whole list of addresses beforehand, or after; nobody need have asked it to."""
    form, program = Entry.FORM, Entry.API
    came = {  # how, and by whom: the first time and then; and who is credited
        ((program, green), (form, mailing)): (form, mailing),
        ((program, green), (form, None)): (form, None),
        ((form, mailing), (program, green)): (form, mailing),
        ((form, None), (program, green)): (form, None),
        ((form, mailing), (Entry.EMBED, green)): (Entry.EMBED, mailing),
        ((form, None), (Entry.EMBED, green)): (Entry.EMBED, green),
        ((program, mailing), (program, green)): (program, mailing),
    }
    for n, (sent, credited) in enumerate(came.items()):
        for entry, by in sent:
            declared = make.declaration(
                letter, email=f"{n}@example.org", partner_id=by.id if by else None
            )
            with transaction():
                actions.sign(letter, replace(declared, entry=entry))
        found = queries.find_state(letter.id, vault.digest(letter.id, f"{n}@example.org"))
        assert found is not None
        row = staff_actions.get(letter.id, found.id)
        assert (row.entry, row.partner_id) == (credited[0], credited[1] and credited[1].id), n
