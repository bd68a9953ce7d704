"""Owners invite, give and take roles, and end accounts; what they may not do is refused."""

from __future__ import annotations

from flask import Flask

from signing.core.ids import HOUSE
from signing.staff_accounts import queries
from signing.staff_accounts.models import State
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.conftest import Inbox

ALL = HOUSE.hex
VIEWER = Held(Role.VIEWER)


def test_an_owner_invites_a_translator_who_reads_the_mail_in_french(
    app: Flask, inbox: Inbox
) -> None:
    letter = make.letter()
    browser = staff.browser(app, staff.member())
    form = {"email": "luc@example.org", "role": "translator", "letter": letter.id.hex}
    missing = browser.post("/staff/members/invite", locale="fr", **form)
    assert missing.status_code == 422
    assert missing.text.count("Choose the languages that the translator may write.") == 2
    sent = browser.post("/staff/members/invite", locale="fr", into=["fr", "nl"], **form)
    assert sent.location == "/staff/members?done=1"
    mail = next(one for one in inbox.mails if "luc@" in one["To"])
    assert mail["Content-Language"] == "fr"
    link = inbox.link("invitation", to="luc@example.org")
    page = app.test_client().get(link)
    assert '<html lang="fr"' in page.text
    app.test_client().post(link, data={"name": "Luc", "password": staff.PASSWORD})
    who = queries.find_by_address("luc@example.org")
    assert who is not None
    assert queries.list_held(who.id) == (Held(Role.TRANSLATOR, letter.id, ("fr", "nl")),)


def test_an_address_that_is_none_is_said_so(app: Flask) -> None:
    browser = staff.browser(app, staff.member())
    answer = browser.post(
        "/staff/members/invite", email="nobody", role="viewer", letter=ALL, locale="en"
    )
    assert answer.status_code == 422
    assert "Enter a complete e-mail address" in answer.text


def test_roles_are_given_and_taken(app: Flask) -> None:
    letter = make.letter()
    owner, ben = staff.member(), staff.member("ben@example.org", [VIEWER], name="Ben")
    browser = staff.browser(app, owner)
    page = f"/staff/members/{ben.id}"
    browser.post(f"{page}/roles", role="editor", letter=letter.id.hex)
    assert queries.list_held(ben.id) == (Held(Role.EDITOR, letter.id), VIEWER)
    browser.post(f"{page}/roles/take", role="viewer", letter=ALL)
    assert queries.list_held(ben.id) == (Held(Role.EDITOR, letter.id),)
    assert browser.post(f"{page}/roles/take", role="owner", letter=ALL).status_code == 404
    assert browser.post(f"{page}/roles", role="king", letter=ALL).status_code == 422


def test_the_last_owner_stays(app: Flask) -> None:
    who = staff.member()
    browser = staff.browser(app, who)
    for answer in (
        browser.post(f"/staff/members/{who.id}/roles/take", role="owner", letter=ALL),
        browser.post(f"/staff/members/{who.id}/end"),
    ):
        assert answer.status_code == 409
        assert "Somebody has to be owner of all letters." in answer.text


def test_whoever_is_ended_is_out_at_once(app: Flask) -> None:
    ben = staff.member("ben@example.org", [VIEWER])
    his, owners = staff.browser(app, ben), staff.browser(app, staff.member())
    assert his.get("/staff").status_code == 200
    owners.post(f"/staff/members/{ben.id}/end")
    assert his.get("/staff").status_code == 303
    assert queries.get(ben.id, to_change=True).state == State.ENDED


def test_an_owner_of_one_letter_knows_its_people_and_gives_roles_for_it_alone(app: Flask) -> None:
    mine, other = make.letter("mine"), make.letter("other")
    browser = staff.browser(app, staff.member(held=[Held(Role.OWNER, mine.id)]))
    colleague = staff.member("ben@example.org", [Held(Role.VIEWER, mine.id), VIEWER], name="Ben")
    stranger = staff.member("cy@example.org", [Held(Role.OWNER, other.id)], name="Cy")
    staff.member("boss@example.org", name="Boss")

    listed = staff.words(browser.get("/staff/members"))
    assert "Ben" in listed
    assert "Cy" not in listed
    assert browser.get(f"/staff/members/{stranger.id}").status_code == 404
    page = browser.get(f"/staff/members/{colleague.id}").text
    assert "All letters" not in page
    assert "End this account" not in page

    for letter in (ALL, other.id.hex):
        form = {"role": "viewer", "letter": letter}
        given = browser.post(f"/staff/members/{colleague.id}/roles", **form)
        assert given.status_code == 422
        invited = browser.post(
            "/staff/members/invite", email="eve@example.org", locale="en", **form
        )
        assert invited.status_code == 422
    taken = browser.post(f"/staff/members/{colleague.id}/roles/take", role="viewer", letter=ALL)
    assert taken.status_code == 403
    for verb in ("end", "renew"):
        assert browser.post(f"/staff/members/{colleague.id}/{verb}").status_code == 403


def test_home_shows_the_letters_of_ones_roles_with_state_and_count(app: Flask) -> None:
    mine = make.letter("mine")
    make.letter("other", locales=("en",))
    make.signature(mine)
    browser = staff.browser(app, staff.member(held=[Held(Role.VIEWER, mine.id)]))
    page = browser.get("/staff").text
    assert page.count("<tr>") == 2
    assert "Open: takes signatures" in page
    assert 'data-label="Signatures">1</td>' in page
    assert "English and Français" in page
    nobody = staff.browser(app, staff.member("x@example.org", [VIEWER]))
    assert nobody.get("/staff").text.count("<tr>") == 3
