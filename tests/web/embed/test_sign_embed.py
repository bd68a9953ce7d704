"""The sign form in a partner's frame: the letter page's rules, shown by that partner alone."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from signing.core import locales
from signing.core.db import db, transaction
from signing.letters.models import Letter
from signing.partners import actions, queries
from signing.partners.models import Partner
from signing.signatures.models import Entry, Signature
from tests import make, staff
from tests.conftest import Inbox

PATH = "/embed/open-roads/en/sign/from/green-web"
STATIC = Path(__file__).parents[3] / "signing/web/static"
OURS = "http://localhost"  # where staff look at it
FRAMED = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.without_work(make.letter())


@pytest.fixture
def partner(letter: Letter) -> Partner:
    return make.partner(letter)


def suspend(partner: Partner) -> None:
    with transaction():
        found = queries.get(partner.letter_id, partner.id, to_change=True)
        actions.suspend(found, by=make.OPERATOR)


def signatures() -> list[tuple[str, object]]:
    """How each came, and whom it credits."""
    staff.look_anew()
    return [(one.entry, one.partner_id) for one in db.session.scalars(select(Signature))]


def ancestors(policy: str) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", policy)
    assert found
    return found[1]


def test_only_this_partners_websites_may_frame_it(client: FlaskClient, partner: Partner) -> None:
    answer = client.get(PATH)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert ancestors(policy) == f"https://green.example {OURS}"
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert f'data-around="https://green.example {OURS}"' in answer.text


def test_new_origins_hold_at_once_and_without_any_there_is_no_frame(
    client: FlaskClient, partner: Partner
) -> None:
    facts = actions.Facts(
        partner.name, partner.site, ["https://a.example", "https://b.example:8443"]
    )
    with transaction():
        actions.edit(queries.get(partner.letter_id, partner.id), facts, by=make.OPERATOR)
    policy = client.get(PATH).headers["Content-Security-Policy"]
    assert ancestors(policy) == f"https://a.example https://b.example:8443 {OURS}"
    with transaction():
        actions.edit(
            queries.get(partner.letter_id, partner.id), actions.Facts("Green"), by=make.OPERATOR
        )
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize("path", ["unknown", "invited", "may-mail", "gone"])
def test_nobody_else_has_such_a_page(client: FlaskClient, letter: Letter, path: str) -> None:
    make.partner(letter, "invited", is_active=False)
    make.source(letter)
    suspend(make.partner(letter, "gone"))
    answer = client.get(f"/embed/open-roads/en/sign/from/{path}")
    assert answer.status_code == 404
    assert ancestors(answer.headers["Content-Security-Policy"]) == "'none'"


def test_a_signature_in_the_frame_counts_once_confirmed_for_this_partner(
    client: FlaskClient, partner: Partner, inbox: Inbox
) -> None:
    page = BeautifulSoup(client.get(PATH).text, "html.parser")
    fields = {str(one["name"]): str(one.get("value", "")) for one in page.select("[type=hidden]")}
    answer = client.post(PATH, data=make.FORM | fields, headers=FRAMED)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{PATH}/sent?t=")
    assert "zoe" not in answer.headers["Location"]
    shown = client.get(answer.headers["Location"])
    assert "zoe@example.org" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in shown.headers["Content-Security-Policy"]
    assert ancestors(shown.headers["Content-Security-Policy"]) == f"https://green.example {OURS}"
    client.post(inbox.link(), data={"revision": "1"})
    assert signatures() == [(Entry.EMBED, partner.id)]
    assert client.get("/embed/open-roads/en.json").get_json()["count"] == 1


def test_the_path_says_who_brought_them_not_the_form(
    client: FlaskClient, letter: Letter, partner: Partner
) -> None:
    make.partner(letter, "other")
    client.post(PATH, data=make.sign_form(**{"from": "other"}), headers=FRAMED)
    assert signatures() == [(Entry.EMBED, partner.id)]


def test_its_page_opened_by_itself_is_a_form_of_ours(client: FlaskClient, partner: Partner) -> None:
    client.post(PATH, data=make.sign_form(), headers=FRAMED | {"Sec-Fetch-Dest": "document"})
    assert signatures() == [(Entry.FORM, partner.id)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "iframe"},
        {"Origin": "https://green.example"},  # registered, and yet only our frame may post
        {"Origin": "null"},  # a frame in a sandbox that is not let have its origin
    ],
)
def test_posts_from_anywhere_else_are_refused(
    client: FlaskClient, partner: Partner, headers: dict[str, str]
) -> None:
    for path in (PATH, f"{PATH}/sent"):
        answer = client.post(path, data=make.sign_form(), headers=headers)
        assert answer.status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 0


def test_mistakes_are_said_in_the_frame_and_nothing_typed_is_lost(
    client: FlaskClient, partner: Partner
) -> None:
    typed = make.sign_form(email="zoe@", news="y", show_name="initial")
    answer = client.post(PATH, data=typed, headers=FRAMED)
    assert answer.status_code == 422
    assert ancestors(answer.headers["Content-Security-Policy"]) == f"https://green.example {OURS}"
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".summary a[href='#email']")
    assert page.form
    assert (page.form["action"], page.form["target"]) == (PATH, "_self")
    assert page.select_one("#name")["value"] == make.FORM["name"]  # type: ignore[index]
    assert page.select_one("#news[checked]")
    assert page.select_one("[value=initial][checked]")


def test_the_same_proof_of_work_is_asked_inside_the_frame(client: FlaskClient, app: Flask) -> None:
    make.partner(make.letter())
    bad = make.FORM | {"stamp": "none", "comment": "kept"}
    answer = client.post(PATH, data=bad, headers=FRAMED)
    assert answer.status_code == 429
    form = BeautifulSoup(answer.text, "html.parser").select_one("form[data-challenge]")
    assert form
    assert (form["action"], form["target"]) == (PATH, "_self")
    assert ancestors(answer.headers["Content-Security-Policy"]) == f"https://green.example {OURS}"
    assert signatures() == []


def test_the_answer_is_the_same_whoever_has_signed(client: FlaskClient, letter: Letter) -> None:
    make.partner(letter)
    make.signature(letter)
    seen = []
    for email in ("zoe@example.org", "new@example.org"):
        answer = client.post(PATH, data=make.sign_form(email=email), headers=FRAMED)
        page = client.get(answer.headers["Location"]).text.replace(email, "")
        seen.append((answer.status_code, re.sub(r'(?<=name="t" value=")[^"]+', "", page)))
    assert seen[0] == seen[1]


def test_a_mail_can_be_asked_for_again_in_the_frame(client: FlaskClient, partner: Partner) -> None:
    sent = client.post(PATH, data=make.sign_form(), headers=FRAMED).headers["Location"]
    sealed = unquote(sent.partition("t=")[2])
    answer = client.post(f"{PATH}/sent", data={"t": sealed}, headers=FRAMED)
    assert answer.headers["Location"] == f"{sent}&again=1"
    forged = client.post(f"{PATH}/sent", data={"t": "forged"}, headers=FRAMED)
    assert forged.headers["Location"] == f"{PATH}/sent?again=1"
    assert client.get(forged.headers["Location"]).status_code == 200


def test_a_form_open_while_its_partner_is_suspended_is_taken_and_credits_nobody(
    client: FlaskClient, partner: Partner
) -> None:
    suspend(partner)
    answer = client.post(PATH, data=make.sign_form(), headers=FRAMED)
    assert client.get(answer.headers["Location"]).status_code == 200
    assert signatures() == [(Entry.EMBED, None)]


def test_a_closed_letter_says_so_in_the_frame(client: FlaskClient, partner: Partner) -> None:
    make.close("open-roads")
    page = client.get(PATH)
    assert "This letter is closed" in page.text
    assert "<form" not in page.text
    late = client.post(PATH, data=make.sign_form(), headers=FRAMED)
    assert late.status_code == 410
    assert ancestors(late.headers["Content-Security-Policy"]) == f"https://green.example {OURS}"
    assert 'href="/en/open-roads/from/green-web"' in late.text


def test_everything_that_leads_elsewhere_opens_a_window_of_its_own(
    client: FlaskClient, partner: Partner
) -> None:
    page = BeautifulSoup(client.get(PATH).text, "html.parser")
    assert page.base
    assert page.base["target"] == "_blank"
    assert {str(one["target"]) for one in page.select("form")} == {"_self"}


def test_form_style_and_scripts_are_at_most_ten_kilobytes_compressed(
    client: FlaskClient, partner: Partner
) -> None:
    with transaction():
        asking = db.session.get_one(Letter, partner.letter_id)
        asking.fields = ["country", "postcode", "city", "organisation", "comment"]
    loaded = [STATIC / name for name in ("embed/sign.css", "embed/sign.js", "work.js")]
    beside = sum(len(gzip.compress(one.read_bytes(), 6)) for one in loaded)
    for locale in locales.languages():
        page = client.get(PATH.replace("/en/", f"/{locale}/")).data
        assert len(gzip.compress(page, 6)) + beside <= 10 * 1024, locale
