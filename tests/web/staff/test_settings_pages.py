"""A letter's settings in the browser: each group saved on its own, nothing lost, nothing unsaid."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from signing.audit import Verb
from signing.audit import queries as audit
from signing.audit.models import AuditEvent
from signing.letters import queries
from signing.letters.models import Letter, ProofOfWork
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.conftest import Inbox
from tests.staff import Browser

HERE = "/staff/letters/open-roads/settings"


@pytest.fixture
def editor(app: Flask) -> Browser:
    make.letter()
    who = staff.member(held=[Held(Role.EDITOR)], has_app=False)
    return staff.browser(app, who)


def letter(slug: str = "open-roads") -> Letter:
    staff.look_anew()
    return queries.get_by_any_slug(slug)


def noted(letter: Letter, verb: Verb) -> list[AuditEvent]:
    return [one for one in audit.list_of_letter(letter.id) if one.verb == verb]


def fields(answer: TestResponse) -> dict[str, Any]:
    """What a browser would send of the form on this page, unchanged."""
    page = BeautifulSoup(answer.text, "html.parser")
    sent: dict[str, Any] = {}
    for one in page.select("main form input[name], main form textarea[name]"):
        if one.get("type") not in {"checkbox", "radio"} or one.has_attr("checked"):
            sent[str(one["name"])] = one.get("value") or one.get_text()
    for one in page.select("main form .boxes input[checked]"):
        ticked = sent[name] if isinstance(sent.get(name := str(one["name"])), list) else []
        sent[name] = [*ticked, str(one["value"])]
    for one in page.select("main form select[name]"):
        chosen = [str(option["value"]) for option in one.select("option[selected]")]
        sent[str(one["name"])] = (chosen or [""])[0]
    return sent


def save(browser: Browser, group: str, **values: Any) -> TestResponse:
    return browser.post(f"{HERE}/{group}", **fields(browser.get(f"{HERE}/{group}")) | values)


def error(answer: TestResponse) -> str:
    found = BeautifulSoup(answer.text, "html.parser").select_one("span.error")
    assert found is not None, staff.words(answer)
    return found.get_text()


GOOD: dict[str, dict[str, Any]] = {
    "who": {"to": "All councils", "controller": "Friends, 2 Lane", "contact": "hi@example.org",
            "minimum_age": "0"},
    "times": {"opens_at": "2090-01-02T10:00", "closes_at": "2091-01-02T10:00",
              "time_zone": "Asia/Tokyo"},
    "goal": {"goal": "5000", "goal_grows_at": "75"},
    "fields": {"country": "must", "postcode": "must", "city": "may", "organisation": "no",
               "comment": "may", "countries": ["DE", "FR"]},
    "mail": {"sender_name": "Friends of Roads", "reply_address": "re@example.org",
             "takes_reminders": "y", "newsletter": "I want the Friends' letter."},
    "screening": {"work": "on"},
    "look": {"accent": "0B5C4A"},
}  # fmt: skip


def test_every_group_is_saved_shown_and_written_down_without_touching_others(
    editor: Browser,
) -> None:
    for group, values in GOOD.items():
        answer = save(editor, group, **values)
        assert answer.status_code == 303, (group, staff.words(answer))
        assert answer.headers["Location"] == f"{HERE}?done=1"
    made = letter()
    assert (made.to, made.minimum_age, made.goal, made.goal_grows_at) == (
        "All councils", 0, 5000, 75,
    )  # fmt: skip
    assert made.fields == ["country", "postcode", "city", "comment"]
    assert (made.required, made.countries) == (["country", "postcode"], ["DE", "FR"])
    assert "2 chosen France · Germany" in staff.words(editor.get(f"{HERE}/fields"))
    assert made.opens_at
    assert made.opens_at.isoformat() == "2090-01-02T01:00:00+00:00"
    assert (made.sender, made.reply_address) == ("Friends of Roads", "re@example.org")
    assert made.takes_reminders
    assert (made.work, made.accent) == (ProofOfWork.ON, "#0b5c4a")
    said = staff.words(editor.get(HERE))
    for words in ("All councils", "5,000", "75 %", "UTC+09:00", "Germany", "#0b5c4a", "Always"):
        assert words in said
    events = noted(made, Verb.LETTER_SET)
    assert len(events) == len(GOOD)
    assert {"goal": [None, 5000], "goal_grows_at": [None, 75]} in [one.details for one in events]
    assert "example.org" not in str([one.details for one in events])
    assert "Friends, 2 Lane" not in str([one.details for one in events])


def test_saving_what_is_set_already_changes_and_notes_nothing(editor: Browser) -> None:
    before = letter()
    for group in GOOD:
        assert save(editor, group).status_code == 303, group
    assert not audit.has_happened(before.id, Verb.LETTER_SET)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("who", {"contact": "https://example.org"}, "complete e-mail address"),
    ("who", {"minimum_age": "old"}, "0 to 99"),
    ("who", {"minimum_age": "100"}, "0 to 99"),
    ("who", {"to": "x" * 301}, "too long"),
    ("times", {"opens_at": "soon"}, "day and time"),
    ("times", {"closes_at": "2001-01-01T10:00"}, "over"),
    (
        "times",
        {"opens_at": "2091-01-01T10:00", "closes_at": "2090-01-01T10:00"},
        "after the opening",
    ),
    ("times", {"time_zone": "Mars/Olympus"}, "choice"),
    ("times", {"time_zone": "Europe/Berlin", "opens_at": "2090-03-26T02:30"}, "03:30"),
    ("goal", {"goal": "0"}, "whole number"),
    ("goal", {"goal": "many"}, "whole number"),
    ("goal", {"goal_grows_at": "3"}, "choice"),
    ("fields", {"countries": ["DE"], "country": "no"}, "must ask for the country"),
    ("fields", {"countries": ["DE"], "country": "may"}, "must ask for the country"),
    ("fields", {"countries": ["ZZ"]}, "choice"),
    ("fields", {"city": "perhaps"}, "choice"),
    ("mail", {"reply_address": "nobody"}, "complete e-mail address"),
    ("screening", {"work": "always"}, "choice"),
    ("look", {"accent": "red; } body { display: none"}, "six digits"),
    ("look", {"accent": "#ffdd00"}, "nearest that can be read"),
]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(editor: Browser) -> None:
    for group, values, why in BAD:
        answer = save(editor, group, **values)
        assert answer.status_code == 422, (group, values)
        assert why in error(answer), (group, values)
        assert "There is something to correct" in staff.words(answer)
        sent = fields(answer)
        for name, value in values.items():
            assert sent.get(name) == value or why == "choice", (group, values)
    assert not audit.has_happened(letter().id, Verb.LETTER_SET)


def test_two_at_once_lose_nothing(editor: Browser) -> None:
    mine = fields(editor.get(f"{HERE}/goal"))
    save(editor, "goal", goal="700")
    answer = editor.post(f"{HERE}/goal", **mine | {"goal": "900"})
    assert answer.status_code == 409
    assert "Somebody else has changed this" in staff.words(answer)
    assert 'value="900"' in answer.text
    assert "700" in staff.words(answer)
    assert letter().goal == 700
    assert editor.post(f"{HERE}/goal", **fields(answer)).status_code == 303
    assert letter().goal == 900


def test_what_people_signed_needs_a_reason(editor: Browser) -> None:
    assert "correction" not in fields(editor.get(f"{HERE}/who"))
    make.signature(letter())
    answer = save(editor, "who", to="Others")
    assert answer.status_code == 422
    assert "needs a correction" in error(answer)
    assert 'value="Others"' in answer.text
    assert save(editor, "who", to="Others", correction="It was renamed.").status_code == 303
    event = noted(letter(), Verb.LETTER_SET)[0]
    assert event.details == {
        "to": ["The council of roads", "Others"], "why": "It was renamed.",
    }  # fmt: skip
    assert "Others" in editor.get("/en/open-roads").text  # and in the wording
    assert "hand my name and my country to: Others" in staff.words(editor.get("/en/open-roads"))


def test_no_header_can_be_smuggled_into_a_mail(editor: Browser, inbox: Inbox) -> None:
    save(
        editor, "mail", sender_name="Friends\r\nBcc: eve@example.org", reply_address="r@example.org"
    )
    save(editor, "mail", reply_address="a@example.org\nBcc: eve@example.org")
    make.signature(letter(), is_confirmed=False)
    mail = inbox.mails[-1]
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].display_name == "Friends Bcc: eve@example.org"
    assert mail["Reply-To"] == "r@example.org"


def test_an_hour_that_comes_twice_is_told_with_its_distance_to_utc(editor: Browser) -> None:
    twice = {"opens_at": "2090-10-29T02:30", "closes_at": "", "time_zone": "Europe/Berlin"}
    save(editor, "times", **twice)
    assert "UTC+02:00" in staff.words(editor.get(HERE))
    save(editor, "times", **twice | {"opens_at": "", "closes_at": "2090-10-29T02:30"})
    assert "UTC+01:00" in staff.words(editor.get(HERE))


def test_a_day_alone_begins_as_the_letter_opens_and_ends_as_it_closes(editor: Browser) -> None:
    days = {"opens_at": "2090-01-02", "closes_at": "2090-01-02", "time_zone": "Asia/Tokyo"}
    assert save(editor, "times", **days).status_code == 303
    assert letter().opens_at == datetime(2090, 1, 1, 15, tzinfo=UTC)
    assert letter().closes_at == datetime(2090, 1, 2, 14, 59, tzinfo=UTC)


def test_a_pale_colour_comes_back_with_one_that_can_be_taken(editor: Browser) -> None:
    answer = save(editor, "look", accent="#ffdd00")
    found = re.search(r'name="take" value="(#[0-9a-f]{6})">Take', answer.text)
    assert found
    assert save(editor, "look", accent="#ffdd00", take=found[1]).status_code == 303
    assert letter().accent == found[1]
    assert save(editor, "look", accent="").status_code == 303
    assert letter().accent == ""


# --- its address ---


def rename(browser: Browser, slug: str, at: str = "open-roads") -> TestResponse:
    return browser.post(f"/staff/letters/{at}/settings/address", slug=slug)


def test_a_renamed_letter_is_found_by_old_links_and_can_go_back(
    editor: Browser, inbox: Inbox
) -> None:
    make.signature(letter(), is_confirmed=False)
    mailed = inbox.link()
    answer = rename(editor, " Open-Streets ")
    assert answer.headers["Location"] == "/staff/letters/open-streets/settings?done=1"
    assert "/open-roads" in staff.words(editor.get("/staff/letters/open-streets/settings"))
    assert editor.get("/en/open-roads").headers["Location"] == "/en/open-streets"
    assert editor.get("/open-roads").headers["Location"].startswith("/en/open-streets")
    assert editor.client.get(mailed).status_code == 200
    assert editor.client.post(mailed, data={"revision": "1"}).status_code == 303
    assert '"letter":"open-streets"' in editor.get("/embed/open-roads/en.json").text
    assert editor.client.post(
        "/en/open-roads/sign", data=make.sign_form("open-streets")
    ).status_code == 303  # fmt: skip
    assert rename(editor, "open-roads", at="open-roads").status_code == 303  # an older one
    assert editor.get("/en/open-streets").headers["Location"] == "/en/open-roads"
    assert editor.get("/en/open-roads").status_code == 200


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_address_that_cannot_be_is_refused(editor: Browser) -> None:
    make.letter("had")
    assert rename(editor, "taken", at="had").status_code == 303
    for slug in ("", "imprint", "fr", "staff", "a--b", "ä", "x" * 65, "had", "taken"):
        answer = rename(editor, slug)
        assert answer.status_code == 422, slug
        assert error(answer)
    assert letter().slug == "open-roads"


# --- its picture ---


def photo(width: int = 1500, height: int = 1000) -> bytes:
    into = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(into, "JPEG")
    return into.getvalue()


def put(browser: Browser, content: bytes) -> TestResponse:
    return browser.post(f"{HERE}/picture", file=(io.BytesIO(content), "x.svg"))


def test_a_picture_is_put_in_aimed_shown_and_taken_out(editor: Browser) -> None:
    assert put(editor, photo()).status_code == 303
    page = editor.get("/en/open-roads")
    sources = re.findall(r"/open-roads/picture/[\w./-]+", page.text)
    assert len(sources) == 4
    for source in sources:
        got = editor.get(source)
        assert got.content_type in {"image/webp", "image/jpeg"}
        assert "immutable" in got.headers["Cache-Control"]
    assert 'width="1500" height="1000" alt=""' in page.text
    assert editor.post(f"{HERE}/picture/focus", x="20", y="80").status_code == 303
    sheet = re.findall(r'href="(/open-roads/look/\w+\.css)"', editor.get("/en/open-roads").text)
    assert "object-position:20% 80%" in editor.get(sheet[0]).text
    assert editor.get(f"{HERE}/picture").status_code == 200
    assert editor.post(f"{HERE}/picture/remove").status_code == 303
    assert "<picture" not in editor.get("/en/open-roads").text
    assert editor.get(sources[0]).status_code == 404
    assert editor.get(sheet[0]).status_code == 404
    assert len(noted(letter(), Verb.LETTER_PICTURE_SET)) == 3


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_is_no_picture_is_said_and_the_old_one_stays(editor: Browser) -> None:
    put(editor, photo(400, 300))
    for content in (b"", b"<svg/>", bytes(200_000)):
        answer = put(editor, content)
        assert answer.status_code == 422
        assert "no JPEG" in error(answer)
    assert letter().picture


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_form_beyond_all_measure_and_a_place_beyond_the_picture_are_refused(
    editor: Browser,
) -> None:
    kind = "multipart/form-data; boundary=x"
    sent = editor.client.post(f"{HERE}/picture", data=bytes(11 << 20), content_type=kind)
    assert sent.status_code == 413
    assert editor.post(f"{HERE}/picture/focus", x="1", y="1").status_code == 404  # there is none
    put(editor, photo())
    for x, y in (("-1", "0"), ("101", "0"), ("", "0"), ("x", "0"), ("٣", "²")):
        assert editor.post(f"{HERE}/picture/focus", x=x, y=y).status_code == 422
    assert editor.get(f"{HERE}/nonsense").status_code == 404
