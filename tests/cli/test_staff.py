"""The operator invites the first owner, lists the staff and ends an account."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from signing.audit import Verb
from signing.audit.models import AuditEvent
from signing.core.db import db
from signing.core.locales import SOURCE
from signing.staff_accounts import queries
from signing.staff_accounts.models import State
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.cli.conftest import Signing
from tests.conftest import Inbox


def test_the_first_owner_is_invited_from_the_command_line(
    app: Flask, inbox: Inbox, signing: Signing
) -> None:
    done = signing("staff", "invite", "ada@example.org", "--role", "owner", "--locale", "de")
    assert (done.returncode, done.stdout) == (0, "The invitation is in the outbox.\n")
    assert "ada@example.org" not in done.stderr
    link = inbox.link("invitation", to="ada@example.org")
    assert '<html lang="de"' in app.test_client().get(link).text
    assert inbox.mails[-1]["Content-Language"] == "de" != SOURCE

    form = {"name": "Ada Quist", "password": staff.PASSWORD}
    assert app.test_client().post(link, data=form).status_code == 303
    again = signing("staff", "invite", "Ada@Example.org", "--role", "viewer")
    assert again.stdout == "The member has the role.\n"
    listed = signing("staff", "list").stdout
    assert listed == "active\towner:all,viewer:all\tone factor\tAda Quist\tada@example.org\n"


def test_a_role_for_one_letter_and_its_languages(app: Flask, signing: Signing) -> None:
    letter = make.letter()
    words = ["staff", "invite", "luc@example.org", "--role", "translator", "--letter", "open-roads"]
    assert signing(*words).returncode == 1
    assert signing(*words, "--into", "tlh").returncode == 2
    assert signing(*words, "--into", "fr", "--into", "nl").returncode == 0
    assert signing("staff", "invite", "x", "--role", "viewer").returncode == 2
    assert signing("staff", "invite", "x@y.org", "--role", "king").returncode == 2
    wrong = [*words[:-1], "nowhere", "--into", "fr"]
    assert signing(*wrong).returncode == 2
    staff.look_anew()
    assert queries.find_by_address("luc@example.org") is not None
    assert letter.slug in signing("letters", "list").stdout


def test_an_account_is_ended_and_the_last_owner_stays(app: Flask, signing: Signing) -> None:
    staff.member("ada@example.org")
    ben = staff.member("ben@example.org", [Held(Role.VIEWER)])
    staff.look_anew()
    assert signing("staff", "end", "ben@example.org").returncode == 0
    staff.look_anew()
    assert queries.get(ben.id).state == State.ENDED
    refused = signing("staff", "end", "ada@example.org")
    assert refused.returncode == 1
    assert "Somebody has to be owner" in refused.stderr
    assert signing("staff", "end", "nobody@example.org").returncode == 2


def test_sessions_of_one_member_are_ended_or_of_everybody(app: Flask, signing: Signing) -> None:
    ada, ben = (staff.member(f"{name}@example.org") for name in ("ada", "ben"))
    browsers = [staff.browser(app, who) for who in (ada, ada, ben)]
    staff.look_anew()

    assert signing("staff", "sign-out", "ada@example.org").stdout == "2 sessions ended.\n"
    assert [one.get("/staff").status_code for one in browsers] == [303, 303, 200]
    assert signing("staff", "sign-out", "--everybody").stdout == "1 sessions ended.\n"
    assert browsers[2].get("/staff").status_code == 303
    assert signing("staff", "sign-out").returncode == 2
    assert signing("staff", "sign-out", "ada@example.org", "--everybody").returncode == 2
    assert signing("staff", "sign-out", "nobody@example.org").returncode == 2
    ended = select(AuditEvent.details).where(AuditEvent.verb == Verb.SESSIONS_ENDED)
    assert [one["number"] for one in db.session.scalars(ended.order_by(AuditEvent.id))] == [2, 1]
