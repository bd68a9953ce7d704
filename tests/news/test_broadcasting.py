"""A post mailed to everybody who asked for it: once each, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import ANY

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, inspect

from signing.audit import Verb
from signing.audit.models import AuditEvent
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import HOUSE, new_id
from signing.core.settings import Settings
from signing.jobs import actions as jobs
from signing.jobs import queries as job_queries
from signing.jobs.models import State as JobState
from signing.letters.models import ConsentPurpose, Letter
from signing.mail import outbox
from signing.mail.figures import What
from signing.mail.kinds import Kind
from signing.mail.models import MailState, OutgoingMail
from signing.news import broadcasts, posts, queueing
from signing.news.models import Audience, Broadcast, State
from signing.signatures import actions as signatures
from signing.signatures.models import Signature
from signing.worker import broadcasting
from signing.worker import jobs as worker_jobs
from signing.worker.jobs import Bench
from tests import make
from tests.conftest import Inbox
from tests.news import telling


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker looks for work each time, not each second."""
    monkeypatch.setattr(worker_jobs, "LOOK_EVERY_SECONDS", 0.0)


@pytest.fixture
def letter(app: Flask) -> Letter:
    return telling.letter()


def forward(broadcast: Broadcast) -> queueing.Step | None:
    with transaction():
        return queueing.forward(broadcast.letter_id, broadcast.id)


def everybody(inbox: Inbox) -> list[str]:
    return sorted(mail["To"] for mail in inbox.mails if "Delivered!" in mail["Subject"])


def test_all_who_asked_get_it_in_their_language_and_nobody_else(
    letter: Letter, inbox: Inbox
) -> None:
    telling.signer(letter, 1)
    telling.signer(letter, 2, locale="fr")
    telling.signer(letter, 3, locale="ja")
    telling.signer(letter, 4, purpose="newsletter")
    telling.signer(letter, 5, is_confirmed=False)
    make.signature(letter, email="silent@example.org")
    broadcast = telling.started(telling.post(letter, into=("fr",)))
    assert telling.look(broadcast).expected == {"en": 1, "fr": 1, "ja": 1}

    assert everybody(inbox) == [f"person{n}@example.org" for n in (1, 2, 3)]
    subjects = {mail["To"]: mail["Subject"] for mail in inbox.mails}
    assert subjects["person1@example.org"] == "Delivered!"
    assert subjects["person2@example.org"] == "Delivered! (fr)"
    assert telling.fate(broadcast) == {What.SENT: 3}
    with inbox.later(timedelta(seconds=30)):
        assert len(everybody(inbox)) == 3
    assert telling.look(broadcast).state == State.DONE
    assert telling.look(broadcast).queued == 3


def test_each_audience_rests_on_a_consent_of_its_own(letter: Letter, inbox: Inbox) -> None:
    for number, purpose in enumerate(("news", "newsletter", "follow_up")):
        telling.signer(letter, number, purpose=purpose)
    post = telling.post(letter)
    for number, audience in enumerate(Audience):
        broadcast = telling.started(post, audience, is_sure=True)
        with inbox.later(timedelta(seconds=30)):
            assert everybody(inbox) == [f"person{n}@example.org" for n in range(number + 1)]
        assert telling.look(broadcast).state == State.DONE


def test_a_follow_up_is_mailed_once_in_a_letters_life(letter: Letter, inbox: Inbox) -> None:
    telling.signer(letter, purpose="follow_up")
    post = telling.post(letter)
    assert Audience.FOLLOW_UP in broadcasts.list_audiences(letter)
    telling.started(post, Audience.FOLLOW_UP)
    with inbox.later(timedelta(seconds=30)):
        assert len(everybody(inbox)) == 1
    assert Audience.FOLLOW_UP not in broadcasts.list_audiences(letter)
    with pytest.raises(broadcasts.OnlyOnce):
        telling.started(post, Audience.FOLLOW_UP, is_sure=True)


def test_a_worker_that_dies_in_the_middle_sends_to_nobody_twice_and_forgets_nobody(
    letter: Letter, settings: Settings, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "BATCH", 3)
    for number in range(8):
        telling.signer(letter, number)
    broadcast = telling.started(telling.post(letter))
    with transaction():
        job = jobs.claim()
    assert job is not None
    steps = broadcasting.run(job, settings)
    next(steps)
    with pytest.raises(RuntimeError):
        _die_before_the_commit(broadcast)
    next(steps)
    del steps  # dies between two batches: nothing was noted in its job
    assert telling.look(broadcast).queued == 6
    assert everybody(inbox) == [f"person{n}@example.org" for n in range(6)]
    with time_machine.travel(clock.now() + jobs.LEASE * 1.1):
        assert everybody(inbox) == [f"person{n}@example.org" for n in range(8)]
    assert telling.fate(broadcast) == {What.SENT: 8}


def _die_before_the_commit(broadcast: Broadcast) -> None:
    with transaction():
        queueing.forward(broadcast.letter_id, broadcast.id)
        raise RuntimeError


def test_two_workers_with_the_same_broadcast_put_each_mail_once(letter: Letter) -> None:
    for number in range(6):
        telling.signer(letter, number)
    broadcast = telling.started(telling.post(letter), pace=120)
    assert (forward(broadcast), forward(broadcast), forward(broadcast)) == (ANY, ANY, ANY)
    forward(broadcast)
    recipients = [mail.recipient_id for mail in telling.mails(broadcast)]
    assert len(recipients) == len(set(recipients)) == 6
    assert all(mail.id.version == 7 for mail in telling.mails(broadcast))


def test_two_broadcasts_close_together_do_not_swallow_each_other(
    letter: Letter, inbox: Inbox
) -> None:
    telling.signer(letter)
    first = telling.started(telling.post(letter, "One"))
    forward(first)
    with transaction():
        telling.look(first).state = State.DONE
    second = telling.started(telling.post(letter, "Two"), is_sure=True)
    forward(second)
    assert sorted(mail["Subject"] for mail in inbox.mails if "roads" not in mail["Subject"]) == [
        "One",
        "Two",
    ]


def test_a_confirmation_leaves_before_ten_thousand_news_that_wait(
    letter: Letter, app: Flask
) -> None:
    telling.signer(letter)
    broadcast = telling.started(telling.post(letter))
    forward(broadcast)
    (one,) = telling.mails(broadcast)
    template = {column.key: getattr(one, column.key) for column in inspect(OutgoingMail).columns}
    with transaction():
        rows = [template | {"id": new_id(), "recipient_id": new_id()} for _ in range(10_000)]
        db.session.execute(insert(OutgoingMail), rows)
        outbox.claim(50)  # the confirmations of the signers above
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        with transaction():
            signatures.sign(letter, make.declaration(letter, email="new@example.org"))
        with transaction():
            first, second = outbox.claim(50), outbox.claim(50)
    assert [mail.kind for mail in first] == [Kind.CONFIRM_SIGNATURE]
    assert {mail.kind for mail in second} == {Kind.NEWS}
    assert len(second) == outbox.NEWS_AT_ONCE  # what somebody who signs now waits for at most


def test_whoever_unsubscribes_bounces_or_withdraws_while_it_waits_gets_nothing(
    letter: Letter, inbox: Inbox
) -> None:
    refs = [telling.signer(letter, number) for number in range(5)]
    broadcast = telling.started(telling.post(letter))
    forward(broadcast)
    with transaction():
        signatures.stop_mail(refs[0], ConsentPurpose.NEWS)
        signatures.withdraw(refs[1])
        for ref, values in ((refs[2], {"bounced_at": clock.now()}), (refs[3], {"state": "x"})):
            row = db.session.get_one(Signature, (ref.letter_id, ref.signature_id))
            for name, value in values.items():
                setattr(row, name, value)
    assert everybody(inbox) == ["person4@example.org"]
    assert telling.fate(broadcast) == {What.SENT: 1, What.DROPPED: 4}


def test_a_pace_is_kept_minute_by_minute(letter: Letter, inbox: Inbox) -> None:
    for number in range(5):
        telling.signer(letter, number)
    broadcast = telling.started(telling.post(letter), pace=120)
    assert len(everybody(inbox)) == 2
    assert len(everybody(inbox)) == 2
    with inbox.later(timedelta(seconds=61)):
        assert len(everybody(inbox)) == 4
    with inbox.later(timedelta(seconds=122)):
        assert len(everybody(inbox)) == 5
    with inbox.later(timedelta(seconds=150)):
        _ = inbox.mails
    assert telling.look(broadcast).state == State.DONE


def test_without_a_pace_only_so_many_wait_in_the_outbox(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "AHEAD", 3)
    for number in range(5):
        telling.signer(letter, number)
    broadcast = telling.started(telling.post(letter))
    forward(broadcast)
    step = forward(broadcast)
    assert step is not None
    assert (step.queued, step.rest_until is not None) == (3, True)


def test_it_waits_for_its_time_and_goes_to_those_who_confirmed_by_then(
    letter: Letter, inbox: Inbox
) -> None:
    telling.signer(letter, 1)
    at = clock.now() + timedelta(hours=3)
    broadcast = telling.started(telling.post(letter), due_at=at)
    telling.signer(letter, 2)
    assert everybody(inbox) == []
    assert telling.look(broadcast).state == State.SCHEDULED
    with time_machine.travel(at + timedelta(seconds=1)):
        assert everybody(inbox) == ["person1@example.org", "person2@example.org"]


def test_whoever_confirms_after_it_has_begun_does_not_get_it(letter: Letter, inbox: Inbox) -> None:
    telling.signer(letter, 1)
    telling.signer(letter, 2)
    broadcast = telling.started(telling.post(letter), pace=60)
    assert len(everybody(inbox)) == 1
    with inbox.later(timedelta(minutes=5)):
        telling.signer(letter, 3)
        assert len(everybody(inbox)) == 2
    assert telling.look(broadcast).queued == 2


def test_pausing_holds_what_waits_and_resuming_goes_on(letter: Letter, inbox: Inbox) -> None:
    for number in range(4):
        telling.signer(letter, number)
    broadcast = telling.started(telling.post(letter), pace=120)
    forward(broadcast)
    with transaction():
        broadcasts.pause(letter.id, broadcast.id, by=make.OPERATOR)
    with inbox.later(timedelta(minutes=5)):
        assert everybody(inbox) == []
        with pytest.raises(broadcasts.Over), transaction():
            broadcasts.pause(letter.id, broadcast.id, by=make.OPERATOR)
        with transaction():
            broadcasts.resume(letter.id, broadcast.id, by=make.OPERATOR)
        assert len(everybody(inbox)) == 4
    assert telling.look(broadcast).state == State.RUNNING


def test_stopping_drops_what_waits_and_lets_the_next_begin(letter: Letter, inbox: Inbox) -> None:
    for number in range(4):
        telling.signer(letter, number)
    post = telling.post(letter)
    broadcast = telling.started(post, pace=120)
    forward(broadcast)
    with pytest.raises(broadcasts.Another):
        telling.started(post, is_sure=True)
    with transaction():
        broadcasts.stop(letter.id, broadcast.id, by=make.OPERATOR)
    with inbox.later(timedelta(minutes=5)):
        assert everybody(inbox) == []
    assert telling.fate(broadcast) == {What.STOPPED: 2}
    with pytest.raises(broadcasts.SecondToday):
        telling.started(post)
    telling.started(post, is_sure=True)


def test_a_mail_in_a_workers_hands_when_it_is_stopped_is_dropped(
    letter: Letter, inbox: Inbox
) -> None:
    telling.signer(letter)
    broadcast = telling.started(telling.post(letter))
    forward(broadcast)
    _ = outbox.claim(50)
    with transaction():
        claimed = [mail for mail in outbox.claim(50) if mail.kind is Kind.NEWS]
        assert len(claimed) == 1
    with transaction():
        broadcasts.stop(letter.id, broadcast.id, by=make.OPERATOR)
    with inbox.later(outbox.LEASE * 1.1):
        assert everybody(inbox) == []
    assert telling.fate(broadcast) == {What.DROPPED: 1}


def test_work_that_was_stopped_elsewhere_can_be_gone_on_with(letter: Letter, inbox: Inbox) -> None:
    telling.signer(letter)
    broadcast = telling.started(telling.post(letter))
    job = job_queries.find_of(letter.id, broadcast.id)
    assert job is not None
    with transaction():
        jobs.stop(letter.id, job.id)
    assert everybody(inbox) == []
    with transaction():
        broadcasts.resume(letter.id, broadcast.id, by=make.OPERATOR)
    assert len(everybody(inbox)) == 1


def test_what_cannot_begin_says_why(letter: Letter) -> None:
    draft = telling.post(letter, is_published=False)
    with pytest.raises(broadcasts.NotPublished):
        telling.prepared(draft)
    post = telling.post(letter)
    with pytest.raises(broadcasts.Nobody):
        telling.started(post)
    telling.signer(letter)
    for wrong in (timedelta(days=-1), timedelta(days=400)):
        with pytest.raises(broadcasts.WrongTime):
            telling.started(post, due_at=clock.now() + wrong)
    broadcast = telling.started(post)
    with pytest.raises(broadcasts.Over), transaction():
        broadcasts.start(letter.id, broadcast.id, due_at=None, is_sure=True, by=make.OPERATOR)
    with pytest.raises(posts.IsMailed), transaction():
        posts.withdraw(post, by=make.OPERATOR)
    with pytest.raises(broadcasts.Over), transaction():
        broadcasts.discard(letter.id, broadcast.id)


def test_numbers_stay_when_the_mails_are_deleted_and_the_log_knows_them(
    letter: Letter, inbox: Inbox
) -> None:
    refs = [telling.signer(letter, number) for number in range(3)]
    broadcast = telling.started(telling.post(letter))
    forward(broadcast)
    with transaction():
        signatures.stop_mail(refs[0], ConsentPurpose.NEWS)
    assert len(everybody(inbox)) == 2
    with inbox.later(timedelta(days=40)):
        inbox.worker._retained_at = float("-inf")
        _ = inbox.mails
        assert telling.mails(broadcast) == []
    assert telling.fate(broadcast) == {What.SENT: 2, What.DROPPED: 1}
    events = db.session.query(AuditEvent).where(AuditEvent.letter_id == letter.id).all()
    started = next(one for one in events if one.verb == Verb.BROADCAST_STARTED)
    assert started.details["people"] == 3
    done = next(one for one in events if one.verb == Verb.BROADCAST_DONE)
    assert (done.subject, done.details["broadcast"]) == ("news/1", str(broadcast.id))


def test_what_a_mail_server_puts_off_does_not_keep_the_next_waiting(
    letter: Letter, app: Flask
) -> None:
    telling.signer(letter)
    broadcast = telling.started(telling.post(letter))
    forward(broadcast)
    assert forward(broadcast) is not None
    with transaction():
        telling.mails(broadcast)[0].last_error = "451"
    assert forward(broadcast) is None
    assert telling.look(broadcast).state == State.DONE
    assert telling.mails(broadcast)[0].state == MailState.WAITING


def test_a_worker_rests_between_two_batches_and_others_may_have_it(
    letter: Letter, settings: Settings
) -> None:
    for number in range(3):
        telling.signer(letter, number)
    broadcast = telling.started(telling.post(letter), pace=60)
    bench = Bench(settings)
    assert bench.work() == 1
    assert bench.work() == 0
    job = job_queries.find_of(letter.id, broadcast.id)
    assert job is not None
    assert (job.state, job.done, job.leased_until) == (JobState.WAITING, 1, None)
    assert job.due_at > clock.now() + timedelta(seconds=50)


def test_nobodys_digest_is_in_a_broadcasts_tables(letter: Letter) -> None:
    broadcast = telling.prepared(telling.post(letter))
    assert broadcast.queued_up_to == HOUSE
