"""One's own account: language, password, sessions, second factors."""

from __future__ import annotations

import re

from flask import Flask

from signing.core.db import transaction
from signing.staff_accounts import queries, second_factors, sessions
from signing.staff_accounts.roles import Held, Role
from signing.web.staff.account import entering
from tests import staff

VIEWER = Held(Role.VIEWER)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"


def test_sessions_are_seen_and_ended_one_by_one_and_all(app: Flask) -> None:
    who = staff.member()
    here, there, elsewhere = (staff.browser(app, who) for _n in range(3))
    page = here.get("/staff/account").text
    assert page.count("Sign out there") == 3
    assert page.count("(this browser)") == 1
    ids = [one.id for one in sessions.list_of(who.id)]
    mine = re.search(r"\(this browser\).*?sessions/([0-9a-f-]{36})/end", page, re.DOTALL)
    assert mine is not None
    other = next(id_ for id_ in ids if str(id_) != mine[1])
    assert here.post(f"/staff/account/sessions/{other}/end").status_code == 303
    assert [b.get("/staff").status_code for b in (there, elsewhere)].count(303) == 1
    here.post("/staff/account/sessions/end-others")
    assert [b.get("/staff").status_code for b in (here, there, elsewhere)] == [200, 303, 303]
    here.post(f"/staff/account/sessions/{mine[1]}/end")
    assert here.get("/staff").status_code == 303


def test_a_new_password_signs_out_everywhere_else(app: Flask) -> None:
    who = staff.member()
    here, there = staff.browser(app, who), staff.browser(app, who)
    assert here.post("/staff/account/password", password="short").status_code == 422
    named = here.post("/staff/account/password", password="ada quist ada quist ada")
    assert "easy to guess" in named.text
    assert here.post("/staff/account/password", password=staff.PASSWORD).status_code == 303
    assert [b.get("/staff").status_code for b in (here, there)] == [200, 303]


def test_pages_speak_the_chosen_language_whatever_the_browser_says(app: Flask) -> None:
    browser = staff.browser(app, staff.member())
    page = browser.get("/staff", headers={"Accept-Language": "fr"})
    assert '<html lang="en" dir="ltr">' in page.text
    browser.post("/staff/account/language", locale="de")
    assert '<html lang="de" dir="ltr">' in browser.get("/staff").text
    browser.post("/staff/account/language", locale="xx")
    assert '<html lang="de" dir="ltr">' in browser.get("/staff").text


def test_the_door_speaks_the_browsers_language_if_the_staff_has_it(app: Flask) -> None:
    for wanted, spoken in {"fr-CA": "fr", "ja, es;q=0.5": "es", "ja": "en"}.items():
        page = app.test_client().get("/staff/sign-in", headers={"Accept-Language": wanted})
        assert f'<html lang="{spoken}"' in page.text


def test_a_member_who_loses_a_factor_keeps_the_other(app: Flask) -> None:
    who = staff.member()
    browser = staff.browser(app, who)
    refused = browser.post("/staff/account/second-factor/app/remove")
    assert refused.status_code == 409
    assert "Your role needs a second factor" in refused.text


def test_a_viewer_removes_the_app_and_new_codes_need_a_factor(app: Flask) -> None:
    who = staff.member(held=[VIEWER])
    browser = staff.browser(app, who)
    codes = browser.post("/staff/account/second-factor/codes")
    assert len(re.findall(r"<code>[a-z2-9-]{14}</code>", codes.text)) == 10
    assert "10 recovery codes are left." in browser.get("/staff/account").text
    browser.post("/staff/account/second-factor/app/remove")
    assert queries.count_recovery_codes(who.id) == 0
    assert browser.post("/staff/account/second-factor/codes").status_code == 303
    assert queries.count_recovery_codes(who.id) == 0


def test_somebody_elses_passkey_cannot_be_removed(app: Flask) -> None:
    who = staff.member()
    with transaction():
        second_factors.make_recovery_codes(who.id)
    eve = staff.browser(app, staff.member("eve@example.org"))
    answer = eve.post(f"/staff/account/second-factor/passkeys/{who.id}/remove")
    assert answer.status_code == 303
    assert queries.has_second_factor(queries.get(who.id))


def test_a_browser_is_named_in_two_words_and_nothing_else_of_it_is_kept() -> None:
    assert entering.device(FIREFOX) == "Firefox, Linux"
    assert entering.device(PHONE) == "Chrome, Android"
    assert entering.device("<script>") == ""
