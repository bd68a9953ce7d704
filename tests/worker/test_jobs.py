"""Long work: slices between mails, a crash on the way, and who may go on with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.core.settings import Settings
from signing.jobs import actions, queries
from signing.jobs.actions import JobOver, LeaseLost, Progress
from signing.jobs.models import Job, Kind, State
from signing.worker import jobs
from tests import make


@pytest.fixture
def job(app: Flask) -> Job:
    letter = make.letter()
    with transaction():
        return actions.put(Kind.EXPORT, letter_id=letter.id, subject_id=new_id())


def look(job: Job) -> Job:
    db.session.expire_all()
    found = queries.find_of(job.letter_id, job.subject_id)
    assert found is not None
    return found


def claim() -> Job | None:
    with transaction():
        return actions.claim()


def test_work_goes_on_slice_by_slice_and_ends(
    settings: Settings, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(job: Job, _settings: Settings) -> Iterator[Progress]:
        for n in range(job.cursor.get("n", 0), 3):
            yield Progress(n + 1, 3, {"n": n + 1})

    monkeypatch.setattr(jobs, "RUNNERS", {Kind.EXPORT: count})
    monkeypatch.setattr(jobs, "SLICE_SECONDS", 0.0)
    bench = jobs.Bench(settings)
    for n in (1, 2, 3):
        assert bench.work()
        assert (look(job).done, look(job).percent) == (n, 100 * n // 3)
    assert bench.work()
    assert look(job).state == State.DONE
    assert not bench.work()


def test_a_worker_that_dies_gives_its_job_back_and_the_next_goes_on(job: Job) -> None:
    first = claim()
    assert first is not None
    with transaction():
        actions.advance(first, Progress(10, 20, {"after": "x"}))
    assert claim() is None
    with time_machine.travel(clock.now() + actions.LEASE * 1.1):
        second = claim()
        assert second is not None
        assert second.cursor == {"after": "x"}
        with pytest.raises(LeaseLost), transaction():
            actions.advance(first, Progress(11, 20))
        with transaction():
            actions.finish(second)
    assert look(job).state == State.DONE


def test_what_fails_again_and_again_is_left_alone_and_can_be_tried_anew(job: Job) -> None:
    for n in range(actions.MOST_ATTEMPTS):
        with time_machine.travel(clock.now() + n * 2 * actions.LEASE):
            mine = claim()
            assert mine is not None
            with transaction():
                actions.fail(mine, "OSError")
    assert (look(job).state, look(job).error) == (State.FAILED, "OSError")
    with transaction():
        actions.resume(job.letter_id, job.id)
    assert claim() is not None


def test_who_pauses_a_job_takes_it_from_its_worker(job: Job) -> None:
    mine = claim()
    assert mine is not None
    with transaction():
        actions.pause(job.letter_id, job.id)
    with pytest.raises(LeaseLost), transaction():
        actions.advance(mine, Progress(1))
    assert claim() is None
    with transaction():
        actions.resume(job.letter_id, job.id)
    assert claim() is not None
    with transaction():
        actions.stop(job.letter_id, job.id)
    with pytest.raises(JobOver), transaction():
        actions.resume(job.letter_id, job.id)


def test_a_mistake_in_a_runner_leaves_the_worker_alive(
    settings: Settings, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_(_job: Job, _settings: Settings) -> Iterator[Progress]:
        yield Progress(1)
        raise ValueError("a name that belongs in no log")

    monkeypatch.setattr(jobs, "RUNNERS", {Kind.EXPORT: break_})
    assert jobs.Bench(settings).work()
    assert look(job).error == "ValueError"


def test_work_for_later_waits(app: Flask) -> None:
    letter = make.letter()
    at = clock.now() + timedelta(hours=1)
    with transaction():
        actions.put(Kind.BROADCAST, letter_id=letter.id, subject_id=new_id(), due_at=at)
    assert claim() is None
    with time_machine.travel(at + timedelta(seconds=1)):
        assert claim() is not None
