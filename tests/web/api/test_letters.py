"""The API as programs ask it: letters, counts, pages, what has not changed, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from signing import create_app
from signing.core.db import transaction
from signing.core.settings import Settings
from signing.counts import actions as counts
from signing.counts import cells
from signing.counts.actions import Counted
from signing.letters.models import Letter
from signing.web import walls
from tests import make
from tests.conftest import let_go

TODAY = datetime(2026, 5, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def letter(app: Flask) -> Iterator[Letter]:
    """40 signed the day before yesterday, 12 of them in Swedish; 30 more today."""
    with time_machine.travel(TODAY - timedelta(days=2), tick=False):
        made = make.letter(goal=1000)
        with transaction():
            counts.note(made.id, Counted("en", "FR", "form"), delta=24)
            counts.note(made.id, Counted("en", "DE", "form"), delta=4)
            counts.note(made.id, Counted("fr", "", "form"), delta=12)
            counts.roll_up()
    with time_machine.travel(TODAY, tick=False):
        with transaction():
            counts.note(made.id, Counted("en", "FR", "form"), delta=20)
            counts.roll_up()
            counts.note(made.id, Counted("fr", "FR", "form"), delta=10)
        yield made


def test_a_letter_says_what_everybody_may_see(client: FlaskClient, letter: Letter) -> None:
    answer = client.get("/api/v1/letters/open-roads")

    assert answer.content_type == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = answer.get_json()
    assert (said["slug"], said["state"], said["takes_signatures"]) == ("open-roads", "open", True)
    assert (said["count"], said["goal"]) == (70, 1000)
    assert said["controller"] == "Road Friends"  # not its postal address
    assert [one["locale"] for one in said["translations"]] == ["en", "fr"]
    assert said["translations"][1]["url"] == "http://localhost/fr/open-roads"


def test_counts_are_live_in_all_and_of_whole_days_by_kind(
    client: FlaskClient, letter: Letter
) -> None:
    said = client.get("/api/v1/letters/open-roads/counts").get_json()
    assert (said["count"], said["until"]) == (70, "2026-05-18")
    assert said["by_locale"] == {"en": 28, "fr": 12}
    # Four are too few, and with four withheld alone the total would tell them.
    assert said["by_country"] == {"FR": 24, "other": 16}
    assert said["by_day"] == {"2026-05-18": 40}
    for table in ("by_locale", "by_country", "by_day"):
        assert sum(said[table].values()) == 40


def test_who_came_on_a_quiet_day_cannot_be_read_off_two_tables(client: FlaskClient) -> None:
    """Three more from Sweden a day: the tables stand still until ten have come together."""
    told = []
    with time_machine.travel(TODAY, tick=False):
        made = make.letter()
    for day in range(6):
        with time_machine.travel(TODAY + timedelta(days=day), tick=False):
            said = client.get("/api/v1/letters/open-roads/counts").get_json()
            told.append((said["until"][-2:], sum(said["by_country"].values())))
            assert client.get("/open-data/open-roads/country.csv").text.count("SE") == (day > 4)
            with transaction():
                counts.note(
                    made.id, Counted("en", "SE" if day else "FR", "form"), delta=3 if day else 40
                )
    assert told[1:] == [("20", 40), ("20", 40), ("20", 40), ("20", 40), ("24", 52)]


def test_small_cells_cannot_be_read_off_the_total() -> None:
    assert cells.merged({"a": 50, "b": 9}) == {"other": 59}
    assert cells.merged({"a": 50, "b": 30, "c": 3}) == {"a": 50, "other": 33}
    assert cells.merged({"a": 50, "b": 6, "c": 5}) == {"a": 50, "other": 11}
    assert cells.merged({"a": 10}) == {"a": 10}
    assert cells.merged({"a": 3}) == {"other": 3}
    assert cells.merged({"a": 40, "b": -2}) == {"other": 38}
    assert cells.merged({}) == {}


def test_pages_follow_each_other(client: FlaskClient) -> None:
    for number in range(5):
        make.letter(slug=f"letter-{number}")
    make.letter(slug="drafted", state="draft")
    seen, address = [], "/api/v1/letters?limit=2"
    for _ in range(3):
        answer = client.get(address)
        page = answer.get_json()
        seen += [one["slug"] for one in page["letters"]]
        if page["next"]:
            assert answer.headers["Link"] == f'<{page["next"]}>; rel="next"'
            address = page["next"].removeprefix("http://localhost")
    assert seen == [f"letter-{number}" for number in range(5)]
    assert page["next"] is None
    assert "Link" not in answer.headers


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=", "limit=ten", "limit=1&limit=2", "cursor=A", "cursor="],
)
def test_a_wrong_question_is_a_problem_in_words(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/letters?{query}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["status"] == 400
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_is_not_there_is_a_problem_too(client: FlaskClient) -> None:
    make.letter(slug="drafted", state="draft")
    for path in ("letters/none", "letters/drafted", "letters/drafted/counts", "nothing"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"


def test_what_has_not_changed_is_304(client: FlaskClient) -> None:
    made = make.letter()
    first = client.get("/api/v1/letters/open-roads")
    same = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/api/v1/letters/open-roads", headers=same)
    assert (again.status_code, again.data) == (304, b"")
    make.signature(made)
    assert client.get("/api/v1/letters/open-roads", headers=same).status_code == 200


def test_answers_say_how_much_is_left_and_end_at_the_limit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walls.WALLS, "api.letters.list_letters", "3 per minute")
    made = create_app(settings)
    client, here = made.test_client(), {"REMOTE_ADDR": "192.0.2.7"}
    answers = [client.get("/api/v1/letters", environ_base=here) for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["X-RateLimit-Remaining"] for one in answers[:3]] == ["2", "1", "0"]
    assert answers[0].headers["Cache-Control"] == "private, max-age=5"  # nobody else gets these
    assert answers[3].content_type == "application/problem+json"
    assert int(answers[3].headers["Retry-After"]) > 0
    elsewhere = client.get("/api/v1/letters", environ_base={"REMOTE_ADDR": "192.0.2.8"})
    assert elsewhere.status_code == 200
    let_go(made)


def test_open_data_has_a_table_a_file(client: FlaskClient, letter: Letter) -> None:
    answer = client.get("/open-data/open-roads/country.csv")
    assert answer.content_type.startswith("text/csv")
    assert answer.text == "country,count\r\nFR,24\r\nother,16\r\n"
    assert 'filename="open-roads-country-2026-05-18.csv"' in answer.headers["Content-Disposition"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/open-data/open-roads/day.csv").text == "day,count\r\n2026-05-18,40\r\n"
    assert client.get("/open-data/open-roads/locale.csv").text.startswith("locale,count\r\nen,28")
    assert client.get("/open-data/open-roads/name.csv").status_code == 404
