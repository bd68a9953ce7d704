"""A mistyped mail domain: somebody is asked, and nobody is refused for it."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests import make
from tests.conftest import Inbox


def test_whoever_slipped_is_asked_and_may_still_be_right(client: FlaskClient, inbox: Inbox) -> None:
    make.letter()
    for address, asked in (("zoe@gmial.com", True), ("zoe@example.org", False)):
        form = make.sign_form(email=address)
        page = client.post("/en/open-roads/sign", data=form, follow_redirects=True).text
        assert ("Did you mean" in page) is asked
        assert page.count("Check the spelling of the address above") == 1
    assert [mail["To"] for mail in inbox.mails] == ["zoe@gmial.com", "zoe@example.org"]


def test_an_address_where_no_mail_can_be_is_refused_for_that_and_not_as_incomplete(
    client: FlaskClient,
) -> None:
    make.letter()
    form = make.sign_form(email="zoe@nodomain.invalid")
    page = client.post("/en/open-roads/sign", data=form)
    assert page.status_code == 422
    assert "There is no mail at nodomain.invalid." in page.text
    assert "Enter a complete e-mail address" not in page.text
