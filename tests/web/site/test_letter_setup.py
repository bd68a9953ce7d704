"""What is set for a letter, as those see it who read and sign it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from signing.core import clock
from signing.core.db import transaction
from signing.letters import pictures, settings
from signing.letters.settings import Signed
from signing.signatures import person
from signing.signatures import queries as signatures
from tests import make
from tests.conftest import Inbox

NOBODY = Signed(has_signatures=False)
ALL_FIELDS = ("country", "postcode", "city", "organisation", "comment")
MORE = {"postcode": "10115", "city": "Berlin", "organisation": "Road Union", "comment": "Roads!"}


def errors(page: str) -> str:
    return " ".join(re.findall(r'class="error" id="(\w+)-error"', page))


def test_what_is_required_is_asked_for_and_what_is_not_may_stay_empty(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(fields=ALL_FIELDS, required=("postcode", "organisation"))
    page = client.get("/en/open-roads").text
    assert "Country (optional)" in page
    assert "Town (optional)" in page
    assert ">Postcode<" in page
    empty = {"country": "", "postcode": "  ", "city": "", "organisation": "", "comment": ""}
    answer = client.post("/en/open-roads/sign", data=make.sign_form(**empty))
    assert answer.status_code == 422
    assert errors(answer.text) == "postcode organisation"
    long = {"postcode": "1" * 21, "organisation": "x" * 101}
    answer = client.post("/en/open-roads/sign", data=make.sign_form(**long))
    assert errors(answer.text) == "postcode organisation"
    assert "1" * 21 in answer.text
    sent = make.sign_form(**empty | {"postcode": "10115", "organisation": "Union"})
    assert client.post("/en/open-roads/sign", data=sent).status_code == 303
    assert "Union" in client.get(inbox.link()).text


def test_what_was_typed_is_sealed_shown_to_its_signer_and_handed_over_by_consent(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter(fields=ALL_FIELDS)
    page = client.get("/en/open-roads").text
    assert "my name, my country, my postcode, my town, and my organisation to" in page
    client.post("/en/open-roads/sign", data=make.sign_form(**MORE))
    link = inbox.link()
    asked = client.get(link).text
    for value in MORE.values():
        assert value in asked
    client.post(link, data={"revision": "1"})
    found = signatures.list_of_address("zoe@example.org")[0][0]
    who = person.of(found)
    assert (who.postcode, who.organisation) == ("10115", "Road Union")
    assert b"10115" not in found.sealed
    held = client.get(inbox.link("my-signature")).text
    assert "Road Union" in held


def test_people_from_elsewhere_are_told_kindly_who_may_sign(client: FlaskClient) -> None:
    make.letter(countries=("FR", "SE"))
    page = client.get("/en/open-roads").text
    assert "People from these countries can sign: France and Sweden." in page
    assert 'value="DE"' not in page
    sent = make.sign_form(country="DE")
    answer = client.post("/en/open-roads/sign", data=sent)
    assert answer.status_code == 422
    assert answer.text.count("People from these countries can sign") == 3  # list, hint, field
    assert client.post("/en/open-roads/sign", data=make.sign_form()).status_code == 303


def test_a_goal_that_grows_is_the_same_in_every_place(client: FlaskClient, app: Flask) -> None:
    letter = make.letter(goal=2, goal_grows_at=100)
    for number in range(3):
        make.signature(letter, email=f"z{number}@example.org")
    assert "Goal: 10" in client.get("/en/open-roads").text
    assert "Goal: 10" in client.get("/en/open-roads/thanks").text
    assert '"goal":10,' in client.get("/embed/open-roads/en.json").text
    assert "3 / 10<" in client.get("/embed/open-roads/en").text
    assert '"goal":10,' in client.get("/api/v1/letters/open-roads").text
    make.close("open-roads")
    assert '"goal":null' in client.get("/embed/open-roads/en.json").text
    for path in ("/en/open-roads", "/en/open-roads/thanks", "/embed/open-roads/en"):
        assert "<progress" not in client.get(path).text


def test_times_are_told_by_the_clocks_of_the_letter(client: FlaskClient) -> None:
    night = datetime(2090, 1, 1, 2, 0, tzinfo=UTC)  # still the old year in New York
    make.letter(time_zone="America/New_York", opens=night, closes=night + timedelta(days=1))
    assert "It opens on" in client.get("/en/open-roads").text
    assert re.search(r"31 December 2089\D+21:00", client.get("/en/open-roads").text)
    with time_machine.travel(night + timedelta(days=2)):
        assert "Closed on 1 January 2090" in client.get("/en/open-roads").text


def set_up_everything() -> None:
    letter = make.letter(locales=("en", "ar"), fields=ALL_FIELDS, newsletter="News?", goal=10)
    values = {
        "accent": "#0b5c4a", "goal_grows_at": 75, "countries": ["SE"], "required": ["country"],
        "opens_at": clock.now() - timedelta(days=1), "closes_at": clock.now() + timedelta(days=1),
        "time_zone": "Asia/Riyadh",
    }  # fmt: skip
    arabic = {"newsletter": "أريد رسالتكم", "thanks": "شكرا **لكم**", "picture_alt": "طريق"}
    with transaction():
        settings.change(letter, values, NOBODY, by=make.OPERATOR)
        settings.phrase(letter, "ar", arabic, by=make.OPERATOR)
        pictures.keep(letter, pictures.make(make.picture()), by=make.OPERATOR)


def test_everything_at_once_in_arabic(client: FlaskClient) -> None:
    set_up_everything()
    page = client.get("/ar/open-roads")
    assert page.status_code == 200
    assert 'dir="rtl"' in page.text
    assert 'alt="طريق" lang="ar" dir="rtl"' in page.text
    assert "أريد رسالتكم" in page.text
    assert "style=" not in page.text
    sheet = re.findall(r'rel="stylesheet" href="(/open-roads/look/\w+\.css)"', page.text)
    style = client.get(sheet[0])
    assert style.content_type.startswith("text/css")
    assert "immutable" in style.headers["Cache-Control"]
    assert ":root{--accent:#0b5c4a;" in style.text
    assert "prefers-color-scheme:dark" in style.text
    assert client.get(re.sub(r"\w+\.css", "0.css", sheet[0])).status_code == 404
    for address in re.findall(r"/open-roads/picture/[\w./-]+", page.text):
        assert client.get(address).status_code == 200
    assert "<strong>لكم</strong>" in client.get("/ar/open-roads/thanks").text


def test_the_house_s_own_look_needs_no_sheet_and_no_picture_none(client: FlaskClient) -> None:
    make.letter()
    page = client.get("/en/open-roads").text
    assert "/look/" not in page
    assert "<picture" not in page


def test_what_people_agree_to_changes_with_what_is_asked(app: Flask) -> None:
    letter = make.letter()
    with transaction():
        settings.change(letter, {"fields": ["country", "city"]}, NOBODY, by=make.OPERATOR)
    shown = app.test_client().get("/en/open-roads").text
    assert "my name, my country, and my town" in shown


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_pictures_names_are_looked_up_and_nothing_else(client: FlaskClient) -> None:
    set_up_everything()
    for path in ("x/480.webp", "x/480.svg", "x/..%2f480.webp", "%00/480.webp", "x/" + "9" * 999):
        assert client.get(f"/open-roads/picture/{path}").status_code == 404, path
    assert client.get("/nothing/picture/x/480.webp").status_code == 404
