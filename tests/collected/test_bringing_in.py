"""Lists from elsewhere: all or nothing, nobody twice, and no address without a basis."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.audit import Verb
from signing.audit import queries as audit
from signing.collected import loading, queries
from signing.collected.models import State
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.counts import queries as counts
from signing.jobs.actions import LeaseLost
from signing.jobs.models import Job
from signing.letters.models import Letter
from signing.worker import collecting, jobs, retaining
from tests import make, staff
from tests.collected import elsewhere
from tests.collected.elsewhere import PLACE, WITH_BASIS, bring_in, listing
from tests.web.hardening.dumps import dump


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def browser(app: Flask, letter: Letter) -> staff.Browser:
    return staff.browser(app, staff.member())


def beside(client: FlaskClient) -> list[dict[str, object]]:
    answer = client.get("/api/v1/letters/open-roads/counts")
    found: list[dict[str, object]] = answer.get_json()["beside"]
    return found


def test_a_list_counts_once_somebody_has_looked_and_stands_beside_the_number(
    letter: Letter, browser: staff.Browser, settings: Settings, client: FlaskClient
) -> None:
    make.signature(letter)
    id_ = bring_in(browser, settings, listing(3), **WITH_BASIS)
    assert elsewhere.get(letter, id_).state == State.READ
    assert elsewhere.count_rows() == (3, 0)
    assert beside(client) == []
    assert "3 signatures are new" in staff.words(browser.get(f"{PLACE}/{id_}"))

    assert browser.post(f"{PLACE}/{id_}/count").status_code == 303
    assert browser.post(f"{PLACE}/{id_}/count").status_code == 409
    assert beside(client) == [
        {
            "kind": "openpetition",
            "source": "openPetition",
            "count": 3,
            "as_of": "2026-03-01",
            "url": "https://www.openpetition.de/x",
        }
    ]
    page = client.get("/en/open-roads").text
    assert "plus 3 signatures collected elsewhere" in page
    assert 'href="https://www.openpetition.de/x"' in page
    assert "1 March 2026" in page
    assert counts.total(letter.id).n == 1  # the one number keeps its one meaning
    assert client.get("/embed/open-roads/en.json").get_json()["count"] == 1


def test_nobody_is_counted_twice_where_an_address_tells(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    make.signature(letter, email="ada0@example.org")
    make.signature(letter, email="ada1@example.org", is_confirmed=False)
    twice = listing(4) + "Ada again,ADA3@example.org,Ulm\n"
    id_ = bring_in(browser, settings, twice, **WITH_BASIS)
    collection = elsewhere.get(letter, id_)
    assert (collection.number, collection.duplicates) == (3, 2)
    browser.post(f"{PLACE}/{id_}/count")

    again = elsewhere.get(letter, bring_in(browser, settings, listing(6), **WITH_BASIS))
    assert (again.number, again.duplicates) == (2, 4)


def test_who_confirms_later_is_counted_there_alone(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    id_ = bring_in(browser, settings, listing(3), **WITH_BASIS)
    browser.post(f"{PLACE}/{id_}/count")
    make.signature(letter, email="ada1@example.org")
    retaining.retain(settings)
    collection = elsewhere.get(letter, id_)
    assert (collection.number, collection.duplicates) == (2, 1)
    assert elsewhere.count_rows() == (2, 0)


@pytest.mark.parametrize("about", [{}, {"basis": "consent", "wording": " "}, {"wording": "Words."}])
def test_without_basis_and_wording_no_address_is_stored_anywhere(
    app: Flask, letter: Letter, browser: staff.Browser, settings: Settings, about: dict[str, str]
) -> None:
    answer = elsewhere.upload(browser, listing(2), **about)
    if about.get("basis"):
        assert answer.status_code == 422
        assert "Without this wording" in staff.words(answer)
        return
    id_ = elsewhere.id_of(answer)
    assert "@" not in browser.get(f"{PLACE}/{id_}/columns").text
    with app.app_context():
        pieces = list(loading.rows(letter.id, id_))
    assert pieces[1] == ["Ada Quist 0", "", "Ulm"]
    browser.post(f"{PLACE}/{id_}/columns", **elsewhere.COLUMNS)
    elsewhere.work(settings)
    assert {row.person.email for row in queries.list_rows(letter.id, id_, limit=9)} == {""}
    assert elsewhere.get(letter, id_).number == 2


def test_what_is_stored_names_nobody(
    app: Flask, browser: staff.Browser, letter: Letter, settings: Settings
) -> None:
    content = "name,email,city\nQuillonia Markward,quillonia@qzhidden.org,Qzvillestad\n"
    id_ = elsewhere.id_of(elsewhere.upload(browser, content, **WITH_BASIS))
    while_waiting = repr(dump(app)).lower()
    browser.post(f"{PLACE}/{id_}/columns", **elsewhere.COLUMNS)
    elsewhere.work(settings)
    afterwards = repr(dump(app)).lower()
    for secret in ("quillonia", "markward", "qzhidden", "qzvillestad"):
        assert secret not in while_waiting + afterwards
    assert "Quillonia" not in browser.get(f"{PLACE}/{id_}").text
    assert "Quillonia Markward" in staff.words(browser.get(f"{PLACE}/{id_}/people"))


def test_rows_that_are_no_use_are_named_and_nobody_counts_before_they_are_left_out(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    content = listing(2) + ",no@example.org,Ulm\nBob,bob@,Ulm\n\n"
    id_ = bring_in(browser, settings, content, **WITH_BASIS)
    page = staff.words(browser.get(f"{PLACE}/{id_}"))
    assert "4 There is no name." in page
    assert "5 This is no complete e-mail address." in page
    assert browser.post(f"{PLACE}/{id_}/count").status_code == 409
    assert elsewhere.get(letter, id_).state == State.READ
    assert browser.post(f"{PLACE}/{id_}/count", without_faulty="y").status_code == 303
    assert elsewhere.get(letter, id_).number == 2


def test_a_hundred_problems_are_shown_and_all_are_counted(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    id_ = bring_in(browser, settings, "name,email,city\n" + ",,Ulm\n" * 130)
    collection = elsewhere.get(letter, id_)
    assert (collection.faulty, len(collection.problems)) == (130, 100)
    assert "These are the first of 130." in staff.words(browser.get(f"{PLACE}/{id_}"))


def test_a_worker_that_dies_loses_nothing_and_brings_nobody_twice(
    letter: Letter, browser: staff.Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 10)
    id_ = elsewhere.id_of(elsewhere.upload(browser, listing(45)))  # without addresses
    browser.post(f"{PLACE}/{id_}/columns", **elsewhere.COLUMNS)
    dying = collecting.read(letter.id, id_)
    next(dying), next(dying)
    del dying
    assert elsewhere.get(letter, id_).state == State.READING
    slower = loading.batches(elsewhere.get(letter, id_))
    stale, batch = elsewhere.get(letter, id_), next(slower)
    elsewhere.work(settings)
    collection = elsewhere.get(letter, id_)
    assert (collection.number, collection.rows_read) == (45, 46)
    assert elsewhere.count_rows() == (45, 0)
    with pytest.raises(LeaseLost), transaction():
        loading.load(stale, batch)
    assert elsewhere.count_rows() == (45, 0)


def test_one_file_at_a_time(letter: Letter, browser: staff.Browser, settings: Settings) -> None:
    first = bring_in(browser, settings, listing(2))
    second = elsewhere.id_of(elsewhere.upload(browser, listing(2)))
    assert browser.post(f"{PLACE}/{second}/columns", **elsewhere.COLUMNS).status_code == 409
    browser.post(f"{PLACE}/{first}/count")
    assert browser.post(f"{PLACE}/{second}/columns", **elsewhere.COLUMNS).status_code == 303


@pytest.mark.parametrize("when", ["uploaded", "reading", "read", "counted"])
def test_what_is_removed_counts_no_more_and_leaves_nothing(
    letter: Letter, browser: staff.Browser, settings: Settings, client: FlaskClient, when: str
) -> None:
    id_ = elsewhere.id_of(elsewhere.upload(browser, listing(4), **WITH_BASIS))
    if when != "uploaded":
        browser.post(f"{PLACE}/{id_}/columns", **elsewhere.COLUMNS)
    if when in {"read", "counted"}:
        elsewhere.work(settings)
    if when == "counted":
        browser.post(f"{PLACE}/{id_}/count")
    assert browser.post(f"{PLACE}/{id_}/undo").status_code == 303
    assert beside(client) == []
    assert browser.post(f"{PLACE}/{id_}/undo").status_code == 409
    elsewhere.work(settings)
    assert elsewhere.count_rows() == (0, 0)
    verbs = [event.verb for event in audit.list_of_letter(letter.id)]
    assert verbs.count(Verb.COLLECTION_UNDONE) == 1

    anew = bring_in(browser, settings, listing(4), **WITH_BASIS)
    assert elsewhere.get(letter, anew).number == 4


def test_files_and_rows_that_nobody_decides_about_go_by_themselves(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    read = bring_in(browser, settings, listing(2))
    waiting = elsewhere.id_of(elsewhere.upload(browser, listing(2)))
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=5)):
        retaining.retain(settings)
        elsewhere.work(settings)
    assert elsewhere.get(letter, waiting).state == State.UNDONE
    assert elsewhere.count_rows() == (2, 0)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        retaining.retain(settings)
        elsewhere.work(settings)
    assert elsewhere.get(letter, read).state == State.UNDONE
    assert elsewhere.count_rows() == (0, 0)


def test_what_was_undone_goes_even_where_its_work_was_paused(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    id_ = bring_in(browser, settings, listing(2))
    browser.post(f"{PLACE}/{id_}/undo")
    job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    browser.post(f"/staff/letters/open-roads/work/{job.id}/pause")
    retaining.retain(settings)
    assert elsewhere.count_rows() == (0, 0)


def test_erasing_a_letter_deletes_them_and_keeps_the_number(
    letter: Letter, browser: staff.Browser, settings: Settings, client: FlaskClient
) -> None:
    id_ = bring_in(browser, settings, listing(3), **WITH_BASIS)
    browser.post(f"{PLACE}/{id_}/count")
    elsewhere.upload(browser, listing(2))
    retaining.erase(letter, by=make.OPERATOR)
    assert elsewhere.count_rows() == (0, 0)
    assert [one["count"] for one in beside(client)] == [3]
    assert browser.get(f"{PLACE}/{id_}").status_code == 200
    assert browser.post(f"{PLACE}/find", email="ada@example.org").status_code == 200


def test_one_person_is_found_by_address_and_deleted(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    id_ = bring_in(browser, settings, listing(3), **WITH_BASIS)
    browser.post(f"{PLACE}/{id_}/count")
    found = browser.post(f"{PLACE}/find", email="Ada1@example.org")
    assert "Ada Quist 1" in found.text
    assert browser.post(f"{PLACE}/find", email="ada9@example.org").status_code == 200
    assert browser.post(f"{PLACE}/find", email="ada").status_code == 422
    (row,) = (one for one in queries.list_rows(letter.id, id_, limit=9) if "1" in one.person.name)
    assert browser.post(f"{PLACE}/{id_}/rows/{row.id}/remove").status_code == 303
    assert browser.post(f"{PLACE}/{id_}/rows/{row.id}/remove").status_code == 404
    assert elsewhere.get(letter, id_).number == 2
    assert elsewhere.count_rows() == (2, 0)


def test_carried_out_they_are_no_formulas_and_it_is_written_down(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    content = "name,email,city\n=cmd Ada,ada@example.org,Ulm\n"
    id_ = bring_in(browser, settings, content, **WITH_BASIS)
    browser.post(f"{PLACE}/{id_}/count")
    answer = browser.post(f"{PLACE}/export")
    header, line = answer.text.splitlines()
    assert header.startswith("name,email,country")
    assert line == "'=cmd Ada,ada@example.org,,Ulm,,openpetition,openPetition,2026-03-01,"
    event = audit.list_of_letter(letter.id, limit=1)[0]
    assert (event.verb, event.details["number"]) == (Verb.COLLECTED_EXPORTED, 1)


def test_more_than_a_thousand_do_not_leave_by_this_door(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    id_ = bring_in(browser, settings, listing(1001))
    browser.post(f"{PLACE}/{id_}/count")
    assert browser.post(f"{PLACE}/export").status_code == 409


def test_a_file_that_is_no_table_or_missing_is_refused_with_what_was_typed(
    letter: Letter, browser: staff.Browser
) -> None:
    answer = elsewhere.upload(browser, b"PK\x03\x04" + bytes(range(256)) * 30)
    assert answer.status_code == 422
    assert "Save it as CSV" in staff.words(answer)
    assert 'value="openPetition"' in answer.text
    assert elsewhere.upload(browser, b"").status_code == 422
    answer = browser.post(f"{PLACE}/file", **elsewhere.ABOUT)
    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)
    assert elsewhere.upload(browser, listing(1), link="javascript:alert(1)").status_code == 422
    assert elsewhere.count_rows() == (0, 0)


def test_a_file_that_is_no_table_from_some_row_on_brings_nobody_in_and_says_where(
    letter: Letter, browser: staff.Browser, settings: Settings
) -> None:
    people = 9000  # behind the rows that are looked at while it comes in
    content = listing(people) + "," * 200 + "\n" + listing(5, begin=people)
    id_ = bring_in(browser, settings, content, **WITH_BASIS)
    assert elsewhere.get(letter, id_).state == State.UNDONE
    assert elsewhere.count_rows() == (0, 0)
    page = staff.words(browser.get(f"{PLACE}/{id_}"))
    assert f"{people + 2:,} From here on this is no table" in page
    assert browser.post(f"{PLACE}/{id_}/count").status_code == 409
    again = bring_in(browser, settings, listing(3), **WITH_BASIS)
    assert elsewhere.get(letter, again).rows == 4


def test_columns_have_to_make_a_name(letter: Letter, browser: staff.Browser) -> None:
    id_ = elsewhere.id_of(elsewhere.upload(browser, listing(2)))
    for chosen in ({}, {"column-0": "city"}, {"column-0": "name", "column-1": "name"}):
        answer = browser.post(f"{PLACE}/{id_}/columns", **chosen)
        assert answer.status_code == 422
        assert "Ada Quist 0" in answer.text


def test_a_large_file_is_read_in_the_rounds_of_a_worker(
    letter: Letter, browser: staff.Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SLICE_SECONDS", 0.0)
    content = listing(3500)
    assert len(content) > 64 * 1024
    id_ = bring_in(browser, settings, content)
    assert elsewhere.get(letter, id_).number == 3500
