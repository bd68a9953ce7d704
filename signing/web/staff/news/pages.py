"""News of a letter: what was told, what is being written, what was mailed to whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from signing.core import locales
from signing.core.db import transaction
from signing.letters import queries as letters
from signing.mail import figures
from signing.news import broadcasts, posts, queries
from signing.news.models import Audience, Broadcast, NewsPost, NewsText, State
from signing.staff_accounts.roles import Act, may
from signing.web.staff import desk, gate, tables
from signing.web.staff.news.forms import MailingForm, TextForm

bp = Blueprint("news", __name__, url_prefix="/letters/<slug>/news")
A_PAGE = 20
MOST_BYTES = 400_000  # of a text's form, in any script

AUDIENCE_NAMES = {
    Audience.NEWS: _l("News about this letter"),
    Audience.NEWSLETTER: _l("Newsletter"),
    Audience.FOLLOW_UP: _l("Follow-up letter"),
}
STATE_NAMES = {
    State.DRAFT: _l("Not sent"),
    State.SCHEDULED: _l("Waits for its time"),
    State.RUNNING: _l("On its way"),
    State.PAUSED: _l("Paused"),
    State.DONE: _l("Sent"),
    State.STOPPED: _l("Stopped"),
}


@bp.get("")
@gate.asks(Act.SEE_LETTER)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    posts = tables.read("-made", "-published", size=A_PAGE)
    sent = tables.read("-made", "-begun", "audience", name="mailings_", size=A_PAGE)
    found = queries.list_posts(letter.id, posts.order, after=posts.after_id, limit=posts.limit)
    mailings = sent.of(
        queries.list_broadcasts(letter.id, sent.order, after=sent.after_id, limit=sent.limit),
        lambda one: one.id.hex,
    )
    named = [*found, *queries.list_posts_of(letter.id, mailings.rows)]
    return desk.page(
        "staff/news/list.html",
        letter=letter,
        posts=posts.of(found, lambda one: one[0].id.hex),
        names={post.id: name_of(post, texts) for post, texts in named},
        mailings=mailings,
        sums=figures.sums(letter.id, [one.id for one in mailings.rows]),
        languages=locales.languages(),
        audiences=AUDIENCE_NAMES,
        states=STATE_NAMES,
        may_edit=gate.signed().may(Act.EDIT_LETTER, letter.id),
    )


def name_of(post: NewsPost, texts: list[NewsText]) -> str:
    """What a post is called among staff: its title in its own language."""
    own = [text for text in texts if text.locale == post.locale]
    return own[0].title if own else f"#{post.number}"


@bp.get("/write")
@gate.asks(Act.EDIT_LETTER)
def show_new() -> ResponseReturnValue:
    return _new_page(TextForm(formdata=None))


@bp.post("/write")
@gate.asks(Act.EDIT_LETTER, most_bytes=MOST_BYTES)
def write() -> ResponseReturnValue:
    """A draft in the letter's own language, which nobody outside sees."""
    form = TextForm(formdata=request.form)
    if not form.validate():
        return _new_page(form, 422)
    letter = desk.letter()
    with transaction():
        post = posts.write(letter, form.words, by=gate.signed().doer.actor)
    return redirect(url_for(".show_post", post_id=post.id, done=1), 303)


def _new_page(form: TextForm, status: int = 200) -> ResponseReturnValue:
    letter = desk.letter()
    own = locales.languages()[letter.default_locale]
    return desk.page("staff/news/write.html", status, letter=letter, form=form, own=own)


@bp.get("/<uuid:post_id>")
@gate.asks(Act.SEE_LETTER)
def show_post(post_id: UUID) -> ResponseReturnValue:
    letter = desk.letter()
    post = posts.get(letter.id, post_id)
    return _post_page(post, MailingForm.blank(broadcasts.list_audiences(letter)))


def _post_page(post: NewsPost, form: MailingForm, status: int = 200) -> ResponseReturnValue:
    letter = desk.letter()
    texts = {text.locale: text for text in queries.list_texts(letter.id, post.id)}
    mine = queries.list_broadcasts(letter.id, post_id=post.id)
    return desk.page(
        "staff/news/post.html",
        status,
        letter=letter,
        post=post,
        name=name_of(post, list(texts.values())),
        rows=_rows(post, texts),
        unpublished=sum(not text.is_published for text in texts.values()),
        mailings=mine,
        was_mailed=any(one.started_at or one.is_open for one in mine),
        form=form,
        audiences=AUDIENCE_NAMES,
        states=STATE_NAMES,
        may_edit=gate.signed().may(Act.EDIT_LETTER, letter.id),
    )


def _rows(post: NewsPost, texts: dict[str, NewsText]) -> list[dict[str, Any]]:
    """A line for each language of the letter or of the post, its own first."""
    letter = desk.letter()
    tags = {*letters.list_locales(letter.id), *texts, post.locale}
    known = sorted(tags, key=lambda tag: (tag != post.locale, tag))
    held = gate.signed().known.held
    return [
        {
            "language": locales.languages()[tag],
            "text": texts.get(tag),
            "may_write": may(held, Act.TRANSLATE, letter.id, tag),
        }
        for tag in known
        if locales.find(tag)
    ]


@bp.post("/<uuid:post_id>/publish")
@gate.asks(Act.EDIT_LETTER)
def publish(post_id: UUID) -> ResponseReturnValue:
    """Everybody can read it, in every language that is written."""
    post = posts.get(desk.letter().id, post_id)
    with transaction():
        posts.publish(post, by=gate.signed().doer.actor)
    return redirect(url_for(".show_post", post_id=post_id, done=1), 303)


@bp.post("/<uuid:post_id>/withdraw")
@gate.asks(Act.EDIT_LETTER)
def withdraw(post_id: UUID) -> ResponseReturnValue:
    """Nobody outside sees it any more; its texts stay."""
    post = posts.get(desk.letter().id, post_id)
    with transaction():
        posts.withdraw(post, by=gate.signed().doer.actor)
    return redirect(url_for(".show_post", post_id=post_id, done=1), 303)


@bp.post("/<uuid:post_id>/remove")
@gate.asks(Act.EDIT_LETTER)
def remove(post_id: UUID) -> ResponseReturnValue:
    """It is gone with its texts; twice is once."""
    post = posts.get(desk.letter().id, post_id)
    with transaction():
        posts.remove(post, by=gate.signed().doer.actor)
    return redirect(url_for(".show", done=1), 303)


@bp.post("/<uuid:post_id>/mail")
@gate.asks(Act.EDIT_LETTER)
def prepare(post_id: UUID) -> ResponseReturnValue:
    """Count who would get it, and go to where it can be looked at, tried and sent."""
    letter = desk.letter()
    post = posts.get(letter.id, post_id)
    form = MailingForm(formdata=request.form).offer(broadcasts.list_audiences(letter))
    if not form.validate():
        return _post_page(post, form, 422)
    with transaction():
        made: Broadcast = broadcasts.prepare(
            post, Audience(form.audience.data), int(form.pace.data)
        )
    return redirect(url_for("staff.news_mailing.show", broadcast_id=made.id), 303)
