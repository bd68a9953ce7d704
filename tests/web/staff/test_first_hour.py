"""A campaigner's first hour: what is to be done is said, and what was typed is understood."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from signing.core import locales
from signing.core.db import db, transaction
from signing.letters import lagging, moments, queries, settings
from signing.letters.models import Letter, Wording
from signing.letters.settings import Signed
from signing.signatures.models import Signature
from signing.staff_accounts.roles import Held, Role
from signing.web.staff import numbers
from signing.web.staff.overview.funnel import Flow
from signing.web.staff.texts.new_letter import suggest
from tests import make, staff
from tests.staff import Browser

HERE = "/staff/letters/open-roads"


@pytest.fixture
def owner(app: Flask) -> Browser:
    return staff.browser(app, staff.member())


def letter() -> Letter:
    staff.look_anew()
    return queries.get_by_any_slug("open-roads")


def fields(answer: TestResponse) -> dict[str, str]:
    """What a browser would send of the page's own form, unchanged."""
    form = BeautifulSoup(answer.text, "html.parser").select("main form")[0]
    inputs = form.select("input[name], textarea[name]")
    sent = {str(one["name"]): str(one.get("value") or one.get_text()) for one in inputs}
    for one in form.select("select[name]"):
        chosen = one.select("option[selected]") or one.select("option")
        sent[str(one["name"])] = str(chosen[0]["value"])
    return sent


def steps(browser: Browser, path: str = HERE) -> dict[str, str]:
    """Each step with what is said of it: Done, Optional, or nothing."""
    found = BeautifulSoup(browser.get(path).text, "html.parser").select(".checklist > li")
    marks = [(one, one.select_one(".mark")) for one in found]
    return {
        (one.select_one("a") or one).get_text().strip(): mark.get_text() if mark else ""
        for one, mark in marks
    }


def test_a_draft_says_step_by_step_what_is_to_be_done(app: Flask, owner: Browser) -> None:
    begun = owner.post("/staff/new-letter", title="Open roads", locale="en", slug="open-roads")
    assert begun.status_code == 303
    assert steps(owner) == {
        "Write the text": "",
        "Publish it in its own language": "",
        "Say who asks whom": "",
        "Add a picture": "Optional",
        "Read and approve the sentences that people agree to": "",
        "Open the letter": "",
    }
    assert "Signatures over time" not in owner.get(HERE).text
    editor = f"{HERE}/texts/en"
    sent = fields(owner.get(editor)) | {"body": "Dear council,\n\nopen them."}
    assert owner.post(editor, **sent).status_code == 303
    assert steps(owner)["Write the text"] == "Done"
    version = fields(owner.get(editor))["version"]
    published = owner.post(f"{editor}/publish", version=version)
    assert published.headers["Location"].endswith("/texts?done=1")
    assert "Next: Say who asks whom" in staff.words(owner.get(f"{HERE}/texts?done=1"))
    assert "/settings/who#controller" in owner.get(f"{HERE}/state").text
    who = {"to": "The council", "controller": "Friends, 1 Lane", "contact": "a@example.org"}
    with transaction():
        settings.change(letter(), who, Signed(has_signatures=False), by=make.OPERATOR)
    said = steps(owner, f"{HERE}/state")
    assert said["Say who asks whom"] == "Done"
    assert "Open the letter" not in said  # it is the button there
    owner.post(f"{HERE}/wordings/prepare")
    waiting = [one.id.hex for one in wordings("en")]
    owner.post(f"{HERE}/wordings/approve", wording=waiting)
    assert "Next: Open the letter" in staff.words(owner.get(f"{HERE}/wordings?done=1"))
    assert owner.post(f"{HERE}/state/open").status_code == 303
    for path in (HERE, f"{HERE}/state?done=1"):
        page = owner.get(path).text
        assert 'value="http://localhost/open-roads"' in page
        assert "Sign it yourself first" in page
    assert "Be the first to sign." in owner.get("/en/open-roads").text
    make.signature(letter())
    assert "Sign it yourself first" not in owner.get(HERE).text
    assert "Be the first to sign." not in owner.get("/en/open-roads").text


def wordings(locale: str) -> list[Wording]:
    of_letter = select(Wording).where(Wording.letter_id == letter().id, Wording.locale == locale)
    return list(db.session.scalars(of_letter))


def test_steps_are_no_links_for_whoever_cannot_take_them(app: Flask) -> None:
    make.letter(state="draft", controller="")
    reader = staff.browser(app, staff.member(held=[Held(Role.VIEWER)], has_app=False))
    listed = BeautifulSoup(reader.get(HERE).text, "html.parser").select_one(".checklist")
    assert listed is not None
    assert not listed.select("a")
    assert "who is responsible" in listed.get_text()


def test_sentences_wait_in_the_letters_own_languages_alone(app: Flask, owner: Browser) -> None:
    make.letter(locales=("en", "ar"))
    assert lagging.count_unreviewed(letter()) == 8
    page = staff.words(owner.get(f"{HERE}/wordings"))
    assert "other languages The letter is not written in these." in page
    for locale in ("en", "ar"):
        waiting = [one.id.hex for one in wordings(locale)]
        owner.post(f"{HERE}/wordings/approve", wording=waiting)
    assert lagging.count_unreviewed(letter()) == 0
    assert "have not been approved" not in staff.words(owner.get(HERE))


def test_numbers_are_read_as_people_write_them_and_a_wrong_one_is_named_once(
    owner: Browser,
) -> None:
    same = ("1000", "1.000", "1,000", "1 000", "1\u202f000", "1'000", "1’000", "١٠٠٠", "١٬٠٠٠")
    assert {numbers.whole(one) for one in same} == {1000}
    assert numbers.whole("10,00,000") == 1_000_000
    for none in ("", "1.5", "12,50", "-3", "1..000", "many", "²", "9" * 16):
        assert numbers.whole(none) is None
    make.letter()
    form = fields(owner.get(f"{HERE}/settings/goal"))
    wrong = owner.post(f"{HERE}/settings/goal", **form | {"goal": "1.5"})
    assert wrong.status_code == 422
    assert wrong.text.count("Enter a whole number above zero.") == 2  # above, and at the field
    assert 'value="1.5"' in wrong.text
    assert owner.post(f"{HERE}/settings/goal", **form | {"goal": "٢٬٠٠٠"}).status_code == 303
    assert letter().goal == 2000


def test_an_empty_title_is_the_only_thing_to_correct(owner: Browser) -> None:
    answer = owner.post("/staff/new-letter", title=" ", locale="en", slug="")
    assert answer.status_code == 422
    errors = BeautifulSoup(answer.text, "html.parser").select(".summary li")
    assert [one.get_text() for one in errors] == ["Enter a title."]
    answer = owner.post("/staff/new-letter", title="", locale="en", slug="Not so")
    assert len(BeautifulSoup(answer.text, "html.parser").select(".summary li")) == 2


def test_addresses_are_made_as_the_language_writes_them() -> None:
    assert suggest("Straßen für Österreich", "de") == "strassen-fuer-oesterreich"
    assert suggest("Straßen fu\u0308r alle", "de") == "strassen-fuer-alle"
    assert suggest("Säkra vägar", "sv") == "sakra-vagar"
    long = "Für eine sichere Radwegeverbindung zwischen Oberunterberg und Niederüberwald"
    assert suggest(long, "de") == "fuer-eine-sichere-radwegeverbindung-zwischen-oberunterberg"
    assert suggest("Ja zu", "de") == "ja-zu"  # nothing was cut
    assert suggest("x" * 80, "en") == "x" * 64
    assert suggest("طرق", "ar") == ""


def test_a_new_letter_has_the_clocks_of_its_language(owner: Browser) -> None:
    owner.post("/staff/new-letter", title="Straßen", locale="de", slug="open-roads")
    assert letter().time_zone == "Europe/Berlin"
    zones = {"fr": "Europe/Paris", "pt-pt": "Europe/Lisbon", "ja": "Asia/Tokyo", "en": "UTC"}
    assert {tag: moments.likely(tag) for tag in zones} == zones
    assert moments.likely("xx") == "UTC"
    page = BeautifulSoup(owner.get(f"{HERE}/settings/times").text, "html.parser")
    first = [one.get_text() for one in page.select("#time_zone option")][:2]
    assert first == ["UTC", "Europe/Berlin"]


def test_times_are_those_of_the_letter_and_named(owner: Browser) -> None:
    made = make.letter()
    made.time_zone = "Asia/Tokyo"
    db.session.commit()
    make.signature(made)
    said = staff.words(owner.get(f"{HERE}/signatures"))
    at = db.session.scalars(select(Signature.created_at)).one()
    assert locales.moment(made.local(at), locales.languages()["en"]) in said
    told = staff.words(owner.get(HERE)).partition("As of ")[2].partition("Stop updating")[0]
    assert told
    assert "UTC" not in told
    assert " UTC" in staff.words(owner.get("/staff/audit"))


def test_no_share_is_shown_that_can_be_none() -> None:
    assert Flow(asked=4, mailed=4, confirmed=3).confirmed_percent == 75
    assert Flow(asked=4, mailed=4, confirmed=16).confirmed_percent is None
    assert Flow(asked=4, mailed=4, confirmed=-1).confirmed_percent is None


def test_what_visitors_may_stumble_over_is_said_and_forbids_nothing(owner: Browser) -> None:
    made = make.letter(locales=("en", "ar"), state="draft")
    page = staff.words(owner.get(f"{HERE}/texts"))
    assert "as it is in the original: The council of roads" in page
    with transaction():
        settings.phrase(made, "en", {"picture_alt": "A road"}, by=make.OPERATOR)
    assert "is not described" not in staff.words(owner.get(f"{HERE}/state"))
    made.picture = {"digest": "0" * 16, "width": 960, "height": 480}
    db.session.commit()
    state = staff.words(owner.get(f"{HERE}/state"))
    assert "The picture is not described" in state
    assert state.count("is not described") == 1  # English has its words
    assert owner.post(f"{HERE}/state/open").status_code == 303


def test_settings_say_what_holds_where_nothing_is_set(owner: Browser) -> None:
    make.letter(state="draft", controller="")
    page = staff.words(owner.get(f"{HERE}/settings"))
    for said in ("still missing", "when you close it", "none is shown", "the usual colour"):
        assert said in page
    assert "A name appears on the page as soon as" in page
    colour = owner.get(f"{HERE}/settings/look").text
    assert 'type="color"' in colour
    pale = fields(owner.get(f"{HERE}/settings/look")) | {"accent": "#ffee88"}
    assert 'class="sample"' in owner.post(f"{HERE}/settings/look", **pale).text
