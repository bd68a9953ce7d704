"""News in the staff area: written, translated, published and mailed, without a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock
from signing.letters.models import Letter
from signing.news import queries
from signing.news.models import State
from signing.staff_accounts.roles import Held, Role
from signing.worker import jobs as worker_jobs
from tests import make, staff
from tests.conftest import Inbox
from tests.news import telling
from tests.staff import Browser

NEWS = "/staff/letters/open-roads/news"


@pytest.fixture
def letter(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Letter:
    monkeypatch.setattr(worker_jobs, "LOOK_EVERY_SECONDS", 0.0)
    return telling.letter()


@pytest.fixture
def owner(app: Flask, letter: Letter) -> Browser:
    return staff.browser(app, staff.member())


def write(browser: Browser, title: str = "Delivered!", body: str = telling.BODY) -> str:
    """The address of the new post."""
    answer = browser.post(f"{NEWS}/write", title=title, body=body)
    assert answer.status_code == 303, staff.words(answer)
    return answer.headers["Location"].partition("?")[0]


def test_a_post_is_written_translated_published_and_read(
    owner: Browser, client: FlaskClient
) -> None:
    assert "Tell people how it goes" in staff.words(owner.get(NEWS))
    post = write(owner)
    assert client.get("/en/open-roads/news/1").status_code == 404
    answer = owner.post(f"{post}/in/fr", title="Remise !", body="C’est *fait*.", revision="0")
    assert answer.status_code == 303
    assert owner.post(f"{post}/publish").status_code == 303
    assert "Published on" in staff.words(owner.get(post))

    french = client.get("/fr/open-roads/news/1")
    assert "<em>fait</em>" in french.text
    assert 'lang="fr"' in french.text
    german = client.get("/de/open-roads/news/1")
    assert '<article lang="en" dir="ltr">' in german.text
    assert "Remise !" in client.get("/fr/open-roads").text
    assert "Remise !" in client.get("/fr/open-roads/news").text
    assert "Remise !" in client.get("/fr/open-roads/feed.atom").text

    assert owner.post(f"{post}/withdraw").status_code == 303
    assert client.get("/fr/open-roads/news/1").status_code == 404
    assert "Remise !" not in client.get("/fr/open-roads/feed.atom").text
    assert owner.post(f"{post}/remove").status_code == 303
    assert owner.get(post).status_code == 404


def test_nothing_typed_is_lost_where_it_lacks_something_or_somebody_was_quicker(
    owner: Browser, letter: Letter
) -> None:
    empty = owner.post(f"{NEWS}/write", title="", body="All that I wrote")
    assert empty.status_code == 422
    assert "All that I wrote" in empty.text
    assert "Enter a title." in empty.text
    long = owner.post(f"{NEWS}/write", title="x" * 201, body="y")
    assert long.status_code == 422

    post = write(owner)
    quicker = {"title": "Quicker", "body": "Theirs", "revision": "1"}
    assert owner.post(f"{post}/in/en", **quicker).status_code == 303
    late = owner.post(f"{post}/in/en", title="Later", body="Mine", revision="1")
    assert late.status_code == 409
    assert "Mine" in late.text
    assert "Theirs" in late.text
    revision = re.findall(r'name="revision" value="(\d+)"', late.text)[0]
    again = owner.post(f"{post}/in/en", title="Later", body="Mine", revision=revision)
    assert again.status_code == 303
    looked = owner.post(f"{post}/in/en/look", title="Later", body="*Mine*", revision="3")
    assert "<em>Mine</em>" in looked.text
    assert (
        "<em>Mine</em>" in owner.post(f"{post}/in/en/look", title="x", body="*Mine*", part="1").text
    )
    assert owner.get(f"{post}/in/xx").status_code == 404


def test_a_translator_writes_their_language_and_changes_nothing_that_is_published(
    app: Flask, owner: Browser, letter: Letter
) -> None:
    post = write(owner)
    held = Held(Role.TRANSLATOR, letter.id, ("fr",))
    translator = staff.browser(app, staff.member("fr@example.org", [held]))
    assert "Delivered!" in translator.get(f"{post}/in/fr").text  # the original beside it
    saved = {"title": "Remise", "body": "Fait"}
    assert translator.post(f"{post}/in/fr", **saved, revision="0").status_code == 303
    assert translator.post(f"{post}/in/en", **saved, revision="1").status_code == 403
    assert translator.post(f"{post}/publish").status_code == 403
    owner.post(f"{post}/publish")
    refused = translator.post(f"{post}/in/fr", **saved, revision="1")
    assert refused.status_code == 409
    assert "This text is published" in refused.text


def prepare(browser: Browser, post: str, **values: str) -> str:
    sent = {"audience": "news", "pace": "0"} | values
    answer = browser.post(f"{post}/mail", **sent)
    assert answer.status_code == 303, staff.words(answer)
    return answer.headers["Location"]


def test_a_post_is_counted_looked_at_tried_and_mailed(
    owner: Browser, letter: Letter, inbox: Inbox
) -> None:
    telling.signer(letter, 1)
    telling.signer(letter, 2, locale="ar")
    post = write(owner)
    assert owner.post(f"{post}/mail", audience="news", pace="0").status_code == 409
    owner.post(f"{post}/publish")
    assert owner.post(f"{post}/mail", audience="everybody", pace="0").status_code == 422
    mailing = prepare(owner, post)
    page = staff.words(owner.get(mailing))
    assert "2 people, counted on" in page
    assert "not written in their language; the mail says so" in page

    seen = owner.get(f"{mailing}/see/ar")
    assert 'dir="rtl"' in seen.text
    assert "style=" not in seen.text
    assert "nonce-" in seen.headers["Content-Security-Policy"]
    text = owner.get(f"{mailing}/see/en/text")
    assert text.content_type == "text/plain; charset=utf-8"
    assert "https://example.org/more" in text.text

    tested = owner.post(f"{mailing}/test", locale="ar")
    assert tested.status_code == 303
    assert "The test goes to ada@example.org" in staff.words(owner.get(tested.headers["Location"]))
    assert [mail["To"] for mail in inbox.mails if mail["List-Id"]] == ["ada@example.org"]

    asked = owner.get(f"{mailing}/send")
    assert "Mail it to 2 people?" in staff.words(asked)
    assert owner.post(f"{mailing}/send", when="now").status_code == 303
    assert owner.post(f"{mailing}/send", when="now").status_code == 409  # twice is once
    got = [mail["To"] for mail in inbox.mails if mail["List-Id"]]
    assert got == ["ada@example.org", "person1@example.org", "person2@example.org"]
    with inbox.later(timedelta(seconds=30)):
        _ = inbox.mails
        page = staff.words(owner.get(mailing))
    assert "Sent a mail server took them 2" in page
    assert "Delivered! News about this letter" in staff.words(owner.get(NEWS))


def test_a_second_mail_in_a_day_is_asked_about_and_a_wrong_time_is_refused(
    owner: Browser, letter: Letter, inbox: Inbox
) -> None:
    telling.signer(letter)
    post = write(owner)
    owner.post(f"{post}/publish")
    first = prepare(owner, post)
    for wrong in ("", "tomorrow", "2001-01-01T10:00", "9999-12-31T23:59"):
        answer = owner.post(f"{first}/send", when="later", due_at=wrong)
        assert answer.status_code == 422, wrong
        assert f'value="{wrong}"' in answer.text
    assert owner.post(f"{first}/send", when="now").status_code == 303
    with inbox.later(timedelta(seconds=30)):
        _ = inbox.mails
        second = prepare(owner, post)
        assert owner.post(f"{second}/send", when="now").status_code == 422
        assert owner.post(f"{second}/send", when="now", is_sure="y").status_code == 303


def test_it_is_set_for_later_paused_gone_on_with_and_stopped(
    owner: Browser, letter: Letter
) -> None:
    telling.signer(letter)
    post = write(owner)
    owner.post(f"{post}/publish")
    mailing = prepare(owner, post)
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert owner.post(f"{mailing}/send", when="later", due_at=tomorrow).status_code == 303
    assert "Waits for its time" in staff.words(owner.get(mailing))
    for deed, state in (("pause", "Paused"), ("resume", "Waits"), ("stop", "Stopped")):
        assert owner.post(f"{mailing}/{deed}").status_code == 303
        assert state in staff.words(owner.get(mailing))
        assert owner.get("/staff/letters/open-roads/work").status_code == 200
    assert owner.post(f"{mailing}/stop").status_code == 409
    assert queries.list_broadcasts(letter.id)[0].state == State.STOPPED
    other = prepare(owner, post)
    assert owner.post(f"{other}/discard").status_code == 303
    assert owner.get(other).status_code == 404


def test_nobody_mails_many_people_without_a_second_factor(app: Flask, letter: Letter) -> None:
    telling.signer(letter)
    who = staff.member("ed@example.org", [Held(Role.EDITOR)], has_app=False)
    editor = staff.browser(app, who)
    post = write(editor)
    editor.post(f"{post}/publish")
    mailing = prepare(editor, post)
    assert editor.get(mailing).status_code == 200
    answer = editor.post(f"{mailing}/send", when="now")
    assert answer.status_code == 409
    assert "second factor" in answer.text


def test_another_letters_post_is_not_found_under_this_one(owner: Browser, letter: Letter) -> None:
    make.letter(slug="other")
    post = write(owner).rpartition("/")[2]
    assert owner.get(f"/staff/letters/other/news/{post}").status_code == 404
    mailing = prepare_published(owner, post)
    assert owner.get(f"/staff/letters/other/news/mailings/{mailing}").status_code == 404


def prepare_published(owner: Browser, post: str) -> str:
    owner.post(f"{NEWS}/{post}/publish")
    return prepare(owner, f"{NEWS}/{post}").rpartition("/")[2]


def test_numbers_and_old_slugs_lead_somewhere_or_say_no(
    client: FlaskClient, letter: Letter
) -> None:
    telling.post(letter)
    assert client.get("/en/open-roads/news/1").status_code == 200
    for wrong in ("0", "2", "99999999999999999999"):
        assert client.get(f"/en/open-roads/news/{wrong}").status_code == 404
    with time_machine.travel(clock.now() + timedelta(seconds=1)):
        page = client.get("/en/open-roads/news")
    assert page.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in page.headers
