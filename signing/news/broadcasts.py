"""What can be done to a broadcast. Nothing here commits: the door draws the transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from signing.audit import Actor, Verb
from signing.core import clock
from signing.core.db import db
from signing.core.ids import HOUSE, new_id
from signing.core.refusals import Refusal
from signing.jobs import actions as jobs
from signing.jobs import queries as job_queries
from signing.jobs.models import Kind as JobKind
from signing.jobs.models import State as JobState
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.mail import figures, waiting
from signing.mail.figures import Fate, What
from signing.mail.kinds import Kind, Recipient
from signing.mail.models import MailState, OutgoingMail
from signing.news import audiences, posts, queries
from signing.news.models import OPEN, Audience, Broadcast, NewsPost, State

PACES = (500, 2000, 10_000, 50_000, 0)  # mails an hour; 0: as fast as the server takes them
USUAL_PACE = 2000
LATEST = timedelta(days=90)
A_DAY = timedelta(days=1)
MOST_TESTS_A_DAY = 20


class NotPublished(Refusal):
    status = 409
    message = _l("Publish the post first: the mail links to it.")


class Another(Refusal):
    status = 409
    message = _l("Another mailing of this letter is on its way. Wait for its end, or stop it.")


class SecondToday(Refusal):
    status = 409
    message = _l(
        "These people got a mail within the last 24 hours. Confirm that they shall get another."
    )


class OnlyOnce(Refusal):
    status = 409
    message = _l("People agreed to one mail about a follow-up letter, and it has been sent.")


class Nobody(Refusal):
    status = 409
    message = _l("Nobody would get this mail.")


class WrongTime(Refusal):
    status = 422
    message = _l("Choose a time within the next 90 days.")


class Over(Refusal):
    status = 409
    message = _l("This mailing has ended, or has not begun.")


class EnoughTests(Refusal):
    status = 429
    message = _l("You have sent yourself 20 test mails today. That is enough.")


def prepare(post: NewsPost, audience: Audience, pace: int) -> Broadcast:
    """Who would get the post is counted, and nobody gets it yet; raises `NotPublished`."""
    if not post.is_published:
        raise NotPublished
    at = clock.now()
    broadcast = Broadcast(
        letter_id=post.letter_id,
        id=new_id(),
        post_id=post.id,
        audience=audience,
        state=State.DRAFT,
        pace=pace,
        expected=audiences.count_by_locale(post.letter_id, audience),
        counted_at=at,
        queued=0,
        queued_up_to=HOUSE,
        created_at=at,
    )
    db.session.add(broadcast)
    db.session.flush()
    return broadcast


def discard(letter_id: UUID, id_: UUID) -> None:
    """What was prepared is gone; raises `Over` if it was started."""
    broadcast = queries.get_broadcast(letter_id, id_, to_change=True)
    if broadcast.state != State.DRAFT:
        raise Over
    db.session.delete(broadcast)
    db.session.flush()


def start(letter_id: UUID, id_: UUID, *, due_at: datetime | None, is_sure: bool, by: Actor) -> None:
    """From `due_at` on, or at once, everybody of its audience is mailed the post once.

    `is_sure`: also those who got another within a day. Raises a refusal if it may not begin.
    """
    letters.get_to_change(letter_id)  # of two at once one waits
    broadcast = queries.get_broadcast(letter_id, id_, to_change=True)
    _check(broadcast, due_at, is_sure=is_sure)
    broadcast.expected = audiences.count_by_locale(letter_id, Audience(broadcast.audience))
    broadcast.counted_at = clock.now()
    if not broadcast.total:
        raise Nobody
    broadcast.state, broadcast.due_at = State.SCHEDULED, due_at or clock.now()
    _put_job(broadcast, by)
    details = {
        "audience": broadcast.audience,
        "people": broadcast.total,
        "by_locale": broadcast.expected,
        "pace": broadcast.pace,
        "due_at": broadcast.due_at.isoformat(),
        "second_within_a_day": is_sure,
    }
    record(Verb.BROADCAST_STARTED, broadcast, by, details)


def _check(broadcast: Broadcast, due_at: datetime | None, *, is_sure: bool) -> None:
    if broadcast.state != State.DRAFT:
        raise Over
    if not posts.get(broadcast.letter_id, broadcast.post_id).is_published:
        raise NotPublished
    now = clock.now()
    if due_at is not None and not now <= due_at <= now + LATEST:
        raise WrongTime
    if _has(broadcast.letter_id, Broadcast.state.in_(OPEN)):
        raise Another
    if broadcast.audience == Audience.FOLLOW_UP and was_followed_up(broadcast.letter_id):
        raise OnlyOnce
    if not is_sure and is_second_today(broadcast.letter_id, due_at or now):
        raise SecondToday


def is_second_today(letter_id: UUID, at: datetime) -> bool:
    """Whether people of this letter got news within the day before `at`."""
    return _has(letter_id, Broadcast.queued > 0, Broadcast.started_at > at - A_DAY)


def was_followed_up(letter_id: UUID) -> bool:
    """Whether anybody has been mailed about a follow-up letter."""
    return _has(letter_id, Broadcast.audience == Audience.FOLLOW_UP, Broadcast.queued > 0)


def _has(letter_id: UUID, *which: Any) -> bool:
    found = select(Broadcast.id).where(Broadcast.letter_id == letter_id, *which)
    return db.session.scalar(found.limit(1)) is not None


def _put_job(broadcast: Broadcast, by: Actor) -> None:
    jobs.put(
        JobKind.BROADCAST,
        letter_id=broadcast.letter_id,
        subject_id=broadcast.id,
        member_id=by.id,
        due_at=broadcast.due_at,
    )


def pause(letter_id: UUID, id_: UUID, *, by: Actor) -> None:
    """Nothing more leaves before `resume`, but for what a worker has in its hands already."""
    broadcast = _get_open(letter_id, id_, State.SCHEDULED, State.RUNNING)
    broadcast.state = State.PAUSED
    waiting.hold(letter_id, id_)
    job = job_queries.find_of(letter_id, id_)
    if job and job.state == JobState.WAITING:
        jobs.pause(letter_id, job.id)
    record(Verb.BROADCAST_PAUSED, broadcast, by, {"mails": broadcast.queued})


def resume(letter_id: UUID, id_: UUID, *, by: Actor) -> None:
    """It goes on where it was; also after its work was stopped elsewhere, or failed."""
    broadcast = _get_open(letter_id, id_, *OPEN)
    broadcast.state = State.RUNNING if broadcast.started_at else State.SCHEDULED
    waiting.release(letter_id, id_)
    job = job_queries.find_of(letter_id, id_)
    if job and job.state in (JobState.PAUSED, JobState.FAILED):
        jobs.resume(letter_id, job.id)
    elif job is None or job.state != JobState.WAITING:
        _put_job(broadcast, by)
    record(Verb.BROADCAST_RESUMED, broadcast, by, {"mails": broadcast.queued})


def stop(letter_id: UUID, id_: UUID, *, by: Actor) -> None:
    """Nobody gets it any more; who has got it has got it."""
    broadcast = _get_open(letter_id, id_, *OPEN)
    broadcast.state, broadcast.ended_at = State.STOPPED, clock.now()
    dropped = waiting.drop(letter_id, id_)
    figures.note({Fate(letter_id, id_, What.STOPPED): dropped})
    job = job_queries.find_of(letter_id, id_)
    if job and job.is_open:
        jobs.stop(letter_id, job.id)
    details = {"mails": broadcast.queued, "stopped": dropped}
    record(Verb.BROADCAST_STOPPED, broadcast, by, details)


def _get_open(letter_id: UUID, id_: UUID, *states: State) -> Broadcast:
    broadcast = queries.get_broadcast(letter_id, id_, to_change=True)
    if broadcast.state not in states:
        raise Over
    return broadcast


def put_test(broadcast: Broadcast, *, member_id: UUID, locale: str) -> None:
    """The member is mailed it as people of this language will be; raises `EnoughTests`."""
    at = clock.now()
    sent = select(func.count()).where(
        OutgoingMail.letter_id == broadcast.letter_id,
        OutgoingMail.recipient_id == member_id,
        OutgoingMail.created_at > at - A_DAY,
    )
    if (db.session.scalar(sent) or 0) >= MOST_TESTS_A_DAY:
        raise EnoughTests
    db.session.add(
        OutgoingMail(
            letter_id=broadcast.letter_id,
            id=new_id(),
            kind=Kind.NEWS_TEST,
            recipient_kind=Recipient.MEMBER,
            recipient_id=member_id,
            broadcast_id=broadcast.id,
            locale=locale,
            created_at=at,
            due_at=at,
            attempts=0,
            state=MailState.WAITING,
        )
    )
    db.session.flush()


def list_audiences(letter: Letter) -> list[Audience]:
    """Whom this letter may mail: there is a newsletter where its form had such a box."""
    offered = [Audience.NEWS]
    if letter.newsletter:
        offered.append(Audience.NEWSLETTER)
    return offered if was_followed_up(letter.id) else [*offered, Audience.FOLLOW_UP]


def record(verb: Verb, broadcast: Broadcast, by: Actor, details: dict[str, Any]) -> None:
    """The audit log says under its post's number what became of a broadcast."""
    post = posts.get(broadcast.letter_id, broadcast.post_id)
    posts.record(verb, post, by, details | {"broadcast": str(broadcast.id)})
