"""What is noticed about a form: real names of every culture are not, floods are."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from signing.core import clock
from signing.letters.models import Letter, ProofOfWork
from signing.signatures import screening
from signing.signatures.screening import Reason, Seen, Sent, Work
from tests import make

CALM = 600


def knock(letter: Letter, number: int = 0, *, network: str = "", **sent: str) -> Seen:
    """One form; by default each from another network, address and domain."""
    email = sent.get("email", f"person@town{number}.example.org")
    one = Sent((network or f"network {number}",), email, sent.get("comment", ""))
    return screening.knock(letter, one, calm_a_minute=CALM)


def test_who_comes_alone_owes_nothing(app: Flask) -> None:
    letter = make.letter()

    assert [knock(letter, number) for number in range(150)] == 150 * [Seen(Work.NONE, (), 0)]


def test_a_network_that_comes_often_owes_work_and_is_told_of(app: Flask) -> None:
    letter = make.letter()

    seen = [knock(letter, number, network="a university") for number in range(300)]

    assert {one.work for one in seen[:20]} == {Work.NONE}
    assert {one.work for one in seen[20:200]} == {Work.NORMAL}
    assert {one.work for one in seen[200:]} == {Work.RAISED}
    assert seen[20].reasons == (Reason.NETWORK_BURST,)
    assert [one.over for one in seen[18:23]] == [0, 0, 1, 2, 3]


def test_after_ten_minutes_a_network_is_like_any_other(app: Flask) -> None:
    letter = make.letter()
    for number in range(30):
        knock(letter, number, network="a university")

    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert knock(letter, 31, network="a university").work is Work.NONE


def test_one_address_over_and_over_owes_more_and_more(app: Flask) -> None:
    letter = make.letter()

    work = [knock(letter, n, email="Zoe+tag@gmail.com").work for n in range(60)]

    assert (work[4], work[5], work[59]) == (Work.NONE, Work.NORMAL, Work.RAISED)
    assert knock(letter, 61, email="z.oe@googlemail.com").work is Work.RAISED  # the same inbox


def test_a_rare_domain_in_a_rush_is_told_of_and_a_large_provider_is_not(app: Flask) -> None:
    letter = make.letter()

    rare = [knock(letter, n, email=f"p{n}@flood.example.org") for n in range(101)]
    large = [knock(letter, n + 200, email=f"p{n}@posteo.de") for n in range(101)]

    assert rare[99].reasons == ()
    assert rare[100].reasons == (Reason.DOMAIN_BURST,)
    assert large[100] == Seen(Work.NONE, (), 0)


def test_the_same_comment_is_told_of_and_costs_nobody_work(app: Flask) -> None:
    letter = make.letter()

    seen = [knock(letter, n, comment="I agree with every word.") for n in range(6)]

    assert seen[4].reasons == ()
    assert seen[5] == Seen(Work.NONE, (Reason.SAME_COMMENT,), 0)


def test_a_letter_in_a_rush_asks_everybody_and_no_other_letter_does(app: Flask) -> None:
    letter, other = make.letter(), make.letter("night-trains")
    for number in range(CALM):
        assert knock(letter, number).work is Work.NONE

    assert knock(letter, 9000).work is Work.NORMAL
    assert knock(letter, 9001).reasons == ()  # that many come is no reason against one of them
    assert screening.is_under_pressure(letter, calm_a_minute=CALM)
    assert not screening.is_under_pressure(other, calm_a_minute=CALM)
    assert knock(other, 9002).work is Work.NONE


def test_staff_can_force_it_on_and_off(app: Flask) -> None:
    letter = make.letter()

    letter.work = ProofOfWork.ON
    assert knock(letter, 1).work is Work.NORMAL
    assert screening.is_under_pressure(letter, calm_a_minute=CALM)
    letter.work = ProofOfWork.OFF
    assert {knock(letter, n, network="one").work for n in range(300)} == {Work.NONE}


def test_what_is_no_address_is_counted_by_its_network_alone(app: Flask) -> None:
    assert knock(make.letter(), email="<script>").work is Work.NONE


@pytest.mark.parametrize(
    "name",
    [
        "X",
        "Ó",
        "李",
        "O’Neill",
        "O'Brien-D’Arcy",
        "Jean-Luc de la Croix",
        "Nguyễn Thị Minh Khai",
        "محمد بن سلمان آل سعود",
        "שרה לוי",
        "Ελένη Παπαδοπούλου",
        "Дмитро Іваненко",
        "김민준",
        "सुनीता देवी",
        "Þórður Æðelwulf",
        "Dr. Anna Müller (Bern)",
        "Wolfeschlegelsteinhausenbergerdorff-Schmidt von und zu Taxis",
        "Мария Smith",  # two scripts, each word in one
        "Marie 3",
    ],
)
def test_real_names_are_not_strange(name: str) -> None:
    assert screening.reasons_in(name) == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("<b>Zoë</b>", Reason.MARKUP),
        ("Zoë {{7*7}}", Reason.MARKUP),
        ("[Zoë](here)", Reason.MARKUP),
        ("Аnna Müller", Reason.MIXED_SCRIPTS),  # the first letter is Cyrillic
        ("Zoë Lindqνist", Reason.MIXED_SCRIPTS),  # a Greek nu
    ],
)
def test_imitation_and_markup_are_told_of(name: str, reason: Reason) -> None:
    assert screening.reasons_in(name) == (reason,)
