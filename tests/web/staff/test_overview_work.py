"""Long work and history of a letter, for those who may; home with many letters."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event, select

from signing.audit import Verb, log
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.jobs import actions as jobs
from signing.jobs import queries
from signing.jobs.models import Job, Kind, State
from signing.letters.models import Letter
from signing.staff_accounts.roles import Held, Role
from tests import make, staff

WORK = "/staff/letters/open-roads/work"


def put(letter: Letter, kind: Kind = Kind.EXPORT, state: State = State.WAITING) -> Job:
    with transaction():
        job = jobs.put(kind, letter_id=letter.id, subject_id=letter.id)
        job.state, job.done, job.total = state, 400, 1000
    return job


def state(job: Job) -> str:
    staff.look_anew()
    return queries.get(job.letter_id, job.id).state


def test_without_work_the_page_says_what_would_stand_here(app: Flask) -> None:
    make.letter()
    page = staff.browser(app, staff.member()).get(WORK)
    assert "Nothing is running." in staff.words(page)
    assert "data-live" not in page.text


def test_it_is_paused_and_goes_on_which_is_written_down(app: Flask) -> None:
    job = put(make.letter())
    browser = staff.browser(app, staff.member())
    page = browser.get(WORK)
    assert "400 of 1,000" in staff.words(page)
    assert 'data-live="2"' in page.text
    for deed, after in (("pause", State.PAUSED), ("resume", State.WAITING)):
        answer = browser.post(f"{WORK}/{job.id}/{deed}")
        assert answer.location == f"{WORK}?done=1"
        assert state(job) == after
    assert browser.post(f"{WORK}/{job.id}/resume").status_code == 409  # it goes on already
    seen = staff.words(browser.get("/staff/letters/open-roads/history"))
    assert all(one in seen for one in ("Long work paused", "Long work resumed"))


def test_what_failed_is_tried_again(app: Flask) -> None:
    job = put(make.letter(), state=State.FAILED)
    browser = staff.browser(app, staff.member())
    assert "Try again" in browser.get(WORK).text
    browser.post(f"{WORK}/{job.id}/resume")
    assert state(job) == State.WAITING


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.EXPORTER, Kind.EXPORT),
        (Role.EDITOR, Kind.COLLECTED),
        (Role.MODERATOR, Kind.BULK),
    ],
)
def test_whoever_may_ask_for_it_may_pause_it_and_nobody_else(
    app: Flask, role: Role, kind: Kind
) -> None:
    letter = make.letter()
    his = staff.browser(app, staff.member(held=[Held(role, letter.id)]))
    other = staff.browser(app, staff.member("v@example.org", [Held(Role.VIEWER, letter.id)]))
    job = put(letter, kind)
    assert "Pause" in his.get(WORK).text
    assert "Pause" not in other.get(WORK).text
    assert other.post(f"{WORK}/{job.id}/pause").status_code == 403
    assert state(job) == State.WAITING
    his.post(f"{WORK}/{job.id}/pause")
    assert state(job) == State.PAUSED


def test_a_broadcast_is_paused_on_its_own_page(app: Flask) -> None:
    job = put(make.letter(), Kind.BROADCAST)
    browser = staff.browser(app, staff.member())
    page = browser.get(WORK)
    assert f"/news/mailings/{job.subject_id}" in page.text
    assert "Pause" not in page.text
    assert browser.post(f"{WORK}/{job.id}/pause").status_code == 403


def test_work_of_another_letter_is_not_found_here(app: Flask) -> None:
    make.letter()
    job = put(make.letter("other"))
    browser = staff.browser(app, staff.member())
    assert browser.post(f"{WORK}/{job.id}/pause").status_code == 404
    assert state(job) == State.WAITING


def test_older_work_is_on_the_next_page(app: Flask) -> None:
    letter = make.letter()
    for _number in range(23):
        put(letter)
    browser = staff.browser(app, staff.member())
    first = BeautifulSoup(browser.get(WORK).text, "html.parser")
    assert len(first.select(".given > li")) == 20
    following = first.select_one("a[rel=next]")
    assert following is not None
    second = BeautifulSoup(browser.get(str(following["href"])).text, "html.parser")
    assert len(second.select(".given > li")) == 3
    assert browser.get(f"{WORK}?after=nonsense").status_code == 200


def test_history_shows_this_letter_alone_with_before_and_after(app: Flask) -> None:
    letter, other = make.letter(), make.letter("other")
    with transaction():
        for one, goal in ((letter, [None, 500]), (other, [3, 4])):
            log.record(
                Verb.LETTER_SET,
                by=make.OPERATOR,
                subject=one.slug,
                letter_id=one.id,
                details={"goal": goal, "why": ""},
            )
    browser = staff.browser(app, staff.member())
    page = browser.get("/staff/letters/open-roads/history?verb=letter.set")
    rows = BeautifulSoup(page.text, "html.parser").select("tbody tr")
    assert len(rows) == 1
    assert rows[0].select_one("del").text == "before: –"  # type: ignore[union-attr]
    assert rows[0].select_one("ins").text == "after: 500"  # type: ignore[union-attr]
    everything = browser.get(f"/staff/audit?verb=letter.set&letter={other.id.hex}")
    assert len(BeautifulSoup(everything.text, "html.parser").select("tbody tr")) == 1
    assert len(BeautifulSoup(everything.text, "html.parser").select("del")) == 1


def test_what_a_form_sends_in_its_address_filters_no_export(app: Flask) -> None:
    make.letter()
    browser = staff.browser(app, staff.member())
    carried = browser.post("/staff/audit/export?verb=no.such.verb").text
    assert "letter.imported" in carried


def test_another_letters_events_cannot_be_asked_for(app: Flask) -> None:
    mine, other = make.letter(), make.letter("other")
    browser = staff.browser(app, staff.member(held=[Held(Role.OWNER, mine.id)]))
    page = browser.get(f"/staff/audit?letter={other.id.hex}")
    assert "No entry fits." in staff.words(page)
    assert browser.get("/staff/letters/other/history").status_code == 403


def test_home_finds_letters_by_title_slug_and_state(app: Flask) -> None:
    make.letter("night-trains", read=make.folder(("en",)))
    make.letter("quiet-nights", read=make.folder(("en",), state="draft"))
    browser = staff.browser(app, staff.member())

    def found(query: str) -> list[str]:
        page = BeautifulSoup(browser.get(f"/staff{query}").text, "html.parser")
        return [str(one["href"]).rpartition("/")[2] for one in page.select("tbody th a")]

    assert found("") == ["night-trains", "quiet-nights"]
    assert found("?q=TRAINS") == ["night-trains"]
    assert found("?q=open+roads") == ["night-trains", "quiet-nights"]
    assert found("?state=draft") == ["quiet-nights"]
    assert found("?q=%25") == []
    assert found("?q=_") == []
    assert "No letter fits." in staff.words(browser.get("/staff?q=nothing"))
    assert found("?state=nonsense&after=night-trains") == ["quiet-nights"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_home_asks_as_often_for_sixty_letters_as_for_two(app: Flask) -> None:
    browser = staff.browser(app, staff.member())

    def asked() -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        browser.get("/staff")
        event.listen(db.engine, "before_cursor_execute", note)
        browser.get("/staff")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    first = make.letter("letter-00", locales=("en",))
    make.letter("letter-01", locales=("en",))
    few = asked()
    values = {column.name: getattr(first, column.key) for column in Letter.__table__.columns}
    _copies(values)
    page = browser.get("/staff")
    assert page.text.count("<tr>") == 51
    assert "Next page" in page.text
    assert asked() == few + 1  # names of letters without a text are looked for among drafts
    following = BeautifulSoup(page.text, "html.parser").select_one("a[rel=next]")
    assert following is not None
    assert browser.get(str(following["href"])).text.count("<tr>") == 13


def _copies(values: dict[str, object]) -> None:
    """Sixty letters more that have a row and nothing else."""
    with transaction():
        for number in range(2, 62):
            more = {"id": new_id(), "slug": f"letter-{number:02}"}
            db.session.execute(Letter.__table__.insert().values(values | more))  # type: ignore[attr-defined]
    assert db.session.scalar(select(Letter.id).where(Letter.slug == "letter-61"))
