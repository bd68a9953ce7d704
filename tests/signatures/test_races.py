"""People who press at the same moment, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

from flask import Flask

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.core.tokens import SignatureRef
from signing.core.vault import Unreadable
from signing.counts.actions import roll_up
from signing.counts.models import CountChange
from signing.letters import queries as letters
from signing.signatures import actions, retention
from signing.signatures import queries as signatures
from signing.signatures.models import Show, State
from signing.worker import retaining
from tests import make
from tests.books import Books

THREADS = 50


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Run all works at the same moment, each in a context of its own; returns what came of them."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with app.app_context():
            barrier.wait()
            try:
                return work()
            except (Refusal, Unreadable) as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_fifty_forms_with_one_address_are_one_signature_and_one_mail(
    app: Flask, books: Books
) -> None:
    letter = make.letter()
    declared = make.declaration(letter, email="zoe@example.org")

    def sign() -> None:
        with transaction():
            actions.sign(letters.get_by_slug("open-roads"), declared)

    at_once(app, *[sign] * THREADS)
    assert books.states() == [State.PENDING]
    assert len(books.mails()) == 1


def test_fifty_presses_count_once(app: Flask, books: Books) -> None:
    ref = make.signature(make.letter(), is_confirmed=False)
    at_once(app, *[lambda: make.confirm(ref)] * THREADS)
    assert books.total("open-roads") == 1
    assert books.balance("open-roads")


def test_a_text_changes_before_the_first_has_confirmed_or_not_at_all(app: Flask) -> None:
    letter = make.letter()
    ref = make.signature(letter, is_confirmed=False)
    read, go_on = threading.Event(), threading.Event()

    def publish() -> bool:
        with transaction():
            is_frozen = signatures.has_confirmed(letter.id, to_change=True)
            read.set()
            go_on.wait(10)
            return is_frozen

    def confirm() -> None:
        read.wait(10)
        make.confirm(ref)

    with ThreadPoolExecutor(2) as pool:
        publishing, confirming = (pool.submit(_in_context, app, one) for one in (publish, confirm))
        done, _waiting = wait([publishing, confirming], timeout=0.3)
        assert not done
        go_on.set()
        assert publishing.result() is False
        confirming.result()
    assert publish() is True


def test_publishing_waits_for_whoever_is_about_to_be_the_first(app: Flask) -> None:
    letter = make.letter()
    ref = make.signature(letter, is_confirmed=False)
    pressed, go_on = threading.Event(), threading.Event()

    def confirm() -> None:
        with transaction():
            actions.confirm(ref, revision=1, grace=timedelta(days=7))
            pressed.set()
            go_on.wait(10)

    def publish() -> bool:
        pressed.wait(10)
        with transaction():
            return signatures.has_confirmed(letter.id, to_change=True)

    with ThreadPoolExecutor(2) as pool:
        confirming, publishing = (pool.submit(_in_context, app, one) for one in (confirm, publish))
        done, _waiting = wait([confirming, publishing], timeout=0.3)
        assert not done
        go_on.set()
        assert publishing.result() is True


def _in_context(app: Flask, work: Callable[[], object]) -> object:
    with app.app_context():
        try:
            return work()
        finally:
            db.session.remove()


def test_a_form_sent_while_the_button_is_pressed_never_confirms_what_was_not_shown(
    app: Flask, books: Books
) -> None:
    letter = make.letter()
    for number in range(8):
        address = f"zoe{number}@example.org"
        ref = make.signature(
            letter, email=address, name="As shown", show=Show.FULL, is_confirmed=False
        )
        other = make.declaration(letter, email=address, name="Slipped in", show=Show.FULL)

        def sign_again(other: object = other) -> None:
            with transaction():
                actions.sign(letters.get_by_slug("open-roads"), other)  # type: ignore[arg-type]

        def press(ref: SignatureRef = ref) -> None:
            make.confirm(ref)

        at_once(app, sign_again, press)
    assert set(books.names("open-roads")) <= {"As shown"}
    assert books.balance("open-roads")


def test_withdrawing_many_times_at_once_lowers_the_count_once(app: Flask, books: Books) -> None:
    letter = make.letter()
    make.signature(letter, email="stays@example.org")
    ref = make.signature(letter, email="goes@example.org", show=Show.FULL)

    def withdraw() -> None:
        with transaction():
            actions.withdraw(ref)

    at_once(app, *[withdraw] * 10)
    assert books.total("open-roads") == 1
    assert books.balance("open-roads")


def test_hiding_many_times_at_once_is_counted_once(app: Flask, books: Books) -> None:
    ref = make.signature(make.letter(), show=Show.FULL)

    def hide() -> None:
        with transaction():
            actions.show_name(ref, Show.NO, new_id())

    at_once(app, *[hide] * 10)
    assert books.names("open-roads") == []
    assert books.balance("open-roads")


def test_roll_up_beside_confirmations_loses_nothing(app: Flask, books: Books) -> None:
    letter = make.letter()
    refs = [
        make.signature(letter, email=f"zoe{n}@example.org", is_confirmed=False) for n in range(30)
    ]

    def roll() -> None:
        for _ in range(10):
            with transaction():
                roll_up(limit=3)

    presses = [lambda ref=ref: make.confirm(ref) for ref in refs]
    at_once(app, *presses, roll, roll, roll)
    assert books.total("open-roads") == len(refs)
    while books.rows(CountChange):
        with transaction():
            roll_up()
    assert books.total("open-roads") == len(refs)
    assert books.balance("open-roads")


def test_retention_beside_confirmations_deletes_nobody_who_counts(app: Flask, books: Books) -> None:
    letter = make.letter()
    refs = [
        make.signature(letter, email=f"zoe{n}@example.org", is_confirmed=False) for n in range(20)
    ]

    def delete_old() -> None:
        for _ in range(5):
            with transaction():
                retention.delete_pending(clock.now(), by=make.OPERATOR, limit=5)

    outcomes = at_once(app, *[lambda ref=ref: make.confirm(ref) for ref in refs], delete_old)
    confirmed = sum(outcome is None for outcome in outcomes[:-1])
    assert books.total("open-roads") == confirmed
    assert books.states() == ["confirmed"] * confirmed
    assert books.balance("open-roads")


def test_erasing_beside_confirmations_keeps_the_count_right(app: Flask, books: Books) -> None:
    letter = make.letter()
    refs = [
        make.signature(letter, email=f"zoe{n}@example.org", is_confirmed=False) for n in range(20)
    ]

    def erase() -> None:
        retaining.erase(letters.get_by_slug("open-roads"), by=make.OPERATOR)

    outcomes = at_once(app, *[lambda ref=ref: make.confirm(ref) for ref in refs], erase)
    confirmed = sum(outcome is None for outcome in outcomes[:-1])
    assert books.total("open-roads") == confirmed
    assert books.balance("open-roads")
