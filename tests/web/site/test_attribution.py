"""Who brought a visitor: by the address alone, kept with the signature, and nowhere else."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.core.db import db, transaction
from signing.core.tokens import Purpose, tokens
from signing.letters.models import Letter
from signing.partners import actions, queries
from signing.partners.models import Partner
from signing.signatures import credit
from signing.signatures.models import Signature
from signing.web.page_cache import PageCache
from tests import make, staff
from tests.conftest import Inbox


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


def brought_by() -> object:
    """Whom the newest signature credits."""
    staff.look_anew()
    newest = select(Signature.partner_id).order_by(Signature.created_at.desc())
    return db.session.scalars(newest).first()


def hidden(page: str) -> str | None:
    found = BeautifulSoup(page, "html.parser").select_one('input[name="from"]')
    return str(found["value"]) if found else None


def test_the_query_leads_to_the_path_and_the_path_to_the_form(
    client: FlaskClient, partner: Partner
) -> None:
    answer = client.get("/en/open-roads?from=green-web")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/en/open-roads/from/green-web"
    page = client.get(answer.headers["Location"])
    assert hidden(page.text) == "green-web"
    assert "Set-Cookie" not in page.headers
    soup = BeautifulSoup(page.text, "html.parser")
    canonical = soup.select_one('link[rel="canonical"]')
    assert canonical is not None
    assert canonical["href"] == "http://localhost/en/open-roads"
    others = [str(link["href"]) for link in soup.select(".languages a")]
    assert "/fr/open-roads/from/green-web" in others


def test_the_letter_without_a_language_keeps_who_brought_the_visitor(
    client: FlaskClient, partner: Partner
) -> None:
    answer = client.get("/open-roads?from=green-web", headers={"Accept-Language": "fr"})
    assert answer.headers["Location"] == "/fr/open-roads/from/green-web"


def test_the_page_cache_keeps_paths_apart_and_looks_at_the_source(
    app: Flask, client: FlaskClient, partner: Partner
) -> None:
    app.wsgi_app = PageCache(app.wsgi_app)  # type: ignore[method-assign]
    assert hidden(client.get("/en/open-roads").text) is None
    assert client.get("/en/open-roads?from=green-web").status_code == 302
    assert client.get("/en/open-roads?x=1&from=green-web").status_code == 302
    assert hidden(client.get("/en/open-roads/from/green-web").text) == "green-web"
    assert hidden(client.get("/en/open-roads?from=").text) is None
    assert hidden(client.get("/en/open-roads?other=1").text) is None


def test_an_unknown_code_is_passed_over(client: FlaskClient, partner: Partner) -> None:
    for code in ("nobody", "GREEN_WEB", "x" * 33, "<b>", "../..", "\0", ""):
        answer = client.get("/en/open-roads", query_string={"from": code}, follow_redirects=True)
        assert answer.status_code == 200
        assert hidden(answer.text) is None
        form = make.sign_form(email="x@example.org") | {"from": code}
        assert client.post("/en/open-roads/sign", data=form).status_code == 303
        assert brought_by() is None


def test_another_letters_code_counts_for_nobody_here(client: FlaskClient, letter: Letter) -> None:
    make.partner(make.letter("night-trains"), "elsewhere")
    assert client.get("/en/open-roads/from/elsewhere").headers["Location"] == "/en/open-roads"
    form = make.sign_form() | {"from": "elsewhere"}
    client.post("/en/open-roads/sign", data=form)
    assert brought_by() is None


def test_a_suspended_partner_is_credited_no_more_from_that_moment_on(
    client: FlaskClient, partner: Partner
) -> None:
    client.post("/en/open-roads/sign", data=make.sign_form() | {"from": partner.code})
    assert brought_by() == partner.id
    suspend(partner)
    form = make.sign_form(email="later@example.org") | {"from": partner.code}
    client.post("/en/open-roads/sign", data=form)
    assert brought_by() is None
    assert client.get("/en/open-roads/from/green-web").status_code == 302
    assert client.get("/embed/open-roads/en/from/green-web").status_code == 302


def test_the_source_stays_when_the_form_comes_back_with_an_error(
    client: FlaskClient, partner: Partner
) -> None:
    form = make.sign_form(name="") | {"from": partner.code}
    answer = client.post("/en/open-roads/sign", data=form)
    assert answer.status_code == 422
    assert hidden(answer.text) == partner.code


def test_the_source_stays_while_a_browser_proves_its_work(
    client: FlaskClient, letter: Letter, partner: Partner
) -> None:
    with transaction():
        letter.work = "on"
    form = make.sign_form(website="filled in by a program") | {"from": partner.code}
    answer = client.post("/en/open-roads/sign", data=form)
    assert answer.status_code == 429
    assert hidden(answer.text) == partner.code


def test_who_has_signed_before_credits_a_partner_by_a_button_in_the_mail(
    client: FlaskClient, inbox: Inbox, letter: Letter, partner: Partner
) -> None:
    make.signature(letter)
    inbox.let_time_pass()
    client.post("/en/open-roads/sign", data=make.sign_form() | {"from": partner.code})
    link = inbox.link("credit")
    assert "Green Web" in inbox.text(inbox.mails[-1])
    page = client.get(link)
    assert "Green Web" in page.text
    assert credit.totals(letter.id) == {}  # a mail scanner may have opened it
    for _twice in range(2):
        assert client.post(link).status_code == 303
    staff.look_anew()
    assert credit.totals(letter.id) == {partner.id: 1}
    assert "Thank you" in client.get(f"{link}?done=1").text
    mine = client.get(inbox.link("my-signature"))
    assert "Green Web" in mine.text
    data = client.get(f"{inbox.link('my-signature')}/data.json")
    assert data.json is not None
    assert data.json["brought_by"] == ["Green Web"]


def test_the_mail_offers_no_credit_to_whoever_brought_the_person_first(
    client: FlaskClient, inbox: Inbox, letter: Letter, partner: Partner
) -> None:
    make.signature(letter, partner_id=partner.id)
    inbox.let_time_pass()
    client.post("/en/open-roads/sign", data=make.sign_form() | {"from": partner.code})
    assert "/credit/" not in inbox.text(inbox.mails[-1])


def test_a_credit_link_is_for_its_partner_and_its_signature_alone(
    client: FlaskClient, letter: Letter, partner: Partner
) -> None:
    ref = make.signature(letter)
    other = make.partner(make.letter("night-trains"), "elsewhere")
    good = tokens.make(Purpose.CREDIT, ref, partner.id.bytes)
    foreign = tokens.make(Purpose.CREDIT, ref, other.id.bytes)
    bare = tokens.make(Purpose.CREDIT, ref)
    managing = tokens.make(Purpose.MANAGE, ref, partner.id.bytes)
    wanted = {good: 303, foreign: 410, bare: 404, managing: 404, good[:-3] + "xyz": 404}
    for token, status in wanted.items():
        assert client.post(f"/en/credit/{token}").status_code == status
    suspend(partner)
    assert client.post(f"/en/credit/{good}").status_code == 410
    staff.look_anew()
    assert credit.totals(letter.id) == {partner.id: 1}


def test_new_pending_and_confirmed_addresses_get_the_same_answer_with_a_code(
    client: FlaskClient, letter: Letter, partner: Partner
) -> None:
    make.signature(letter, email="confirmed@example.org")
    make.signature(letter, email="pending@example.org", is_confirmed=False)
    answers = [
        client.post("/en/open-roads/sign", data=make.sign_form(email=email) | {"from": "green-web"})
        for email in ("newcomer@example.org", "pending@example.org", "confirmed@example.org")
    ]
    assert {one.status_code for one in answers} == {303}
    shapes = {re.sub(r"t=.*", "t", one.headers["Location"]) for one in answers}
    assert shapes == {"/en/open-roads/sent?t"}
    assert len({len(one.headers["Location"]) for one in answers}) == 1


def test_the_codes_to_copy_carry_the_partners_code(client: FlaskClient, partner: Partner) -> None:
    page = client.get("/fr/open-roads/embed/from/green-web").text
    assert page.count("http://localhost/fr/open-roads?from=green-web") >= 3
    assert "http://localhost/embed/open-roads/fr/from/green-web" in page
    assert client.get("/fr/open-roads/embed/from/nobody").status_code == 302
    frame = client.get("/embed/open-roads/fr/from/green-web")
    assert "http://localhost/fr/open-roads?from=green-web" in frame.text
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]


def test_the_privacy_notice_names_partners_while_they_are_active(
    client: FlaskClient, letter: Letter, partner: Partner
) -> None:
    assert "Green Web" in client.get("/en/open-roads/privacy").text
    suspend(partner)
    assert "Green Web" not in client.get("/en/open-roads/privacy").text
