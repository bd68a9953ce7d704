"""People of the staff for tests: members by the real verbs, and browsers that are signed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from signing.core import clock
from signing.core.db import db, let_go, transaction
from signing.core.ids import HOUSE
from signing.core.tokens import SignatureRef
from signing.staff_accounts import (
    actions,
    invitations,
    passwords,
    profile,
    queries,
    second_factors,
    sessions,
)
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.models import Invitation, Member
from signing.staff_accounts.roles import Held, Role

PASSWORD = "brass lamp under nine clouds"
OWNER = Held(Role.OWNER)


def member(
    email: str = "ada@example.org",
    held: Sequence[Held] = (OWNER,),
    *,
    name: str = "Ada Quist",
    password: str = "",
    has_app: bool = True,
    locale: str = "en",
) -> Member:
    """Somebody who has accepted; without a password unless one is given, since hashing is slow."""
    hashed = passwords.hash_(password) if password else "none"
    refs = [invitation(email, one, locale=locale) for one in held]
    with transaction():
        made = invitations.accept(refs[0].signature_id, name=name, hashed=hashed)
    if has_app:
        set_app(made)
    return queries.get(made.id)


def invitation(
    email: str = "ben@example.org", held: Held = OWNER, *, locale: str = "en"
) -> SignatureRef:
    """An invitation as its link speaks of it."""
    with transaction():
        made = invitations.invite(email, held, locale, by=Doer.operator())
    newest = select(Invitation.id).where(Invitation.member_id == made.id)
    found = db.session.scalars(newest.order_by(Invitation.id.desc())).first()
    assert found is not None
    return SignatureRef(HOUSE, found)


def set_app(who: Member) -> None:
    with transaction():
        second_factors.begin_app(who.id)
    code = code_of(who, is_waiting=True)  # reads, and lets go of what it has read in
    with transaction():
        assert second_factors.confirm_app(who.id, code)


def code_of(who: Member, *, steps: int = 0, is_waiting: bool = False) -> str:
    """What the app shows, so many steps from now."""
    look_anew()
    person = profile.of(queries.get(who.id))
    app = pyotp.TOTP(person.totp_next if is_waiting else person.totp)
    return app.at(clock.now() + timedelta(seconds=30 * steps))


@dataclass
class Browser:
    """A browser that sends forms as they stand on our pages: with their hidden fields."""

    client: FlaskClient
    last: TestResponse | None = field(default=None, repr=False)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)  # by session

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        self.last = self.client.get(path, **kwargs)
        look_anew()
        return self.last

    def post(self, path: str, **values: Any) -> TestResponse:
        """The token of the session is in every form."""
        sent = {"csrf_token": self.token()} | values
        self.last = self.client.post(path, data=sent, buffered=True)
        look_anew()
        return self.last

    def token(self) -> str:
        cookie = self.client.get_cookie("signing", path="/")
        session = cookie.value if cookie else ""
        if not self.tokens.get(session):
            page = self.client.get("/staff/again")
            found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
            self.tokens[session] = found[1] if found else ""
        return self.tokens[session]

    def sign_in(self, who: Member) -> Browser:
        """By a session of the real verbs, without a password."""
        with transaction():
            value = sessions.open_(queries.get(who.id), "Firefox, Linux")
        self.client.set_cookie("signing", value, path="/")
        return self


def look_anew() -> None:
    """What the test reads from now on is what requests have left."""
    let_go()
    db.session.expire_all()


def browser(app: Flask, who: Member | None = None) -> Browser:
    made = Browser(app.test_client())
    return made.sign_in(who) if who else made


def words(answer: TestResponse) -> str:
    """What a page says, without markup."""
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


def ended(who: Member) -> None:
    with transaction():
        actions.end(who.id, by=Doer.operator())
