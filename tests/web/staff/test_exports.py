"""Exports in the browser: choosing, a second person, fetching, and who is gone since."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyrage
import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from signing.audit import Verb
from signing.audit.models import AuditEvent
from signing.collected import actions as collected
from signing.core import clock
from signing.core.db import db, let_go, transaction
from signing.core.settings import Settings
from signing.exports import actions, allowance, papers, queries
from signing.exports.choice import Choice
from signing.exports.models import Export, ExportChunk, ExportPaper, State
from signing.exports.purpose import Purpose
from signing.exports.refused import DecidedAlready, NotToFetch
from signing.jobs import queries as jobs
from signing.letters.models import ConsentPurpose, Letter
from signing.moderation.models import Deed
from signing.signatures import actions as signatures
from signing.signatures.wanted import Wanted
from signing.staff_accounts import queries as members
from signing.staff_accounts.actions import Doer, actor
from signing.staff_accounts.roles import Held, Role
from signing.worker import delivering, retaining
from signing.worker.jobs import Bench
from tests import make, staff
from tests.conftest import Inbox
from tests.staff import Browser, words

PAGE = "/staff/letters/open-roads/exports"
FORM = {
    "preset": "delivery",
    "consent": "news",
    "country": "",
    "locale": "",
    "format": "csv",
    "reason": "Handing over on Monday",
    "receiver": "The council, registry",
}
EXPORTER = Held(Role.EXPORTER)


@pytest.fixture
def letter(app: Flask) -> Letter:
    made = make.letter(fields=("country",))
    for number in range(3):
        make.signature(made, email=f"a{number}@example.org", name=f"Ana {number}")
    return made


@pytest.fixture
def browser(app: Flask, letter: Letter) -> Browser:
    return staff.browser(app, staff.member("ben@example.org", [EXPORTER], name="Ben"))


@pytest.fixture
def second(app: Flask, letter: Letter) -> Browser:
    return staff.browser(app, staff.member("cleo@example.org", [EXPORTER], name="Cleo"))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are many."""
    monkeypatch.setattr(allowance, "ALONE", 2)


def ask(browser: Browser, **values: str) -> str:
    answer = browser.post(PAGE, **FORM | values)
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["Location"])


def rows(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def only() -> Export:
    db.session.expire_all()
    return db.session.scalars(select(Export)).one()


def doer_named(name: str) -> Doer:
    [id_] = [one for one, called in members.list_names().items() if called == name]
    return Doer(actor(id_), [EXPORTER])


def verbs() -> list[str]:
    told = select(AuditEvent.verb).where(AuditEvent.verb.like("%export%")).order_by(AuditEvent.id)
    return list(db.session.scalars(told))


def test_a_small_export_is_asked_for_and_fetched(browser: Browser) -> None:
    page = ask(browser)
    assert "Handing over on Monday" in words(browser.get(page))
    answer = browser.post(f"{page}/fetch")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.search(r'"open-roads-delivery-[\d-]+\.csv"', answer.headers["Content-Disposition"])
    assert [list(one) for one in rows(answer)] == [["name", "country", "reference"]] * 3
    export = only()
    assert export.digest == hashlib.sha256(answer.data).digest()
    assert (export.carried, export.was_cut_off) == (3, False)
    assert verbs() == [Verb.EXPORT_ASKED, Verb.SIGNATURES_EXPORTED]
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.verb == Verb.SIGNATURES_EXPORTED)
    ).one()
    assert event.details["columns"] == ["name", "country", "reference"]
    assert "Monday" not in str(event.details)


def test_a_long_key_is_looked_at(browser: Browser) -> None:
    """A certificate that many have signed: 200,000 bytes at most, a form of 64 KB is not enough."""
    refused = browser.post(PAGE, **FORM | {"key": "-----BEGIN PGP" + "+" * 150_000})
    assert refused.status_code == 422
    assert "no key that files can be encrypted to" in refused.text


def test_reason_and_receiver_are_asked_for_and_nothing_typed_is_lost(browser: Browser) -> None:
    answer = browser.post(PAGE, **FORM | {"reason": " ", "receiver": "The council <b>"})
    assert answer.status_code == 422
    assert "Say why this export is needed." in answer.text
    assert "The council &lt;b&gt;" in answer.text
    assert verbs() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"preset": "everything"}, {"preset": "full"}, {"preset": "full", "columns": "sealed"},
        {"format": "pdf"}, {"country": "XX"}, {"locale": "tlh"}, {"consent": "sign"},
        {"first_day": "2026-02-02", "last_day": "2026-01-01"}, {"first_day": "yesterday"},
        {"key": "age1nonsense"}, {"key": "AGE-SECRET-KEY-1XYZ"}, {"reason": "x" * 501},
    ],
)  # fmt: skip
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_cannot_be_exported_is_refused_in_words(
    browser: Browser, wrong: dict[str, str]
) -> None:
    assert browser.post(PAGE, **FORM | wrong).status_code == 422
    assert queries.list_page(make.letter().id, limit=1) == []


def test_the_preview_shows_how_many_and_the_first_rows_and_keeps_the_form(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/preview", **FORM | {"reason": "", "country": "SE"})
    assert "3 rows fit" in words(answer)
    assert "Ana 0" in words(answer)
    assert "a0@example.org" not in answer.text
    assert '<option value="SE" selected>' in answer.text
    assert verbs() == [Verb.EXPORT_PREVIEWED]


def test_names_that_staff_hid_stay_away_from_the_addressee_unless_somebody_says_so(
    browser: Browser, letter: Letter
) -> None:
    said = "1 of these names was hidden. It is left out"
    assert said not in words(browser.get(f"{PAGE}/new?for=delivery"))
    make.decided(letter, Deed.HIDE, name="Rude Word")
    assert said in words(browser.get(f"{PAGE}/new?for=delivery"))
    assert "hidden" not in words(browser.get(f"{PAGE}/new?for=full"))
    previewed = browser.post(f"{PAGE}/preview", **FORM)
    assert said in words(previewed)
    assert "Rude" not in previewed.text
    names = ["Ana 0", "Ana 1", "Ana 2"]
    page = ask(browser)
    assert "Names hidden by staff left out" in words(browser.get(page))
    assert [one["name"] for one in rows(browser.post(f"{page}/fetch"))] == [*names, ""]
    told = ask(browser, has_hidden="y")
    assert "Names hidden by staff handed over too" in words(browser.get(told))
    assert [one["name"] for one in rows(browser.post(f"{told}/fetch"))] == [*names, "Rude Word"]
    own = ask(browser, preset="full", columns="name")
    assert "Rude Word" in browser.post(f"{own}/fetch").text


def test_what_it_is_for_comes_first_and_each_purpose_asks_for_what_it_needs(
    browser: Browser,
) -> None:
    asked = {
        "delivery": {"reason"}, "mailing": {"reason", "consent"},
        "shown": {"reason"}, "full": {"reason", "columns"},
    }  # fmt: skip
    for wrong in ("", "?for=everything"):
        page = BeautifulSoup(browser.get(f"{PAGE}/new{wrong}").text, "html.parser")
        links = [str(one["href"]) for one in page.select("#preset a")]
        assert links == [f"{PAGE}/new?for={one}" for one in asked]
        assert not page.select("[name=reason]")
    for link, names in zip(links, asked.values(), strict=True):
        form = BeautifulSoup(browser.get(link).text, "html.parser").select("form.form [name]")
        assert {one["name"] for one in form} & {"reason", "consent", "columns"} == names


def test_what_fits_nothing_is_said_so(browser: Browser) -> None:
    answer = browser.post(PAGE, **FORM | {"country": "FR"})
    assert answer.status_code == 422
    assert "No confirmed signature fits" in words(answer)


def test_many_rows_need_somebody_else_who_agrees(
    browser: Browser, second: Browser, few: None
) -> None:
    page = ask(browser)
    assert "Cleo" in words(browser.get(page))
    assert browser.post(f"{page}/fetch").status_code == 410
    assert browser.post(f"{page}/approve").status_code == 403
    asked = words(second.get(page))
    for told in ("Handing over on Monday", "The council, registry", "Name · Country", "Ben"):
        assert told in asked
    assert second.post(f"{page}/approve").status_code == 303
    assert second.post(f"{page}/refuse").status_code == 409
    assert second.post(f"{page}/fetch").status_code == 403
    assert len(rows(browser.post(f"{page}/fetch"))) == 3


def test_those_who_may_agree_get_one_mail_while_something_waits(
    browser: Browser, second: Browser, letter: Letter, few: None, inbox: Inbox
) -> None:
    staff.member("dora@example.org", [Held(Role.EDITOR)])
    inbox.server.received.clear()
    page = ask(browser)
    ask(browser)
    [mail] = [one for one in inbox.mails if "export" in one["Subject"]]
    assert mail["To"] == "cleo@example.org"
    told = Inbox.text(mail)
    assert "Monday" not in told
    assert re.search(rf"\S+{PAGE}\s", told)

    inbox.server.received.clear()
    for one in (ask(browser), page):
        browser.post(f"{one}/drop")
    for waiting in db.session.scalars(select(Export).where(Export.state == State.ASKED)).all():
        browser.post(f"{PAGE}/{waiting.id}/drop")
    assert inbox.mails == []


def test_only_those_of_a_partner_or_of_one_way_in(browser: Browser, letter: Letter) -> None:
    partner = make.partner(letter)
    make.signature(letter, email="p@example.org", name="Pia", partner_id=partner.id)
    page = ask(browser, partner=partner.id.hex, entry="form")
    told = words(browser.get(page))
    assert "Came through Green Web" in told
    assert "Where they signed Our own page" in told
    assert [one["name"] for one in rows(browser.post(f"{page}/fetch"))] == ["Pia"]
    assert only().choice["wanted"]["partner_id"] == str(partner.id)
    answer = browser.post(PAGE, **FORM | {"entry": "embed"})
    assert "No confirmed signature fits" in words(answer)
    assert browser.post(PAGE, **FORM | {"partner": "0" * 32}).status_code == 422


def test_a_refused_export_never_leaves(browser: Browser, second: Browser, few: None) -> None:
    page = ask(browser)
    second.post(f"{page}/refuse")
    assert "Refused by" in words(browser.get(page))
    assert browser.post(f"{page}/fetch").status_code == 410


def test_nobody_agrees_after_seven_days_or_to_what_has_grown(
    browser: Browser, second: Browser, letter: Letter, few: None
) -> None:
    page = ask(browser)
    too_late = clock.now() + actions.AGREED_WITHIN + timedelta(minutes=1)
    with time_machine.travel(too_late), pytest.raises(DecidedAlready), transaction():
        actions.approve(letter, only().id, by=Doer.operator(), number=3)
    make.signature(letter, email="new@example.org")
    assert second.post(f"{page}/approve").status_code == 409
    assert only().state == State.ASKED


def test_without_anybody_else_the_page_says_what_to_do(browser: Browser, few: None) -> None:
    answer = browser.post(PAGE, **FORM)
    assert answer.status_code == 422
    assert "need a key, or a second person" in words(answer)


def test_a_key_makes_a_second_person_needless(browser: Browser, few: None) -> None:
    mine = pyrage.x25519.Identity.generate()
    page = ask(browser, key=str(mine.to_public()))
    assert str(mine.to_public()) in words(browser.get(page))
    answer = browser.post(f"{page}/fetch")
    assert answer.headers["Content-Disposition"].endswith('.csv.age"')
    assert b"Ana 2" in pyrage.decrypt(answer.data, [mine])
    assert b"Ana" not in answer.data


def test_what_grew_beyond_what_one_may_carry_alone_is_not_fetched(
    browser: Browser, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ask(browser)
    monkeypatch.setattr(allowance, "ALONE", 2)
    assert browser.post(f"{page}/fetch").status_code == 409
    assert only().left_at is None


def test_what_one_carries_out_alone_is_summed_over_a_month(
    browser: Browser, second: Browser, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "ALONE", 7)
    assert "You have 7 rows left" in words(browser.get(f"{PAGE}/new"))
    first, dropped = ask(browser), ask(browser)
    assert "You have 1 row left" in words(browser.get(f"{PAGE}/new"))
    waits = ask(browser)
    assert browser.post(f"{waits}/fetch").status_code == 410
    assert "It leaves only if a second person agrees" in words(browser.get(waits))
    browser.post(f"{first}/fetch")
    for page in (first, dropped):
        browser.post(f"{page}/drop")
    # What never left does not count, nor what a second person agreed to, nor what a key closes.
    assert second.post(f"{waits}/approve").status_code == 303
    assert len(rows(browser.post(f"{waits}/fetch"))) == 3
    ask(browser, key=str(pyrage.x25519.Identity.generate().to_public()))
    assert "You have 4 rows left" in words(browser.get(f"{PAGE}/new"))
    assert "You have 7 rows left" in words(second.get(f"{PAGE}/new"))
    with transaction():
        collected.note_export(letter, 2, by=doer_named("Ben").actor)
    assert "You have 2 rows left" in words(browser.get(f"{PAGE}/new"))
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=1)):
        assert allowance.left(letter.id, doer_named("Ben").actor.id) == 7


def test_exports_that_are_asked_for_at_once_see_each_other_in_the_sum(
    app: Flask, browser: Browser, second: Browser, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "ALONE", 5)
    wanted, why = Choice(Wanted(letter.id)), Purpose("To hand over", "The council")
    doer = doer_named("Ben")
    let_go()

    def ask_once(_n: int) -> None:
        with app.app_context():
            with transaction():
                actions.ask(letter, wanted, why, by=doer, number=3)
            let_go()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask_once, range(4)))
    states = db.session.scalars(select(Export.state).order_by(Export.state))
    assert list(states) == [State.ASKED] * 3 + [State.OPEN]


def test_a_large_export_is_made_by_a_worker_and_fetched_for_a_day(
    settings: Settings, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    page = ask(browser, format="xlsx")
    assert browser.post(f"{page}/fetch").status_code == 410
    assert "<progress" in browser.get(page).text
    bench = Bench(settings)
    while bench.work():
        pass
    stored = b"".join(db.session.scalars(select(ExportChunk.sealed)))
    first, again = browser.post(f"{page}/fetch"), browser.post(f"{page}/fetch")
    assert first.data == again.data
    assert first.data[:2] == b"PK"
    assert first.data not in stored
    assert first.headers["Content-Length"] == str(len(first.data))
    assert only().digest == hashlib.sha256(first.data).digest()
    with time_machine.travel(clock.now() + actions.KEPT + timedelta(minutes=1)):
        retaining.retain(settings)
    assert db.session.scalars(select(ExportChunk.number)).all() == []
    assert only().state == State.OVER
    assert list(queries.stream_ids(only().letter_id, only().id))
    assert list(settings.data_dir.glob("export-*")) == []


def test_a_worker_that_died_leaves_no_half_file(
    settings: Settings, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    page = ask(browser)
    export = only()
    with transaction():
        actions.put_chunk(export.letter_id, export.id, 0, b"half a line")
        actions.put_chunk(export.letter_id, export.id, 7, b"of a dead worker")
    bench = Bench(settings)
    while bench.work():
        pass
    assert len(rows(browser.post(f"{page}/fetch"))) == 3


def test_a_file_that_waits_takes_in_nobody_who_came_meanwhile(
    settings: Settings, browser: Browser, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    page = ask(browser)
    make.signature(letter, email="late@example.org", name="Late")
    bench = Bench(settings)
    while bench.work():
        pass
    carried = rows(browser.post(f"{page}/fetch"))
    assert len(carried) == only().number == 3
    assert "Late" not in {one["name"] for one in carried}


def test_a_file_that_waited_too_long_is_not_made(
    settings: Settings, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    page = ask(browser)
    with time_machine.travel(clock.now() + actions.AGREED_WITHIN + timedelta(minutes=1)):
        bench = Bench(settings)
        while bench.work():
            pass
        assert db.session.scalars(select(ExportChunk.number)).all() == []
    assert browser.post(f"{page}/fetch").status_code == 410


def test_what_is_let_go_is_neither_made_nor_kept(
    settings: Settings, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    page = ask(browser)
    assert browser.post(f"{page}/drop").status_code == 303
    assert browser.post(f"{page}/drop").status_code == 303
    assert not Bench(settings).work()
    assert only().state == State.OVER
    assert verbs() == [Verb.EXPORT_ASKED, Verb.EXPORT_DROPPED]


def test_what_breaks_off_on_the_way_is_noted(browser: Browser) -> None:
    page = ask(browser)
    sent = {"csrf_token": browser.token()}
    # Not as other visitors do, each in a context of its own: here the answer is left half read.
    answer = FlaskClient.open(browser.client, f"{page}/fetch", method="POST", data=sent)
    next(iter(answer.response))
    answer.close()
    staff.look_anew()
    assert only().was_cut_off
    assert Verb.EXPORT_CUT_OFF in verbs()
    assert "cut off on the way" in words(browser.get(page))
    assert len(rows(browser.post(f"{page}/fetch"))) == 3
    assert not only().was_cut_off


def test_the_receiver_learns_who_is_gone_by_reference_alone(
    browser: Browser, letter: Letter
) -> None:
    news = (ConsentPurpose.SIGN, ConsentPurpose.NEWS)
    ref = make.signature(letter, email="zoe@example.org", name="Zoë", consents=news)
    page = ask(browser)
    named = {one["name"]: one["reference"] for one in rows(browser.post(f"{page}/fetch"))}
    with transaction():
        signatures.withdraw(ref)
    assert "At this moment: 1 person." in words(browser.get(page))
    answer = browser.post(f"{page}/gone")
    assert rows(answer) == [{"reference": named["Zoë"], "what": "the whole row"}]
    assert Verb.EXPORT_GONE_LISTED in verbs()


def test_after_erasing_everybody_is_gone(browser: Browser, letter: Letter) -> None:
    page = ask(browser)
    browser.post(f"{page}/fetch")
    retaining.erase(letter, by=make.OPERATOR)
    assert "has to delete every row" in words(browser.get(page))
    assert browser.post(f"{page}/gone").status_code == 410
    assert browser.get(PAGE).status_code == 200


def test_the_list_begins_with_what_exports_are_for(browser: Browser) -> None:
    assert "Nothing has been exported yet" in words(browser.get(PAGE))
    for _ in range(22):
        ask(browser)
    first = browser.get(PAGE).text
    assert first.count("<tr>") == 21
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    assert browser.get(older[1]).text.count("<tr>") == 3
    assert browser.get(f"{PAGE}?after=nonsense").status_code == 200


def work(settings: Settings) -> None:
    bench = Bench(settings)
    while bench.work():
        pass
    staff.look_anew()


def test_a_delivered_file_gets_its_paper_from_a_worker(
    browser: Browser, second: Browser, settings: Settings
) -> None:
    page = ask(browser)
    assert browser.post(f"{page}/delivery").status_code == 404  # nothing has left yet
    browser.post(f"{page}/fetch")
    assert "Make the PDF" in browser.get(page).text
    asked = [
        browser.post(f"{page}/delivery", **sent).headers["Location"]
        for sent in ({"into": "fr"}, {"into": "fr"}, {"into": "en", "has_names": "1"})
    ]
    french, again, with_names = asked
    assert french == again  # pressed twice, it is made once
    assert "<progress" in browser.get(french).text
    assert browser.post(f"{french}/fetch").status_code == 410
    assert "Is being made" in words(browser.get(page))
    work(settings)
    assert "Download the PDF" in words(second.get(with_names))
    answer = browser.post(f"{french}/fetch")
    assert answer.data[:5] == b"%PDF-"
    assert 'delivery-fr.pdf"' in answer.headers["Content-Disposition"]
    assert second.post(f"{with_names}/fetch").data[:5] == b"%PDF-"
    assert with_names in browser.get(page).text
    told = select(AuditEvent.details).order_by(AuditEvent.at, AuditEvent.id)
    for verb in (Verb.EXPORT_DELIVERED, Verb.EXPORT_DELIVERY_FETCHED):
        details = db.session.scalars(told.where(AuditEvent.verb == verb)).all()
        assert [one.get("has_names", False) for one in details] == [False, True]
    # What is ready is what one gets, until the file itself has left anew.
    assert browser.post(f"{page}/delivery", into="fr").headers["Location"] == french
    assert browser.post(f"{page}/delivery", into="en", has_names="1").headers["Location"] == (
        with_names
    )
    with time_machine.travel(clock.now() + papers.NAMES_SERVE + timedelta(minutes=1)):
        later = browser.post(f"{page}/delivery", into="en", has_names="1").headers["Location"]
        assert later != with_names
    browser.post(f"{page}/fetch")
    assert browser.post(f"{page}/delivery", into="fr").headers["Location"] != french


def test_the_first_rows_are_among_those_that_one_carries_out_alone(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "ALONE", 5)
    seen = ["Ana 2" in browser.post(f"{PAGE}/preview", **FORM).text for _ in range(2)]
    assert seen == [True, False]
    assert "3 rows fit" in words(browser.post(f"{PAGE}/preview", **FORM))


def test_a_paper_is_kept_for_a_day_and_goes_with_the_letters_data(
    app: Flask, browser: Browser, letter: Letter, settings: Settings
) -> None:
    page = ask(browser)
    browser.post(f"{page}/fetch")
    first = browser.post(f"{page}/delivery", into="en").headers["Location"]
    work(settings)
    [paper_id] = db.session.scalars(select(ExportPaper.id))
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        with pytest.raises(NotToFetch):
            papers.get(letter.id, paper_id)
        retaining.retain(settings)
    browser = staff.browser(app, staff.member("dora@example.org", [EXPORTER]))
    assert "not kept any more" in words(browser.get(first))
    assert browser.post(f"{first}/fetch").status_code == 410
    assert db.session.scalars(select(ExportPaper)).all() == []
    assert db.session.scalars(select(ExportChunk)).all() == []

    made = browser.post(f"{page}/delivery", into="en").headers["Location"]
    work(settings)
    browser.post(f"{page}/delivery", into="fr")  # still to be made
    retaining.erase(letter, by=make.OPERATOR)
    work(settings)
    assert browser.get(made).status_code == 410
    assert browser.post(f"{page}/delivery", into="en").status_code == 410
    assert db.session.scalars(select(ExportChunk)).all() == []


def test_a_worker_that_dies_over_a_paper_leaves_no_half_of_it(
    browser: Browser, settings: Settings
) -> None:
    page = ask(browser)
    browser.post(f"{page}/fetch")
    made = browser.post(f"{page}/delivery", into="en", has_names="1").headers["Location"]
    paper = db.session.scalars(select(ExportPaper)).one()
    with transaction():
        actions.put_chunk(paper.letter_id, paper.id, 3, b"of a dead worker")
    job = jobs.find_of(paper.letter_id, paper.id)
    assert job is not None
    next(iter(delivering.run(job, settings)))
    staff.look_anew()
    work(settings)
    assert browser.post(f"{made}/fetch").data[:5] == b"%PDF-"
    assert [one.number for one in db.session.scalars(select(ExportChunk))] == [0]
