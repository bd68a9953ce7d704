"""News mails in every language: two parts, the right direction, the ways out, no tracking."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock, locales
from signing.core.db import transaction
from signing.core.ids import new_id
from signing.letters.models import Letter
from signing.mail.figures import What
from signing.mail.kinds import Kind
from signing.mail.outbox import Claimed
from signing.news import broadcasts, posts, queries, queueing
from signing.news.models import Broadcast
from signing.worker import composing
from tests import make, staff
from tests.conftest import Inbox
from tests.news import telling

TITLE = "Delivered & “heard” <at last>"
BODY = "# Dear all\n\n- one **thing**\n- [two](https://example.org/two)\n\n<script>no()</script>"


@pytest.fixture
def letter(app: Flask) -> Letter:
    texts = [make.text(tag) for tag in locales.languages()]
    english = next(text for text in texts if text.locale == "en")
    others = tuple(text for text in texts if text is not english)
    read = make.folder()
    return make.letter(read=type(read)(english, others, read.settings, ()))


@pytest.mark.parametrize("kind", [Kind.NEWS, Kind.NEWS_TEST])
def test_every_news_mail_in_every_language(letter: Letter, kind: Kind) -> None:
    ref = telling.signer(letter)
    member = staff.member()
    broadcast = telling.prepared(telling.post(letter, TITLE, BODY, into=("ar",)))
    whom = ref.signature_id if kind is Kind.NEWS else member.id
    batch = [
        Claimed(
            letter.id, new_id(), kind, whom, tag, clock.now(), 1, new_id(), clock.now(),
            broadcast_id=broadcast.id,
        )
        for tag in locales.languages()
    ]  # fmt: skip
    mails = composing.compose(batch, lambda _digests, _most: set())
    for claimed in batch:
        mail = mails[claimed.id]
        assert isinstance(mail, composing.Mail), mail
        _check(mail, locales.languages()[claimed.locale], is_test=kind is Kind.NEWS_TEST)


def _check(mail: composing.Mail, language: locales.Language, *, is_test: bool) -> None:
    message = mail.message
    text, html = Inbox.text(message), Inbox.html(message)
    subject = message["Subject"].replace("\u200e", "").replace("\u200f", "")
    assert (subject == TITLE) is (not is_test and language.tag != "ar")
    soup = BeautifulSoup(html, "html.parser")
    assert soup.html is not None
    assert (soup.html["lang"], soup.html["dir"]) == (language.tag, language.direction)
    written = soup.select_one("div[lang]")
    assert written is not None
    is_own = language.tag in ("en", "ar")
    assert written["lang"] == (language.tag if is_own else "en")
    assert written["dir"] == ("rtl" if language.tag == "ar" else "ltr")
    for part in (text, soup.get_text()):
        assert "Delivered & “heard” <at last>" in part
        assert "no()" not in part
        assert not re.search(r"%\(|\{\{|&lt;|&amp;|None", part)
    links = {str(link["href"]) for link in soup.select("a")}
    assert links == set(re.findall(r"http\S+", text))
    paths = {urlsplit(link).path.rpartition("/")[0] for link in links}
    assert {f"/{language.tag}/my-signature", f"/{language.tag}/not-me", "/u"} < paths
    assert f"/{language.tag}/open-roads/news" in paths
    assert "https://example.org/two" in links  # as it was written: nobody counts who follows it
    assert soup.select("img, script, link, iframe") == []
    assert message["List-Id"] == "<news.open-roads.localhost>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_in_a_mail_program_stops_them_and_is_noted_once(
    letter: Letter, inbox: Inbox, client: FlaskClient
) -> None:
    telling.signer(letter)
    broadcast = telling.started(telling.post(letter))
    mail = next(one for one in inbox.mails if one["List-Unsubscribe"])
    link = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
    assert client.get(link).status_code == 200
    assert What.UNSUBSCRIBED not in telling.fate(broadcast)
    for _twice in range(2):
        assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert telling.fate(broadcast)[What.UNSUBSCRIBED] == 1
    assert telling.prepared(telling.post(letter)).expected == {}


def test_what_the_post_says_when_the_mail_leaves_is_what_the_mail_says(
    letter: Letter, inbox: Inbox
) -> None:
    telling.signer(letter)
    broadcast = telling.started(telling.post(letter, "Wrnog"))
    _put(broadcast)
    post = queries.list_posts(letter.id)[0][0]
    with transaction():
        posts.save(post, "en", posts.Words("Right", "Body"), by=make.OPERATOR, revision=1)
    assert [mail["Subject"] for mail in inbox.mails if mail["List-Id"]] == ["Right"]


def _put(broadcast: Broadcast) -> None:
    with transaction():
        queueing.forward(broadcast.letter_id, broadcast.id)


def test_the_links_of_a_test_change_nothing(
    letter: Letter, inbox: Inbox, client: FlaskClient
) -> None:
    telling.signer(letter)
    broadcast = telling.prepared(telling.post(letter))
    member = staff.member("ada@example.org")
    with transaction():
        broadcasts.put_test(broadcast, member_id=member.id, locale="fr")
    mail = next(one for one in inbox.mails if one["To"] == "ada@example.org" and one["List-Id"])
    assert "Delivered!" in mail["Subject"]
    assert client.post(urlsplit(mail["List-Unsubscribe"].strip("<>")).path).status_code == 200
    assert telling.fate(broadcast) == {}
    assert telling.prepared(telling.post(letter)).expected == {"en": 1}
    for _ in range(broadcasts.MOST_TESTS_A_DAY - 1):
        with transaction():
            broadcasts.put_test(broadcast, member_id=member.id, locale="fr")
    with pytest.raises(broadcasts.EnoughTests), transaction():
        broadcasts.put_test(broadcast, member_id=member.id, locale="fr")
