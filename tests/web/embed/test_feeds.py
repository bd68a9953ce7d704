"""Atom feeds: letters that opened, round numbers that were reached, with ids that stay."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from flask.testing import FlaskClient

from signing.core.db import transaction
from signing.counts import actions as counts
from signing.counts.actions import Counted
from signing.letters.models import Letter
from tests import make

A = "{http://www.w3.org/2005/Atom}"
BEGIN = datetime(2026, 3, 1, 8, 20, tzinfo=UTC)


@pytest.fixture
def letter(client: FlaskClient) -> Letter:
    """Signed by 270 on the first day and by 300 more on the third; 80 withdrew on the fourth."""
    with time_machine.travel(BEGIN, tick=False):
        made = make.letter()
    for days, change in ((0.5, 270), (2.0, 300), (3.0, -80)):
        with time_machine.travel(BEGIN + timedelta(days=days), tick=False), transaction():
            counts.note(made.id, Counted("en", "SE", "form"), delta=change)
    return made


def read(client: FlaskClient, path: str) -> ElementTree.Element:
    answer = client.get(path)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)  # noqa: S314 (our own)


def entries(client: FlaskClient, path: str) -> list[tuple[str | None, str | None]]:
    return [
        (one.findtext(f"{A}title"), one.findtext(f"{A}updated"))
        for one in read(client, path).findall(f"{A}entry")
    ]


@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_the_newest_stands_first_and_each_has_its_moment(
    client: FlaskClient, letter: Letter, is_rolled_up: bool
) -> None:
    if is_rolled_up:
        with transaction():
            assert counts.roll_up() == 3
    assert entries(client, "/en/open-roads/feed.atom") == [
        ("500 people have signed", "2026-03-03T08:00:00Z"),
        ("250 people have signed", "2026-03-01T20:00:00Z"),
        ("100 people have signed", "2026-03-01T20:00:00Z"),
        ("Open roads (en)", "2026-03-01T08:20:00Z"),
    ]


def test_a_feed_has_what_the_standard_wants(client: FlaskClient, letter: Letter) -> None:
    feed = read(client, "/fr/open-roads/feed.atom")

    assert feed.tag == f"{A}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    for one in (feed, *feed.findall(f"{A}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{A}{name}")) == 1
        assert str(one.findtext(f"{A}id")).startswith("urn:uuid:")
    assert feed.findtext(f"{A}author/{A}name") == "Example Association"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{A}link")}
    assert links["self"] == "http://localhost/fr/open-roads/feed.atom"
    assert links["alternate"] == "http://localhost/fr/open-roads"
    assert feed.findtext(f"{A}updated") == "2026-03-03T08:00:00Z"


def test_ids_stay_whatever_the_letter_is_called_later(client: FlaskClient, letter: Letter) -> None:
    def ids(path: str) -> list[str | None]:
        return [one.text for one in read(client, path).iter(f"{A}id")]

    before = ids("/en/open-roads/feed.atom")
    assert len(set(before)) == len(before)
    assert set(before).isdisjoint(ids("/fr/open-roads/feed.atom"))
    with transaction():
        counts.roll_up()
        counts.note(letter.id, Counted("en", "SE", "form"), delta=-400)
    assert ids("/en/open-roads/feed.atom") == before


def test_the_feed_of_the_house_has_every_public_letter_in_its_own_language(
    client: FlaskClient, letter: Letter
) -> None:
    make.letter(slug="drafted", state="draft")
    make.letter(slug="offen", locales=("de",))
    feed = read(client, "/feed.atom")
    titles = {one.findtext(f"{A}title") for one in feed.findall(f"{A}entry")}
    assert {"Open roads (de)", "Open roads (en)", "500 people have signed"} <= titles
    assert len(titles) == 5
    assert {one.text for one in feed.iter(f"{A}id")} >= {
        one.text for one in read(client, "/en/open-roads/feed.atom").findall(f"{A}entry/{A}id")
    }
    french = client.get("/feed.atom", headers={"Accept-Language": "fr"})
    assert french.data == client.get("/feed.atom").data  # a cache keeps it by its path


def test_a_house_without_letters_has_a_feed_too(client: FlaskClient) -> None:
    assert entries(client, "/feed.atom") == []


def test_pages_say_where_their_feed_is(client: FlaskClient) -> None:
    make.letter()
    for path, feed in (("/fr/", "/feed.atom"), ("/fr/open-roads", "/fr/open-roads/feed.atom")):
        assert re.search(
            rf'<link rel="alternate" type="application/atom\+xml" href="{feed}">',
            client.get(path).text,
        )
