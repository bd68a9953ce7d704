"""Writing a post in one language: the original beside it, and how it will look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from signing.core import locales
from signing.core.db import transaction
from signing.core.refusals import NotFound
from signing.letters import markdown
from signing.news import posts, queries
from signing.news.models import NewsPost, NewsText
from signing.news.posts import ChangedMeanwhile
from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.news.forms import TextForm
from signing.web.staff.news.pages import MOST_BYTES

bp = Blueprint("news_editor", __name__, url_prefix="/letters/<slug>/news/<uuid:post_id>/in/<into>")


@bp.get("")
@gate.asks(Act.TRANSLATE)
def show(post_id: UUID, into: str) -> ResponseReturnValue:
    post, texts = _find(post_id, into)
    text = texts.get(into)
    shown = {"title": text.title, "body": text.body, "revision": text.revision} if text else {}
    return _page(post, texts, into, TextForm(formdata=None, data=shown))


def _find(post_id: UUID, into: str) -> tuple[NewsPost, dict[str, NewsText]]:
    if locales.find(into) is None:
        raise NotFound
    post = posts.get(desk.letter().id, post_id)
    texts = queries.list_texts(post.letter_id, post.id)
    return post, {text.locale: text for text in texts}


def _page(
    post: NewsPost,
    texts: dict[str, NewsText],
    into: str,
    form: TextForm,
    status: int = 200,
    **values: Any,
) -> ResponseReturnValue:
    named = locales.languages()
    return desk.page(
        "staff/news/editor.html",
        status,
        post=post,
        form=form,
        text=texts.get(into),
        original=texts.get(post.locale) if into != post.locale else None,
        original_language=named[post.locale],
        text_language=named[into],
        **({"looked": "", "theirs": None} | values),
    )


@bp.post("")
@gate.asks(Act.TRANSLATE, most_bytes=MOST_BYTES)
def save(post_id: UUID, into: str) -> ResponseReturnValue:
    """Nothing typed is lost, also where somebody else has saved meanwhile."""
    post, texts = _find(post_id, into)
    form = TextForm(formdata=request.form)
    if not form.validate():
        return _page(post, texts, into, form, 422)
    may_edit = gate.signed().may(Act.EDIT_LETTER, post.letter_id)
    try:
        with transaction():
            posts.save(
                post,
                into,
                form.words,
                by=gate.signed().doer.actor,
                revision=form.made_from,
                may_change_published=may_edit,
            )
    except ChangedMeanwhile as refusal:
        return _beside(post_id, into, form, refusal)
    return redirect(url_for("staff.news.show_post", post_id=post_id, done=1), 303)


def _beside(
    post_id: UUID, into: str, form: TextForm, refusal: ChangedMeanwhile
) -> ResponseReturnValue:
    """What was typed, with what somebody else has saved; saving again means it."""
    post, texts = _find(post_id, into)
    theirs = texts.get(into)
    form.revision.data = str(theirs.revision) if theirs else "0"
    form.body.errors = [str(refusal)]
    return _page(post, texts, into, form, refusal.status, theirs=theirs)


@bp.post("/look")
@gate.asks(Act.TRANSLATE, most_bytes=MOST_BYTES)
def look(post_id: UUID, into: str) -> ResponseReturnValue:
    """What was typed, as people will read it; nothing is kept. For a script only that part."""
    post, texts = _find(post_id, into)
    form = TextForm(formdata=request.form)
    is_valid = form.validate()
    looked = markdown.look(form.words.body) if is_valid else ""
    if request.form.get("part"):
        language = locales.languages()[into]
        part = {"looked": looked, "form": form, "text_language": language}
        return render_template("staff/news/look.html", **part)
    return _page(post, texts, into, form, 200 if is_valid else 422, looked=looked)
