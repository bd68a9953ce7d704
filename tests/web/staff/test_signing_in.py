"""From the invitation in the mail to the first page, and in again: passwords, codes, limits."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from signing import create_app
from signing.audit import Verb
from signing.audit.models import AuditEvent
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.staff_accounts import invitations, passkeys, queries, second_factors, signing_in
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.roles import Held, Role
from tests import staff
from tests.conftest import Inbox, let_go

EMAIL = "ada@example.org"
VIEWER = Held(Role.VIEWER)


def sign_in(client: FlaskClient, password: str = staff.PASSWORD, **values: str) -> TestResponse:
    form = {"email": EMAIL, "password": password, "code": ""} | values
    answer = client.post("/staff/sign-in", data=form)
    staff.look_anew()
    return answer


def verbs() -> list[str]:
    staff.look_anew()
    return list(db.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def test_an_owner_is_invited_by_mail_sets_up_an_app_and_works(
    app: Flask, client: FlaskClient, inbox: Inbox
) -> None:
    staff.invitation(EMAIL)
    link = inbox.link("invitation")
    page = client.get(link)
    assert EMAIL in page.text
    assert "Set-Cookie" not in page.headers

    accepted = client.post(link, data={"name": "Ada Quist", "password": staff.PASSWORD})
    assert (accepted.status_code, accepted.location) == (303, "/staff")
    assert client.get("/staff").location == "/staff/account/second-factor"

    browser = staff.Browser(client)
    browser.post("/staff/account/second-factor/app")
    page = browser.get("/staff/account/second-factor")
    assert browser.get("/staff/account/second-factor/app/qr.svg").mimetype == "image/svg+xml"
    who = queries.find_by_address(EMAIL)
    assert who is not None
    wrong = browser.post("/staff/account/second-factor/app/confirm", code="000000")
    assert wrong.status_code == 422
    code = staff.code_of(who, is_waiting=True)
    shown = browser.post("/staff/account/second-factor/app/confirm", code=code)
    codes = re.findall(r"<code>([a-z2-9-]{14})</code>", shown.text)
    assert len(codes) == 10
    assert client.get("/staff").status_code == 200

    left = browser.post("/staff/sign-out")
    assert left.location == "/staff/sign-in"
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/staff").status_code == 303
    assert sign_in(client).status_code == 422  # the password alone is not enough any more
    assert sign_in(client, code=codes[0]).status_code == 303
    assert client.get("/staff").status_code == 200
    written = {
        Verb.MEMBER_INVITED, Verb.MEMBER_ACCEPTED, Verb.ROLE_GIVEN, Verb.SECOND_FACTOR_SET,
        Verb.SIGNED_IN, Verb.RECOVERY_CODE_USED, Verb.SESSIONS_ENDED,
    }  # fmt: skip
    assert written <= set(verbs())


def test_a_used_invitation_says_so_and_a_broken_one_too(client: FlaskClient, inbox: Inbox) -> None:
    staff.invitation(EMAIL, VIEWER)
    link = inbox.link("invitation")
    client.post(link, data={"name": "Ada", "password": staff.PASSWORD})
    for answer in (client.get(link), client.post(link, data={"name": "B"})):
        assert answer.status_code == 410
        assert "This invitation has been used or is too old" in answer.text
    assert client.get("/staff/invitation/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "password": staff.PASSWORD}, "Enter your name."),
        ({"name": "Ada Quist", "password": "short"}, "Use at least 15 characters."),
        ({"name": "Ada Quist", "password": "Ada Quist 2026 Ada"}, "easy to guess"),
        ({"name": "Ada Quist", "password": "openletters openletters"}, "easy to guess"),
        ({"name": "x" * 101, "password": staff.PASSWORD}, "The name is too long"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_no_password_comes_back(
    client: FlaskClient, inbox: Inbox, form: dict[str, str], said: str
) -> None:
    staff.invitation(EMAIL, VIEWER)
    answer = client.post(inbox.link("invitation"), data=form)
    assert answer.status_code == 422
    assert answer.text.count(said) == 2
    assert "<title>Error:" in answer.text
    assert f'value="{form["password"]}"' not in answer.text


def test_a_lost_password_is_replaced_by_a_new_invitation(
    app: Flask, client: FlaskClient, inbox: Inbox
) -> None:
    who = staff.member(password=staff.PASSWORD)
    inbox.let_time_pass()
    with transaction():
        invitations.renew(who.id, by=Doer.operator())
    link = inbox.link("invitation")
    assert sign_in(client, code=staff.code_of(who)).status_code == 303
    new = "seven green bells at noon"
    client.post(link, data={"name": "Ada Quist", "password": new})
    assert client.get("/staff").location == "/staff/account/second-factor"
    other = app.test_client()
    assert sign_in(other).status_code == 422
    assert sign_in(other, new).status_code == 303


def test_whoever_is_no_member_gets_the_same_answer_as_a_wrong_password(app: Flask) -> None:
    staff.member(password=staff.PASSWORD)
    staff.member("plain@example.org", [VIEWER], password=staff.PASSWORD, has_app=False)
    gone = staff.member("gone@example.org", [VIEWER], password=staff.PASSWORD, has_app=False)
    staff.ended(gone)
    staff.invitation("invited@example.org")
    answers = [
        sign_in(app.test_client(), email=EMAIL, password="not this one at all"),
        sign_in(app.test_client(), email=EMAIL),  # right, but without the code
        sign_in(app.test_client(), email=EMAIL, code="000000"),
        sign_in(app.test_client(), email="plain@example.org", password="not this one"),
        *(
            sign_in(app.test_client(), email=f"{name}@example.org")
            for name in ("gone", "invited", "nobody")
        ),
    ]
    assert {answer.status_code for answer in answers} == {422}
    bare = {re.sub(r'value="[^"]*@[^"]*"', "", answer.text) for answer in answers}
    assert len(bare) == 1
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_an_unknown_address_takes_as_long_as_a_known_one(app: Flask) -> None:
    staff.member(password=staff.PASSWORD)
    signing_in.find("warm@example.org", "x")
    spent: dict[str, list[float]] = {EMAIL: [], "nobody@example.org": []}
    for _n in range(12):
        for address, times in spent.items():
            began = time.perf_counter()
            assert signing_in.find(address, "not this one at all") is None
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert 0.6 < known / unknown < 1.6, (known, unknown)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_known", [True, False])
def test_too_many_attempts_wait_and_never_for_longer_than_the_window(
    app: Flask, client: FlaskClient, *, is_known: bool
) -> None:
    if is_known:
        staff.member(held=[VIEWER], password=staff.PASSWORD, has_app=False)
    most = signing_in.OF_ADDRESS[signing_in.SHORT]
    answers = [sign_in(client, "not this one at all") for _n in range(most + 2)]
    assert [one.status_code for one in answers] == [422] * most + [429] * 2
    assert "Wait ten minutes" in answers[-1].text
    assert verbs().count(Verb.SIGN_IN_FAILED_OFTEN) == int(is_known)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert sign_in(client).status_code == (303 if is_known else 422)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_one_network_cannot_try_many_addresses(app: Flask, client: FlaskClient) -> None:
    most = signing_in.OF_NETWORK[signing_in.SHORT]
    from_one = {"REMOTE_ADDR": "192.0.2.7"}
    statuses = [
        client.post("/staff/sign-in/passkey", environ_base=from_one).status_code
        for _n in range(most + 1)
    ]
    assert statuses == [422] * most + [429]
    blocked = client.post(
        "/staff/sign-in", environ_base=from_one, data={"email": "x@example.org", "password": "y"}
    )
    assert blocked.status_code == 429


def test_each_sign_in_is_a_new_session_with_a_strict_cookie(app: Flask) -> None:
    staff.member(held=[VIEWER], password=staff.PASSWORD, has_app=False)
    client = app.test_client()
    cookies = [sign_in(client).headers["Set-Cookie"] for _n in range(2)]
    values = [cookie.partition(";")[0] for cookie in cookies]
    assert values[0] != values[1]
    for cookie in cookies:
        assert cookie.startswith("signing=")
        for attribute in ("HttpOnly", "Path=/", "SameSite=Strict"):
            assert attribute in cookie
        assert "Domain" not in cookie
        assert "Expires" not in cookie


def test_over_tls_the_cookie_is_bound_to_the_host(settings: Settings) -> None:
    over_tls = settings.model_copy(update={"base_url": "https://letters.example.org"})
    app = create_app(over_tls)
    with app.app_context():
        staff.member(held=[VIEWER], password=staff.PASSWORD, has_app=False)
        answer = sign_in(app.test_client())
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-signing=")
        assert "Secure" in cookie
    let_go(app)


def test_a_browser_left_open_is_asked_for_password_or_code_and_gets_a_new_cookie(
    app: Flask,
) -> None:
    who = staff.member(password=staff.PASSWORD)
    browser = staff.browser(app, who)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        page = browser.get("/staff/members/invite")
        assert page.location == "/staff/again?next=/staff/members/invite"
        assert browser.post("/staff/again", password="wrong").status_code == 422
        assert browser.post("/staff/again", code="000000").status_code == 422
        assert browser.post("/staff/again").status_code == 422
        old = browser.client.get_cookie("signing")
        went = browser.post("/staff/again", code=staff.code_of(who), next="/staff/members/invite")
        new = browser.client.get_cookie("signing")
        assert went.location == "/staff/members/invite"
        assert old
        assert new
        assert old.value != new.value
        assert browser.get("/staff/members/invite").status_code == 200
        stale = app.test_client()
        stale.set_cookie("signing", old.value, path="/")
        assert stale.get("/staff").status_code == 303
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        assert browser.post("/staff/again", password=staff.PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "credential",
    ["", "x", "{}", "[]", "null", "1", '{"rawId": 1}', '{"rawId": "AA", "response": {}}',
     '{"rawId": "AA", "response": {"clientDataJSON": "AA"}}', "[" * 5000],
)  # fmt: skip
def test_an_answer_that_is_no_passkeys_opens_nothing(client: FlaskClient, credential: str) -> None:
    assert client.post("/staff/sign-in/passkey/ask").json["challenge"]  # type: ignore[index]
    answer = client.post("/staff/sign-in/passkey", data={"credential": credential})
    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_a_browser_keeps_no_passkey_for_an_ip_address() -> None:
    takes = {
        origin: passkeys.Site("x", origin).takes_passkeys
        for origin in (
            "http://127.0.0.1:8000",
            "http://localhost:8000",
            "http://letters.example.org",
            "https://letters.example.org",
            "https://[::1]",
        )
    }
    assert list(takes.values()) == [False, True, False, True, False]


def test_a_code_seen_over_a_shoulder_does_not_sign_in_again(app: Flask) -> None:
    who = staff.member(password=staff.PASSWORD)
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        code = staff.code_of(who)
        assert sign_in(app.test_client(), code=code).status_code == 303
        assert sign_in(app.test_client(), code=code).status_code == 422
    with transaction():
        assert second_factors.make_recovery_codes(who.id)


def test_whoever_wants_no_mail_is_sent_no_further_invitation(
    client: FlaskClient, inbox: Inbox
) -> None:
    staff.invitation(EMAIL, VIEWER)
    never_again = inbox.link("not-me")
    assert client.get(never_again).status_code == 200
    assert client.post(never_again).status_code in {200, 303}
    staff.look_anew()
    staff.invitation(EMAIL, VIEWER)
    assert len(inbox.mails) == 1
