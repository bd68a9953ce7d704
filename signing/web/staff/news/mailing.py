"""One mailing of a post: whom it reaches, a test, the button, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from signing.core import clock, locales
from signing.core.db import transaction
from signing.core.locales import Language
from signing.core.refusals import NotFound, Refusal
from signing.jobs import queries as jobs
from signing.letters.models import Letter
from signing.mail import figures, waiting
from signing.news import broadcasts, mailed, queries
from signing.news.mailed import Announcement
from signing.news.models import Broadcast, State
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.news.forms import PACE_NAMES, SendForm
from signing.web.staff.news.pages import AUDIENCE_NAMES, STATE_NAMES

bp = Blueprint(
    "news_mailing", __name__, url_prefix="/letters/<slug>/news/mailings/<uuid:broadcast_id>"
)


class SecondFactorFirst(Refusal):
    status = 409
    message = _l("Whoever mails this many people needs a second factor. Set one up in My account.")


@dataclass(frozen=True, slots=True)
class Line:
    """How many people of one language get it, and in which."""

    language: Language
    n: int
    text_language: Language

    @property
    def is_fallback(self) -> bool:
        return self.language.tag != self.text_language.tag


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show(broadcast_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    broadcast = queries.get_broadcast(letter.id, broadcast_id)
    news = find_news(broadcast)
    return desk.page(
        "staff/news/mailing.html",
        letter=letter,
        broadcast=broadcast,
        news=news,
        lines=_lines(broadcast, news),
        languages=_all_languages(broadcast, news),
        job=jobs.find_of(letter.id, broadcast.id),
        sums=figures.sums(letter.id, [broadcast.id])[broadcast.id],
        waiting=waiting.count(letter.id, broadcast.id),
        audience=AUDIENCE_NAMES[news.audience],
        state=STATE_NAMES[news.state],
        pace=PACE_NAMES[broadcast.pace],
        may_edit=gate.signed().may(Act.EDIT_LETTER, letter.id),
    )


def find_news(broadcast: Broadcast) -> Announcement:
    """The mailing with its post as the worker would mail it; raises `NotFound`."""
    found = mailed.list_announcements([(broadcast.letter_id, broadcast.id)])
    if broadcast.id not in found:
        raise NotFound
    return found[broadcast.id]


def _lines(broadcast: Broadcast, news: Announcement) -> list[Line]:
    """The most people first."""
    if not news.texts:
        return []
    named = locales.languages()
    counted = sorted(broadcast.expected.items(), key=lambda one: (-one[1], one[0]))
    return [Line(named[tag], n, named[news.text(tag).locale]) for tag, n in counted if tag in named]


def _all_languages(broadcast: Broadcast, news: Announcement) -> list[Language]:
    """Those that it is written in, and those of the people who get it."""
    named = locales.languages()
    return [named[tag] for tag in sorted({*news.texts, *broadcast.expected}) if tag in named]


@bp.get("/send")
@gate.asks(Act.EDIT_LETTER, fresh=True)
def show_send(broadcast_id: UUID) -> ResponseReturnValue:
    broadcast = queries.get_broadcast(desk.letter().id, broadcast_id)
    return _send_page(broadcast, SendForm(formdata=None))


def _send_page(broadcast: Broadcast, form: SendForm, status: int = 200) -> ResponseReturnValue:
    if broadcast.state != State.DRAFT:
        raise broadcasts.Over
    letter = desk.letter()
    news = find_news(broadcast)
    lines = _lines(broadcast, news)
    return desk.page(
        "staff/news/send.html",
        status,
        letter=letter,
        broadcast=broadcast,
        news=news,
        lines=lines,
        fallbacks=sum(line.n for line in lines if line.is_fallback),
        audience=AUDIENCE_NAMES[news.audience],
        pace=PACE_NAMES[broadcast.pace],
        form=_asked(form, letter),
    )


def _asked(form: SendForm, letter: Letter) -> SendForm:
    return form.about(letter, asks_sure=broadcasts.is_second_today(letter.id, clock.now()))


@bp.post("/send")
@gate.asks(Act.EDIT_LETTER, fresh=True)
def send(broadcast_id: UUID) -> ResponseReturnValue:
    """It begins at once or at its time; pressing twice is pressing once."""
    letter = desk.letter()
    broadcast = queries.get_broadcast(letter.id, broadcast_id)
    if not gate.signed().known.has_second_factor:
        raise SecondFactorFirst
    form = _asked(SendForm(formdata=request.form), letter)
    if not form.validate():
        return _send_page(broadcast, form, 422)
    try:
        with transaction():
            broadcasts.start(
                letter.id,
                broadcast_id,
                due_at=form.moment,
                is_sure=bool(form.is_sure.data),
                by=gate.signed().doer.actor,
            )
    except broadcasts.WrongTime as refusal:
        form.due_at.errors = [str(refusal)]
        return _send_page(queries.get_broadcast(letter.id, broadcast_id), form, refusal.status)
    return _done(broadcast_id)


@bp.post("/pause")
@gate.asks(Act.EDIT_LETTER)
def pause(broadcast_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    with transaction():
        broadcasts.pause(letter.id, broadcast_id, by=gate.signed().doer.actor)
    return _done(broadcast_id)


@bp.post("/resume")
@gate.asks(Act.EDIT_LETTER)
def resume(broadcast_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    with transaction():
        broadcasts.resume(letter.id, broadcast_id, by=gate.signed().doer.actor)
    return _done(broadcast_id)


@bp.post("/stop")
@gate.asks(Act.EDIT_LETTER)
def stop(broadcast_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    with transaction():
        broadcasts.stop(letter.id, broadcast_id, by=gate.signed().doer.actor)
    return _done(broadcast_id)


@bp.post("/discard")
@gate.asks(Act.EDIT_LETTER)
def discard(broadcast_id: UUID) -> ResponseReturnValue:
    """What was only prepared is gone; the post stays."""
    letter = desk.letter()
    broadcast = queries.get_broadcast(letter.id, broadcast_id)
    with transaction():
        broadcasts.discard(letter.id, broadcast_id)
    return redirect(url_for("staff.news.show_post", post_id=broadcast.post_id, done=1), 303)


@bp.post("/test")
@gate.asks(Act.EDIT_LETTER)
def try_out(broadcast_id: UUID) -> ResponseReturnValue:
    """To the member's own address, whatever the form says."""
    broadcast = queries.get_broadcast(desk.letter().id, broadcast_id)
    chosen = request.form.get("locale", "")
    if locales.find(chosen) is None:
        raise NotFound
    with transaction():
        broadcasts.put_test(broadcast, member_id=gate.signed().id, locale=chosen)
    return redirect(url_for(".show", broadcast_id=broadcast_id, tested=1), 303)


def _done(broadcast_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", broadcast_id=broadcast_id, done=1), 303)
