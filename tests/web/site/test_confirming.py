"""The answer from an inbox: yes, that was me."""

from __future__ import annotations

from datetime import timedelta

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import make
from tests.books import Books
from tests.conftest import Inbox


def test_the_page_shows_what_will_be_signed_and_what_becomes_public(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(slug="open-roads")
    form = make.sign_form(name="Zoë Lindqvist", show_name="initial", news="y")
    client.post("/en/open-roads/sign", data=form)

    soup = BeautifulSoup(client.get(inbox.link()).text, "html.parser")
    facts = soup.select_one(".facts")
    assert facts is not None
    assert "Zoë Lindqvist" in facts.get_text()
    assert "Zoë L." in facts.get_text()
    consents = " ".join(one.get_text() for one in soup.select(".consent"))
    assert "explicit consent" in consents
    assert "I want news" in consents
    assert len(soup.select("button")) == 2  # with and without news


def test_without_news_drops_every_consent_to_be_mailed_and_no_other(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.letter(slug="open-roads")
    client.post(
        "/en/open-roads/sign", data=make.sign_form(news="y", follow_up="y", show_name="full")
    )
    client.post(inbox.link(), data={"revision": "1", "without_news": "1"})

    mine = client.get(inbox.link("my-signature")).text
    assert "I want news" not in mine
    assert "Ask me once" not in mine
    assert "Show my name on the page of the letter" in mine
    assert books.names("open-roads") == ["Zoë Lindqvist"]
    assert books.total("open-roads") == 1


def test_an_older_revision_confirms_nothing_and_shows_the_page_anew(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.letter(slug="open-roads")
    client.post("/en/open-roads/sign", data=make.sign_form(name="Zoë", email="zoe@example.org"))
    link = inbox.link()
    client.post("/en/open-roads/sign", data=make.sign_form(name="Mallory", email="zoe@example.org"))

    page = client.post(link, data={"revision": "1"})

    assert page.status_code == 409
    assert "Mallory" in page.text
    assert books.total("open-roads") == 0
    assert client.post(link, data={"revision": "2"}).status_code == 303
    assert books.total("open-roads") == 1


def test_a_press_without_a_revision_confirms_nothing(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.letter(slug="open-roads")
    client.post("/en/open-roads/sign", data=make.sign_form())
    for data in ({}, {"revision": "x"}, {"revision": "-1"}, {"revision": "9" * 30}):
        assert client.post(inbox.link(), data=data).status_code == 409
    assert books.total("open-roads") == 0


def test_late_broken_and_used_links_each_get_a_helpful_page(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(slug="open-roads")
    client.post("/en/open-roads/sign", data=make.sign_form(email="late@example.org"))
    late = inbox.link()
    client.post("/en/open-roads/sign", data=make.sign_form(email="used@example.org"))
    used = inbox.link()
    client.post(used, data={"revision": "1"})

    again = client.get(used)
    assert again.status_code == 200
    assert "counts already" in again.text
    assert client.get(late[:-3]).status_code == 404
    assert "not complete" in client.get(late[:-3]).text
    with inbox.later(timedelta(days=15)):
        expired = client.get(late)
        assert expired.status_code == 410
        assert "/en/open-roads" in expired.text
        assert client.post(late, data={"revision": "1"}).status_code == 410


def test_signed_before_closing_and_confirmed_within_seven_days_counts(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.letter(slug="open-roads")
    client.post("/en/open-roads/sign", data=make.sign_form(email="in-time@example.org"))
    in_time = inbox.link()
    client.post("/en/open-roads/sign", data=make.sign_form(email="too-late@example.org"))
    too_late = inbox.link()
    make.close("open-roads")

    with inbox.later(timedelta(days=6)):
        assert client.post(in_time, data={"revision": "1"}).status_code == 303
    with inbox.later(timedelta(days=8)):
        assert client.post(too_late, data={"revision": "1"}).status_code == 410
    assert books.total("open-roads") == 1


def test_thanks_shows_the_count_and_ways_to_share_without_any_foreign_file(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(slug="open-roads")
    client.post("/en/open-roads/sign", data=make.sign_form())
    page = client.post(inbox.link(), data={"revision": "1"}, follow_redirects=True)

    soup = BeautifulSoup(page.text, "html.parser")
    assert "1" in soup.select(".count")[0].get_text()
    ways = " ".join(str(link["href"]) for link in soup.select(".ways a"))
    for service in ("joinmastodon.org", "bsky.app", "mailto:", "wa.me", "t.me"):
        assert service in ways
    assert soup.select("script, img, iframe") == []


def test_a_robot_that_follows_every_link_changes_nothing(
    client: FlaskClient, inbox: Inbox, books: Books
) -> None:
    make.letter(slug="open-roads")
    client.post("/en/open-roads/sign", data=make.sign_form(email="a@example.org"))
    for kind in ("confirm", "my-signature"):
        link = inbox.link(kind)
        for path in (link, f"{link}/withdraw", f"{link}/data.json"):
            client.get(path)
            client.head(path)
    assert books.states() == ["pending"]
    assert books.total("open-roads") == 0
