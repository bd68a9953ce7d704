"""The staff's pages about partners and sources of their own."""

from __future__ import annotations

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from PIL import Image

from signing.core.db import transaction
from signing.letters.models import Letter
from signing.partners import contact, queries
from signing.partners.models import Partner, State
from signing.signatures import credit
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.conftest import Inbox

AT = "/staff/letters/open-roads/partners"
FACTS = {
    "name": "Green Web",
    "site": "https://green.example/",
    "origins": "https://green.example\nwww.green.example",
    "locales": "fr",
}
WHOM = {"contact": "Noor Abel", "email": "noor@partner.example", "locale": "fr"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def editor(app: Flask) -> staff.Browser:
    return staff.browser(app, staff.member(held=[Held(Role.EDITOR)], has_app=False))


def only(letter: Letter) -> Partner:
    (partner,) = queries.list_all(letter.id)
    return partner


def test_a_partner_is_invited_by_mail(letter: Letter, editor: staff.Browser, inbox: Inbox) -> None:
    assert "No partner yet" in editor.get(AT).text
    answer = editor.post(f"{AT}/invite", **FACTS, **WHOM, code="")
    assert answer.status_code == 303
    partner = only(letter)
    assert (partner.code, partner.state, partner.locale) == ("green-web", State.INVITED, "fr")
    assert partner.origins == ["https://green.example", "https://www.green.example"]
    (mail,) = inbox.mails
    assert mail["To"] == "noor@partner.example"
    page = staff.words(editor.get(answer.headers["Location"]))
    assert "Not accepted yet" in page
    assert "Green Web" in staff.words(editor.get(AT))


WRONG = [
    ({"name": " "}, "Enter a name."),
    ({"site": "javascript:alert(1)"}, "Enter a whole address"),
    ({"origins": "http://green.example"}, "no https address"),
    ({"origins": "*"}, "no https address"),
    ({"code": "Not a code!"}, "Use small letters"),
    ({"email": "noor"}, "Enter a complete e-mail address"),
    ({"locale": "xx"}, "Not a valid choice"),
    ({"name": "x" * 101}, "too long"),
]


def test_what_is_wrong_is_said_and_nothing_is_lost(letter: Letter, editor: staff.Browser) -> None:
    for wrong, said in WRONG:
        answer = editor.post(f"{AT}/invite", **(FACTS | WHOM | {"code": "green"} | wrong))
        assert answer.status_code == 422, wrong
        assert said in answer.text
        assert "https://green.example" in answer.text
    assert queries.list_all(letter.id) == []


def test_a_code_that_is_taken_is_refused_with_a_word(letter: Letter, editor: staff.Browser) -> None:
    make.source(letter, "green")
    answer = editor.post(f"{AT}/invite", **FACTS, **WHOM, code="green")
    assert answer.status_code == 422
    assert "such a code already" in answer.text
    assert editor.post(f"{AT}/code", name="Green").status_code == 422


def test_a_source_of_ones_own_counts_at_once(letter: Letter, editor: staff.Browser) -> None:
    answer = editor.post(f"{AT}/code", name="Mailing in May", code="")
    assert answer.status_code == 303
    source = only(letter)
    assert queries.find_credited(letter.id, "mailing-in-may") == source.id
    page = editor.get(answer.headers["Location"])
    assert "http://localhost/fr/open-roads?from=mailing-in-may" in page.text
    for name, start in (("qr.svg", b"<?xml"), ("qr.png", b"\x89PNG")):
        picture = editor.get(f"{AT}/{source.id}/{name}")
        assert picture.data.startswith(start)
        assert "attachment" in picture.headers["Content-Disposition"]


def test_the_figures_stand_there_exact_and_with_today(
    letter: Letter, editor: staff.Browser
) -> None:
    partner = make.partner(letter)
    ref = make.signature(letter, email="a@example.org")
    make.signature(letter, email="b@example.org", partner_id=partner.id, locale="fr")
    with transaction():
        credit.add_touch(ref, partner.id)
    assert "Green Web green-web Active 1 1 1" in staff.words(editor.get(AT))
    page = staff.words(editor.get(f"{AT}/{partner.id}"))
    assert "today 1 1 Français 1" in page


def test_facts_are_changed_and_the_code_is_not(letter: Letter, editor: staff.Browser) -> None:
    partner = make.partner(letter)
    changed = FACTS | {"name": "Greener Web", "origins": ""}
    assert editor.post(f"{AT}/{partner.id}", **changed, code="other").status_code == 303
    now = only(letter)
    assert (now.name, now.origins, now.code) == ("Greener Web", [], "green-web")
    assert editor.post(f"{AT}/{partner.id}", **(FACTS | {"site": ""})).status_code == 422


def test_a_partner_is_suspended_and_counted_for_again(
    letter: Letter, editor: staff.Browser
) -> None:
    partner = make.partner(letter)
    editor.post(f"{AT}/{partner.id}/suspend")
    assert only(letter).state == State.SUSPENDED
    assert "count for nobody" in editor.get(f"{AT}/{partner.id}").text
    editor.post(f"{AT}/{partner.id}/resume")
    assert only(letter).is_active


def test_another_contact_gets_the_next_link_and_the_older_ones_are_void(
    letter: Letter, editor: staff.Browser, inbox: Inbox
) -> None:
    partner = make.partner(letter)
    old = inbox.link("partner")
    inbox.let_time_pass()
    whom = {"contact": "Ida", "email": "ida@partner.example", "locale": "en"}
    assert editor.post(f"{AT}/{partner.id}/contact", **whom).status_code == 303
    assert editor.client.get(old).status_code == 410
    assert editor.post(f"{AT}/{partner.id}/link").status_code == 303
    assert inbox.link("partner", to="ida@partner.example") != old
    who = contact.find(only(letter))
    assert who is not None
    assert who.email == "ida@partner.example"


def test_a_second_link_within_minutes_is_refused_with_a_word(
    letter: Letter, editor: staff.Browser, inbox: Inbox
) -> None:
    partner = make.partner(letter)
    assert len(inbox.mails) == 1
    answer = editor.post(f"{AT}/{partner.id}/link")
    assert answer.status_code == 409
    assert "Try again in five minutes" in answer.text
    assert editor.client.get(inbox.link("partner")).status_code == 200


def test_a_logo_is_uploaded_shown_and_removed(letter: Letter, editor: staff.Browser) -> None:
    partner = make.partner(letter)
    picture = BytesIO()
    Image.new("RGB", (64, 32), "teal").save(picture, "JPEG")
    picture.seek(0)
    logo = f"{AT}/{partner.id}/logo"
    assert editor.get(f"{logo}.png").status_code == 404
    assert editor.post(logo, logo=(picture, "logo.jpg")).status_code == 303
    assert editor.get(f"{logo}.png").data.startswith(b"\x89PNG")
    wrong = editor.post(logo, logo=(BytesIO(b"<svg/>"), "logo.svg"))
    assert wrong.status_code == 422
    assert "PNG or JPEG" in wrong.text
    assert editor.post(logo).status_code == 422
    assert editor.post(f"{logo}/remove").status_code == 303
    assert editor.get(f"{logo}.png").status_code == 404


def test_a_logo_of_as_many_bytes_as_the_page_says_is_taken(
    letter: Letter, editor: staff.Browser
) -> None:
    logo = f"{AT}/{make.partner(letter).id}/logo"
    picture = BytesIO()
    Image.effect_noise((420, 420), 90).save(picture, "PNG")
    assert 100_000 < picture.tell() < 500_000
    picture.seek(0)
    assert editor.post(logo, logo=(picture, "logo.png")).status_code == 303
    too_much = editor.post(logo, logo=(BytesIO(b"x" * 506_000), "logo.png"))
    assert too_much.status_code == 422


def test_the_forms_are_folded_but_for_the_one_with_a_mistake(
    letter: Letter, editor: staff.Browser
) -> None:
    page = f"{AT}/{make.partner(letter).id}"
    for values, mistaken in (({}, []), (FACTS | {"site": ""}, ["facts"])):
        answer = editor.post(page, **values) if values else editor.get(page)
        shown = BeautifulSoup(answer.text, "html.parser")
        assert shown.select("#facts, #its-logo, #its-contact")
        assert [one["id"] for one in shown.select("details.entry[open]")] == mistaken


def test_a_partner_of_another_letter_is_not_there(letter: Letter, editor: staff.Browser) -> None:
    other = make.partner(make.letter("night-trains"))
    assert editor.get(f"{AT}/{other.id}").status_code == 404
    assert editor.post(f"{AT}/{other.id}/suspend").status_code == 404


def test_names_are_text_and_never_markup(letter: Letter, editor: staff.Browser) -> None:
    make.source(letter, "x", "<script>alert(1)</script>")
    assert "<script>alert" not in editor.get(AT).text
