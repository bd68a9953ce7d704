"""What waits for a person: objections, reports, what was screened; each is dealt with once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text, update

from signing.core.db import db, dialect, transaction
from signing.core.tokens import SignatureRef
from signing.letters.models import ConsentPurpose, Letter
from signing.moderation import objections, queue, reports
from signing.moderation.models import Deed, Report
from signing.moderation.queue import Sort
from signing.moderation.reasons import Reason
from signing.moderation.reports import Said
from signing.signatures import actions as signature_actions
from signing.signatures import staff_actions
from signing.signatures.models import Show, Signature
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.books import Books
from tests.conftest import Inbox
from tests.staff import Browser

QUEUE = "/staff/letters/open-roads/queue"
REPORT = "/en/open-roads/report"
SENT = {"name": "Zoë Lindqvist", "why": "insult", "words": "That is rude."}
SHOWN: dict[str, Any] = {
    "show": Show.FULL,
    "consents": (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME),
}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def ref(letter: Letter) -> SignatureRef:
    return make.signature(letter, **SHOWN)


@pytest.fixture
def moderator(app: Flask) -> Browser:
    return staff.browser(app, staff.member(held=[Held(Role.MODERATOR)]))


def flag(ref: SignatureRef) -> None:
    """As screening would have marked it when the form came."""
    marked = update(Signature).where(
        Signature.letter_id == ref.letter_id, Signature.id == ref.signature_id
    )
    with transaction():
        db.session.execute(marked.values(is_flagged=True, reasons=["markup"]))


def form_of(page: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one("form.queue")
    return urlsplit(str(found["action"])).path if found else ""


def test_a_form_with_reasons_waits_once_it_is_confirmed(
    client: FlaskClient, letter: Letter, inbox: Inbox
) -> None:
    client.post("/en/open-roads/sign", data=make.sign_form(name="Zoë <b>"))
    assert queue.count(letter.id)[Sort.SCREENED] == 0
    client.post(inbox.link(), data={"revision": "1"})
    staff.look_anew()
    assert queue.count(letter.id)[Sort.SCREENED] == 1


def test_an_empty_queue_says_what_comes(moderator: Browser, letter: Letter) -> None:
    assert "Nothing waits" in moderator.get(QUEUE).text


@pytest.mark.parametrize("deed", [Deed.KEEP, Deed.HIDE, Deed.SET_ASIDE])
def test_what_was_screened_is_kept_hidden_or_set_aside(
    moderator: Browser, ref: SignatureRef, books: Books, inbox: Inbox, deed: Deed
) -> None:
    flag(ref)
    page = moderator.get(QUEUE).text
    assert "The name holds signs that are rare in names." in page
    assert "@example.org" not in page
    path = form_of(page)
    if deed is not Deed.KEEP:
        without = moderator.post(path, deed=deed)
        assert without.status_code == 422
        assert "Choose a reason" in without.text
    moderator.post(path, deed=deed, reason="no_name")
    assert books.names("open-roads") == (["Zoë Lindqvist"] if deed is Deed.KEEP else [])
    assert books.total("open-roads") == (0 if deed is Deed.SET_ASIDE else 1)
    assert books.balance("open-roads")
    assert "Nothing waits" in moderator.get(QUEUE).text
    told = [one for one in inbox.mails if "A program had noticed" in inbox.text(one)]
    assert len(told) == (0 if deed is Deed.KEEP else 1)


def test_two_moderators_do_not_decide_the_same_twice(
    app: Flask, moderator: Browser, ref: SignatureRef, books: Books
) -> None:
    other = staff.browser(app, staff.member("ben@example.org", [Held(Role.MODERATOR)]))
    flag(ref)
    path = form_of(moderator.get(QUEUE).text)
    assert form_of(other.get(QUEUE).text) == path
    moderator.post(path, deed="keep")
    late = other.post(path, deed="hide", reason="insult")
    assert late.status_code == 303
    assert "Somebody else has dealt" in other.get(late.headers["Location"]).text
    assert books.names("open-roads") == ["Zoë Lindqvist"]


@pytest.mark.parametrize("deed", [Deed.RESTORE, Deed.SHOW])
def test_a_report_is_not_closed_by_what_its_page_does_not_offer(
    moderator: Browser, ref: SignatureRef, books: Books, deed: Deed
) -> None:
    with transaction():
        reports.put(ref.letter_id, Said("Zoë Lindqvist"), Reason.INVENTED)
    path = form_of(moderator.get(QUEUE).text)
    answer = moderator.post(path, deed=deed, signature=str(ref.signature_id))
    assert answer.status_code == 303
    assert queue.count(ref.letter_id)[Sort.REPORT] == 1


def test_next_leaves_it_for_later(moderator: Browser, letter: Letter) -> None:
    for i in range(2):
        flag(make.signature(letter, email=f"{i}@example.org", name=f"Name {i}"))
    page = moderator.get(QUEUE).text
    soup = BeautifulSoup(page, "html.parser")
    further = soup.select_one("a[rel=next]")
    assert further is not None
    assert "Name 0" in page
    second = moderator.get(str(further["href"])).text
    assert "Name 1" in second
    assert "Hide the name" not in second  # it is not shown
    further = BeautifulSoup(second, "html.parser").select_one("a[rel=next]")
    assert further is not None
    assert "That was the last one" in moderator.get(str(further["href"])).text
    assert "Name 0" in moderator.get(QUEUE).text
    for nonsense in ("x", "screened:zz", "screened", "%01"):
        assert moderator.get(f"{QUEUE}?after={nonsense}").status_code == 200


def report(client: FlaskClient, **sent: str) -> int:
    return client.post(REPORT, data=SENT | sent).status_code


def test_anybody_reports_a_name_and_nobody_learns_whether_it_is_there(
    client: FlaskClient, letter: Letter
) -> None:
    page = client.get(REPORT)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    answers = [client.post(REPORT, data=SENT | {"name": name}) for name in ("Zoë", "Nobody")]
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (303, "/en/open-roads/report/sent")
    }
    assert "Somebody will look at this name" in client.get(f"{REPORT}/sent").text


def test_a_report_says_what_is_missing_and_loses_nothing(
    client: FlaskClient, letter: Letter, books: Books
) -> None:
    for sent, message in (
        ({"name": ""}, "Enter the name that you want to report."),
        ({"why": "other"}, "Choose what is wrong with the name."),
        ({"name": "x" * 101}, "The name is too long"),
        ({"words": "y" * 1001}, "The comment is too long"),
    ):
        answer = client.post(REPORT, data=SENT | sent)
        assert answer.status_code == 422
        assert message in answer.text
        assert (SENT | sent)["words"] in answer.text
    assert books.rows(Report) == 0
    assert client.get("/en/no-letter/report").status_code == 404


def test_a_reported_name_waits_once_and_is_sealed(
    client: FlaskClient, moderator: Browser, ref: SignatureRef, books: Books
) -> None:
    assert [report(client), report(client, name="ZOË LINDQVIST")] == [303, 303]
    assert books.rows(Report) == 1
    row = db.session.scalars(select(Report)).one()
    assert b"Zo" not in row.sealed
    page = moderator.get(QUEUE).text
    assert "Reported 2 times" in page
    assert "That is rude." in page
    moderator.post(form_of(page), deed="hide", reason="insult", signature=ref.signature_id.hex)
    assert books.names("open-roads") == []
    assert "Nothing waits" in moderator.get(QUEUE).text
    assert books.balance("open-roads")


def test_a_name_that_staff_kept_stays_kept(
    client: FlaskClient, moderator: Browser, ref: SignatureRef, books: Books
) -> None:
    report(client)
    path = form_of(moderator.get(QUEUE).text)
    moderator.post(path, deed="keep")
    assert moderator.post(path, deed="keep").headers["Location"].endswith("met=1")
    report(client)
    assert "Nothing waits" in moderator.get(QUEUE).text
    assert books.names("open-roads") == ["Zoë Lindqvist"]


def test_only_bearers_of_the_reported_name_can_be_meant(
    client: FlaskClient, moderator: Browser, letter: Letter, ref: SignatureRef, books: Books
) -> None:
    other = make.signature(letter, email="b@example.org", name="Other", **SHOWN)
    report(client)
    path = form_of(moderator.get(QUEUE).text)
    for meant in (other.signature_id.hex, "nonsense"):
        answer = moderator.post(path, deed="hide", reason="insult", signature=meant)
        assert answer.status_code == 303
    assert len(books.names("open-roads")) == 2
    gone = "No name under the letter is this one"
    report(client, name="Other")
    with transaction():
        staff_actions.withdraw(other, reason="asked_by_mail", by=make.OPERATOR)
    page = moderator.get(f"{QUEUE}?after=report:{path.rpartition('/')[2].replace('-', '')}").text
    assert gone in page
    assert "Hide the name" not in page


def test_a_name_is_found_however_it_is_typed(
    client: FlaskClient, moderator: Browser, letter: Letter, ref: SignatureRef
) -> None:
    make.signature(letter, email="m@example.org", name="Ann McDonald", **SHOWN)
    make.signature(letter, email="n@example.org", name="Anna McDonald", **SHOWN)
    for typed in ("ANN MCDONALD", " ann  mcdonald ", "Ann McDonald", "Ann Mcdonald"):
        assert [one.public_name for one in queue.list_shown_as(letter.id, typed)] == [
            "Ann McDonald"
        ]
    for typed in ("", " ", "Ann", "Ann McDonalds", "%", "a" * 100):
        assert not queue.list_shown_as(letter.id, typed)
    assert queue.list_shown_as(letter.id, "zoe\u0308 lindqvist")
    report(client, name="zoë lindqvist")
    with transaction():
        signature_actions.correct_name(ref, "Zoë Lundqvist")
    page = BeautifulSoup(moderator.get(QUEUE).text, "html.parser")
    look, nothing = page.select("form.queue button")
    assert nothing.text == "Nothing to do"
    name = page.select("form.queue [name=name]")[0]["value"]
    found = moderator.post(urlsplit(str(look["formaction"])).path, name=str(name))
    assert "Zoë Lundqvist" in moderator.get(found.headers["Location"]).text


def test_so_many_reports_wait_and_no_more(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_OPEN", 2)
    for i in range(3):
        make.signature(letter, email=f"{i}@example.org", name=f"Name {i}", **SHOWN)
        with transaction():
            reports.put(letter.id, Said(f"Name {i}"), Reason.INSULT)
    with pytest.raises(reports.TooManyReports), transaction():
        reports.put(letter.id, Said("Name 4"), Reason.INSULT)


def test_names_that_nobody_bears_do_not_fill_the_queue(
    client: FlaskClient, letter: Letter, ref: SignatureRef, books: Books
) -> None:
    make.signature(letter, is_confirmed=False, email="b@example.org", name="Not Yet", **SHOWN)
    make.decided(letter, Deed.HIDE, email="c@example.org", name="Hidden Name")
    for name in ("Not There", "Not Yet", "Hidden Name", "' OR 1=1"):
        assert report(client, name=name) == 303
    assert books.rows(Report) == 0
    assert report(client, name="zoë  LINDQVIST") == 303
    assert books.rows(Report) == 1


def test_one_owner_of_many_networks_does_not_shut_reporting_for_others(
    client: FlaskClient, letter: Letter
) -> None:
    def send(address: str) -> int:
        told = {"REMOTE_ADDR": address}
        return client.post(REPORT, data=SENT, environ_overrides=told).status_code

    answers = [send(f"2001:db8:1:{n:x}::1") for n in range(61)]
    assert answers == [303] * 60 + [429]
    assert send("2001:db8:2::1") == 303
    assert [send("203.0.113.9") for _time in range(31)] == [303] * 30 + [429]
    assert send("203.0.113.8") == 303


@pytest.mark.parametrize("answer", ["keep", "restore"])
def test_an_objection_comes_first_and_is_answered(
    moderator: Browser, letter: Letter, ref: SignatureRef, books: Books, answer: str
) -> None:
    flag(make.signature(letter, email="flagged@example.org"))
    aside = make.decided(letter, Deed.SET_ASIDE, email="aside@example.org", name="Ada Side")
    with transaction():
        objections.object_to(aside, "It is my name!")
    page = moderator.get(QUEUE).text
    assert "It is my name!" in page
    assert "Ada Side" in page
    moderator.post(form_of(page), deed=answer)
    assert books.total("open-roads") == (2 if answer == "keep" else 3)
    assert "Noticed by the program" in moderator.get(QUEUE).text
    assert books.balance("open-roads")


def test_whoever_withdrew_is_not_in_the_queue(
    moderator: Browser, letter: Letter, ref: SignatureRef
) -> None:
    aside = make.decided(letter, Deed.SET_ASIDE, email="aside@example.org")
    flag(ref)
    with transaction():
        objections.object_to(aside, "")
    path = form_of(moderator.get(QUEUE).text)
    for one in (aside, ref):
        with transaction():
            staff_actions.withdraw(one, reason="asked_by_mail", by=make.OPERATOR)
    assert "met=1" in moderator.post(path, deed="keep").headers["Location"]
    assert "Nothing waits" in moderator.get(QUEUE).text


def test_the_queue_is_read_along_its_own_indexes(letter: Letter, ref: SignatureRef) -> None:
    """Of a large table it reads what waits, and nothing else."""
    flag(ref)
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        queue.find_next(letter.id)
        queue.count(letter.id)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    word = "EXPLAIN" if dialect() == "postgresql" else "EXPLAIN QUERY PLAN"
    with db.engine.connect() as connection:
        if dialect() == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        for statement, values in asked:
            if not statement.startswith("SELECT"):
                continue
            plan = str(connection.exec_driver_sql(f"{word} {statement}", values).all())
            assert "ix_" in plan or "pk_" in plan, (statement, plan)
