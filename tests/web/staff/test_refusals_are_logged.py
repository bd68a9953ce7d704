"""Who was refused stands in the log of the machine: by id and page, and nothing that was typed."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from signing.staff_accounts.roles import Held, Role
from tests import make, staff


def test_refused_sign_ins_pages_and_foreign_posts_are_logged_without_what_was_typed(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    make.letter()
    viewer = staff.member("vera@example.org", [Held(Role.VIEWER)], password=staff.PASSWORD)
    caplog.set_level(logging.WARNING)
    stranger = app.test_client()

    typed = {"email": "vera@example.org", "password": "a wrong one that is long", "code": ""}
    assert stranger.post("/staff/sign-in", data=typed).status_code == 422
    typed["password"] = staff.PASSWORD  # right, and without the code
    assert stranger.post("/staff/sign-in", data=typed).status_code == 422
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    form = make.sign_form()
    assert stranger.post("/en/open-roads/sign", data=form, headers=elsewhere).status_code == 403
    browser = staff.browser(app, viewer)
    assert browser.get("/staff/audit").status_code == 403

    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "a sign-in was refused: password, or code of nobody",
        f"a sign-in was refused: password, or code of {viewer.id}",
        "a post from another site was refused at site.sign.send",
        f"member {viewer.id} was refused staff.audit_log.show",
    ]
    assert "example.org" not in caplog.text
