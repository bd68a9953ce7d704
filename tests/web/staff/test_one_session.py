"""A browser has one session: signing in ends the one that it had before."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from signing.staff_accounts import sessions
from signing.staff_accounts.roles import Held, Role
from tests import staff

VIEWER = Held(Role.VIEWER)
FORM = {"email": "ada@example.org", "password": staff.PASSWORD, "code": ""}


def enter(client: FlaskClient, path: str = "/staff/sign-in", **values: str) -> str:
    answer = client.post(path, data=FORM | values)
    staff.look_anew()
    assert answer.status_code == 303
    return answer.location


def test_signing_in_ends_the_session_that_the_browser_had(app: Flask, client: FlaskClient) -> None:
    who = staff.member(held=[VIEWER], password=staff.PASSWORD, has_app=False)
    other = staff.browser(app, who)
    enter(client)
    cookie = client.get_cookie("signing")
    assert cookie is not None
    enter(client)
    assert sessions.find(cookie.value) is None
    assert len(sessions.list_of(who.id)) == 2  # this one, and the other browser's
    assert other.get("/staff").status_code == 200


def test_also_when_somebody_else_signs_in(app: Flask, client: FlaskClient) -> None:
    staff.member(held=[VIEWER], password=staff.PASSWORD, has_app=False)
    before = staff.browser(app, staff.member("ben@example.org", [VIEWER]))
    cookie = before.client.get_cookie("signing")
    assert cookie is not None
    enter(before.client)
    staff.look_anew()
    assert sessions.find(cookie.value) is None


def test_an_address_does_not_say_where_a_form_leads(app: Flask, client: FlaskClient) -> None:
    staff.member(held=[VIEWER], password=staff.PASSWORD, has_app=False)
    assert enter(client, "/staff/sign-in?next=/staff/account") == "/staff"
    assert enter(client, next="/staff/account") == "/staff/account"
