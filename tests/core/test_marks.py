"""The marks by which a restore is noticed, whoever counts at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from signing.core import marks
from signing.core.db import db, transaction
from signing.core.vault import vault


def tick() -> None:
    with transaction():
        n = marks.count_up()
    marks.raise_keystore(n)


def test_both_marks_go_up_together(app: Flask) -> None:
    assert not marks.read().is_restored
    for n in (1, 2, 3):
        tick()
        assert marks.read() == marks.Marks(keystore=n, database=n)


def test_many_workers_at_once_never_take_each_other_for_a_restore(app: Flask) -> None:
    def work() -> list[bool]:
        seen = []
        for _ in range(10):
            with app.app_context():
                seen.append(marks.read().is_restored)
                tick()
                db.session.remove()
        return seen

    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(work) for _ in range(8)]
        assert not any(any(run.result()) for run in runs)
    assert marks.read() == marks.Marks(keystore=80, database=80)


def test_a_database_behind_the_key_store_was_restored(app: Flask) -> None:
    for _ in range(2):
        tick()
    vault.store.raise_mark(marks.TICKS, 7)
    assert marks.read().is_restored

    with transaction():
        n = marks.count_up(beyond=7)
    marks.raise_keystore(n)
    assert marks.read() == marks.Marks(keystore=8, database=8)


def test_the_key_stores_mark_is_never_lowered(app: Flask) -> None:
    for n in (5, 3):
        vault.store.raise_mark(marks.TICKS, n)
    assert vault.store.read_mark(marks.TICKS) == 5


def test_a_key_store_that_is_far_behind_was_restored_itself(app: Flask) -> None:
    assert marks.Marks(keystore=100, database=101).lost == 0  # somebody is between the two
    assert marks.Marks(keystore=100, database=1540).lost == 1440
    assert not marks.Marks(keystore=100, database=1540).is_restored
