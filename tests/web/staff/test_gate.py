"""One gate: every route names its act, and every role is tried at every route."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from signing.core import clock
from signing.core.ids import new_id
from signing.staff_accounts import sessions
from signing.staff_accounts.models import Member
from signing.staff_accounts.roles import MAY, OWN, Act, Held, Role
from signing.web.staff import gate
from tests import make, staff

# Hundreds of routes in six roles; what opens to whom does not depend on the database.
pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

ANYBODY = {
    "staff.sign_in.show",
    "staff.sign_in.enter",
    "staff.sign_in.ask_passkey",
    "staff.sign_in.enter_with_passkey",
    "staff.invitation.show",
    "staff.invitation.accept",
    "staff.too_large.show",
}
EVERYBODY, OWNERS = set(Role), {Role.OWNER}
MODERATORS = {Role.OWNER, Role.MODERATOR}
SIGNATURE_READERS = {Role.OWNER, Role.MODERATOR, Role.EXPORTER}
COLLECTORS = {Role.OWNER, Role.EDITOR, Role.MODERATOR}
EDITORS = {Role.OWNER, Role.EDITOR}
WRITERS = {Role.OWNER, Role.EDITOR, Role.TRANSLATOR}
EXPORTERS = {Role.OWNER, Role.EXPORTER}
# Every route behind the gate, and the roles to which it opens.
TABLE = {
    "staff.home.show": EVERYBODY,
    "staff.again.show": EVERYBODY,
    "staff.again.prove": EVERYBODY,
    "staff.again.ask_passkey": EVERYBODY,
    "staff.again.prove_with_passkey": EVERYBODY,
    "staff.sign_in.leave": EVERYBODY,
    "staff.account.show": EVERYBODY,
    "staff.account.choose_language": EVERYBODY,
    "staff.account.end_session": EVERYBODY,
    "staff.account.end_other_sessions": EVERYBODY,
    "staff.account.show_password": EVERYBODY,
    "staff.account.set_password": EVERYBODY,
    "staff.second_factor.show": EVERYBODY,
    "staff.second_factor.begin_app": EVERYBODY,
    "staff.second_factor.show_qr": EVERYBODY,
    "staff.second_factor.confirm_app": EVERYBODY,
    "staff.second_factor.remove_app": EVERYBODY,
    "staff.second_factor.make_codes": EVERYBODY,
    "staff.second_factor.ask_passkey": EVERYBODY,
    "staff.second_factor.add_passkey": EVERYBODY,
    "staff.second_factor.remove_passkey": EVERYBODY,
    "staff.members.show_all": OWNERS,
    "staff.members.show_invite": OWNERS,
    "staff.members.invite": OWNERS,
    "staff.members.show": OWNERS,
    "staff.members.give_role": OWNERS,
    "staff.members.take_role": OWNERS,
    "staff.members.renew": OWNERS,
    "staff.members.end": OWNERS,
    "staff.members.withdraw": OWNERS,
    "staff.audit_log.show": {Role.OWNER, Role.EDITOR},
    "staff.audit_log.export": OWNERS,
    "staff.overview.show": EVERYBODY,
    "staff.news.show": EVERYBODY,
    "staff.news.show_post": EVERYBODY,
    "staff.news.show_new": {Role.OWNER, Role.EDITOR},
    "staff.news.write": {Role.OWNER, Role.EDITOR},
    "staff.news.publish": {Role.OWNER, Role.EDITOR},
    "staff.news.withdraw": {Role.OWNER, Role.EDITOR},
    "staff.news.remove": {Role.OWNER, Role.EDITOR},
    "staff.news.prepare": {Role.OWNER, Role.EDITOR},
    "staff.news_editor.show": {Role.OWNER, Role.EDITOR, Role.TRANSLATOR},
    "staff.news_editor.save": {Role.OWNER, Role.EDITOR, Role.TRANSLATOR},
    "staff.news_editor.look": {Role.OWNER, Role.EDITOR, Role.TRANSLATOR},
    "staff.news_mailing.show": EVERYBODY,
    "staff.news_mailing.show_send": {Role.OWNER, Role.EDITOR},
    "staff.news_mailing.send": {Role.OWNER, Role.EDITOR},
    "staff.news_mailing.pause": {Role.OWNER, Role.EDITOR},
    "staff.news_mailing.resume": {Role.OWNER, Role.EDITOR},
    "staff.news_mailing.stop": {Role.OWNER, Role.EDITOR},
    "staff.news_mailing.discard": {Role.OWNER, Role.EDITOR},
    "staff.news_mailing.try_out": {Role.OWNER, Role.EDITOR},
    "staff.news_seeing.show_html": EVERYBODY,
    "staff.news_seeing.show_text": EVERYBODY,
    "staff.new_letter.show": EDITORS,
    "staff.new_letter.add": EDITORS,
    "staff.texts.show": WRITERS,
    "staff.texts.add": EDITORS,
    "staff.texts.review": WRITERS,
    "staff.texts.publish": EDITORS,
    "staff.texts.keep": WRITERS,
    "staff.texts.unpublish": EDITORS,
    "staff.texts.discard": EDITORS,
    "staff.texts_editor.show": WRITERS,
    "staff.texts_editor.save": WRITERS,
    "staff.texts_editor.look": WRITERS,
    "staff.texts_files.as_folder": WRITERS,
    "staff.texts_files.as_po": WRITERS,
    "staff.texts_files.as_xliff": WRITERS,
    "staff.texts_files.upload": WRITERS,
    "staff.collected.show": EVERYBODY,
    "staff.collected.show_one": COLLECTORS,
    "staff.collected.undo": COLLECTORS,
    "staff.collected.remove": COLLECTORS,
    "staff.collected.show_people": SIGNATURE_READERS,
    "staff.collected.find": SIGNATURE_READERS,
    "staff.collected.export": {Role.OWNER, Role.EXPORTER},
    "staff.collected_entry.show_new": COLLECTORS,
    "staff.collected_entry.begin": COLLECTORS,
    "staff.collected_entry.show": COLLECTORS,
    "staff.collected_entry.enter": COLLECTORS,
    "staff.collected_figures.show_new": COLLECTORS,
    "staff.collected_figures.show": COLLECTORS,
    "staff.collected_figures.save": COLLECTORS,
    "staff.collected_files.show": COLLECTORS,
    "staff.collected_files.upload": COLLECTORS,
    "staff.collected_files.show_columns": COLLECTORS,
    "staff.collected_files.choose_columns": COLLECTORS,
    "staff.collected_files.count": COLLECTORS,
    "staff.collected_sheets.show": COLLECTORS,
    "staff.collected_sheets.make": COLLECTORS,
    "staff.exports.show_all": EXPORTERS,
    "staff.exports.show": EXPORTERS,
    "staff.exports.approve": EXPORTERS,
    "staff.exports.refuse": EXPORTERS,
    "staff.exports.drop": EXPORTERS,
    "staff.exports.fetch": EXPORTERS,
    "staff.exports.list_gone": EXPORTERS,
    "staff.exports_asking.show": EXPORTERS,
    "staff.exports_asking.preview": EXPORTERS,
    "staff.exports_asking.ask": EXPORTERS,
    "staff.exports_delivery.make": EXPORTERS,
    "staff.exports_delivery.show": EXPORTERS,
    "staff.exports_delivery.fetch": EXPORTERS,
    "staff.settings.show": EDITORS,
    "staff.settings.show_group": EDITORS,
    "staff.settings.save": EDITORS,
    "staff.settings_address.show": EDITORS,
    "staff.settings_address.rename": EDITORS,
    "staff.settings_picture.show": EDITORS,
    "staff.settings_picture.put": EDITORS,
    "staff.settings_picture.aim": EDITORS,
    "staff.settings_picture.remove": EDITORS,
    "staff.states.show": EDITORS,
    "staff.states.open_letter": EDITORS,
    "staff.states.close": EDITORS,
    "staff.states.deliver": EDITORS,
    "staff.states.take_delivery_back": EDITORS,
    "staff.states.archive": EDITORS,
    "staff.states.take_out": EDITORS,
    "staff.phrases.show": EDITORS | {Role.TRANSLATOR},
    "staff.phrases.show_language": EDITORS | {Role.TRANSLATOR},
    "staff.phrases.save": EDITORS | {Role.TRANSLATOR},
    "staff.wordings.show": EVERYBODY,
    "staff.wordings.prepare": EDITORS,
    "staff.wordings.approve": EDITORS,
    "staff.overview.by": EVERYBODY,
    "staff.signatures.show": SIGNATURE_READERS,
    "staff.signatures.find": SIGNATURE_READERS,
    "staff.signatures_one.show": SIGNATURE_READERS,
    "staff.signatures_one.open_": SIGNATURE_READERS,
    "staff.signatures_one.correct": MODERATORS,
    "staff.signatures_one.resend": MODERATORS,
    "staff.signatures_one.decide": MODERATORS,
    "staff.signatures_one.ask_withdraw": MODERATORS,
    "staff.signatures_one.withdraw": MODERATORS,
    "staff.signatures_bulk.show_all": MODERATORS,
    "staff.signatures_bulk.preview": MODERATORS,
    "staff.signatures_bulk.show": MODERATORS,
    "staff.signatures_bulk.start": MODERATORS,
    "staff.signatures_bulk.undo": MODERATORS,
    "staff.queue.show": MODERATORS,
    "staff.queue.decide": MODERATORS,
    "staff.work.show": EVERYBODY,
    "staff.work.pause": EVERYBODY,
    "staff.work.resume": EVERYBODY,
    "staff.history.show": {Role.OWNER, Role.EDITOR},
    "staff.partners.show_all": {Role.OWNER, Role.EDITOR},
    "staff.partners.show_invite": {Role.OWNER, Role.EDITOR},
    "staff.partners.invite": {Role.OWNER, Role.EDITOR},
    "staff.partners.show_code": {Role.OWNER, Role.EDITOR},
    "staff.partners.make_code": {Role.OWNER, Role.EDITOR},
    "staff.partners.suspend": {Role.OWNER, Role.EDITOR},
    "staff.partners.resume": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.show": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.edit": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.set_contact": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.renew_link": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.set_logo": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.remove_logo": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.show_logo": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.show_qr": {Role.OWNER, Role.EDITOR},
    "staff.partners_one.show_qr_picture": {Role.OWNER, Role.EDITOR},
    "staff.partners_programs.show": {Role.OWNER},
    "staff.partners_programs.export": {Role.OWNER},
    "staff.partners_newsletter.save": {Role.OWNER},
    "staff.partners_newsletter.limit": {Role.OWNER},
    "staff.partners_tokens.make": {Role.OWNER},
    "staff.partners_tokens.revoke": {Role.OWNER},
    "staff.partners_hooks.add": {Role.OWNER},
    "staff.partners_hooks.renew": {Role.OWNER},
    "staff.partners_hooks.switch": {Role.OWNER},
    "staff.partners_hooks.replay": {Role.OWNER},
    "staff.partners_hooks.remove": {Role.OWNER},
    "staff.partners_embed.show": {Role.OWNER, Role.EDITOR},
    "staff.partners_embed.style": {Role.OWNER, Role.EDITOR},
    "staff.programs.show": OWNERS,
    "staff.programs.make": OWNERS,
    "staff.programs.revoke": OWNERS,
}
# What asks again who one is, because it should not be done with a browser left open.
FRESH = {
    "staff.collected.export",
    "staff.partners.show_invite", "staff.partners.invite", "staff.partners_one.set_contact",
    "staff.partners_one.renew_link", "staff.partners_programs.export", "staff.partners_tokens.make",
    "staff.partners_hooks.add", "staff.partners_hooks.renew", "staff.programs.make",
    "staff.account.show_password", "staff.account.set_password", "staff.members.show_invite",
    "staff.members.invite", "staff.members.show", "staff.members.give_role",
    "staff.signatures_one.ask_withdraw", "staff.signatures_one.withdraw",
    "staff.members.withdraw",
    "staff.members.take_role", "staff.members.renew", "staff.members.end", "staff.audit_log.export",
    "staff.exports.approve", "staff.exports.refuse", "staff.exports.drop", "staff.exports.fetch",
    "staff.exports.list_gone", "staff.exports_asking.show", "staff.exports_asking.preview",
    "staff.exports_asking.ask", "staff.exports_delivery.make",
    "staff.exports_delivery.fetch",
    "staff.states.deliver", "staff.wordings.approve",
    "staff.news_mailing.show_send", "staff.news_mailing.send",
} | {name for name in TABLE if name.startswith("staff.second_factor.")}  # fmt: skip


@pytest.fixture(autouse=True)
def a_letter(app: Flask) -> None:
    make.letter()


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff")]


def method(rule: Rule) -> str:
    return "POST" if "POST" in (rule.methods or ()) else "GET"


def path(app: Flask, rule: Rule, ids: dict[str, Any]) -> str:
    """Where an address names a letter or a language, it is one that is there."""
    named = {"slug": "open-roads", "into": "fr", "locale": "en", "group": "who"}
    named |= {"state": "on"} | ids
    values = {name: named.get(name, new_id()) for name in rule.arguments}
    return app.url_map.bind("").build(rule.endpoint, values)


def test_every_staff_route_is_behind_the_gate_but_the_doors(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app)} == TABLE.keys() | ANYBODY
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        assert (view in gate.OPEN) is (rule.endpoint in ANYBODY)
        assert (view in gate.ASKED) is (rule.endpoint in TABLE)
        assert len({"GET", "POST"} & (rule.methods or set())) == 1, "one method a view"
    for view in gate.ASKED.keys() | gate.OPEN:
        assert view in app.view_functions.values()


def test_what_asks_again_is_what_should(app: Flask) -> None:
    fresh = {name for name in TABLE if gate.ASKED[app.view_functions[name]].fresh}
    assert fresh == FRESH


@pytest.fixture
def someone(app: Flask) -> Member:
    return staff.member("other@example.org", [Held(Role.VIEWER)])


@pytest.mark.parametrize("role", Role)
def test_each_route_opens_to_the_roles_of_the_table(
    app: Flask, someone: Member, role: Role
) -> None:
    who = staff.member(held=[Held(role, locales=("fr",))])
    other = {"member_id": someone.id}
    opened, browser = set(), staff.browser(app, who)
    for rule in rules(app):
        if rule.endpoint in ANYBODY:
            continue
        if rule.endpoint.startswith(("staff.account.", "staff.sign_in.", "staff.again.")):
            browser = staff.browser(app, who)  # what came before may have ended the session
        address = path(app, rule, other)
        answer = browser.post(address) if method(rule) == "POST" else browser.get(address)
        assert answer.status_code < 500, rule.endpoint
        if answer.status_code != 403:
            opened.add(rule.endpoint)
    assert opened == {name for name, roles in TABLE.items() if role in roles}


@pytest.mark.parametrize("role", Role)
def test_a_role_for_a_letter_opens_the_same_routes(app: Flask, role: Role) -> None:
    letter = make.letter()
    who = staff.member(held=[Held(role, letter.id, ("fr",))])
    for rule in rules(app):
        if rule.endpoint in ANYBODY or method(rule) == "POST" or rule.arguments:
            continue
        answer = staff.browser(app, who).get(rule.rule)
        assert (answer.status_code == 403) is (role not in TABLE[rule.endpoint]), rule.endpoint


def test_nobody_gets_in_without_a_session(app: Flask) -> None:
    for rule in rules(app):
        if rule.endpoint not in ANYBODY:
            answer = app.test_client().open(path(app, rule, {}), method=method(rule))
            assert answer.status_code == 303, rule.endpoint
            assert answer.headers["Location"].startswith("/staff/sign-in"), rule.endpoint
            assert "Set-Cookie" not in answer.headers


def test_a_made_up_cookie_opens_nothing(app: Flask) -> None:
    client = app.test_client()
    for value in ("", "x" * 43, "é", "a" * 3000):
        client.set_cookie("signing", value, path="/")
        assert client.get("/staff").status_code == 303


def test_no_form_is_taken_without_the_token_of_its_session(app: Flask) -> None:
    who = staff.member()
    mine, other = staff.browser(app, who), staff.browser(app, who)
    foreign = other.token()
    for rule in rules(app):
        if rule.endpoint in TABLE and method(rule) == "POST":
            for token in ("", "nonsense", foreign):
                answer = mine.post(path(app, rule, {}), csrf_token=token)
                assert answer.status_code == 400, rule.endpoint
    assert mine.get("/staff").status_code == 200  # sign-out among them: nothing was done


def test_a_form_from_another_site_is_refused_at_the_door_as_well(app: Flask) -> None:
    answer = app.test_client().post(
        "/staff/sign-in", data={"email": "a@b.org"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("role", [Role.OWNER, Role.EXPORTER, Role.MODERATOR])
def test_without_a_second_factor_nothing_opens_but_setting_one_up(app: Flask, role: Role) -> None:
    who = staff.member(held=[Held(role)], has_app=False)
    browser = staff.browser(app, who)
    for rule in rules(app):
        if rule.endpoint in ANYBODY:
            continue
        act = gate.ASKED[app.view_functions[rule.endpoint]].act
        address = path(app, rule, {"member_id": who.id})
        if act is not Act.SET_UP:
            answer = browser.post(address) if method(rule) == "POST" else browser.get(address)
            assert answer.status_code == 303, rule.endpoint
            assert answer.headers["Location"] == "/staff/account/second-factor", rule.endpoint
    assert browser.get("/staff/account/second-factor").status_code == 200


def test_an_editor_needs_none(app: Flask) -> None:
    who = staff.member(held=[Held(Role.EDITOR)], has_app=False)
    assert staff.browser(app, who).get("/staff").status_code == 200


def test_what_asks_again_does_so_after_ten_minutes_and_leads_back(app: Flask) -> None:
    who = staff.member()
    browser = staff.browser(app, who)
    ids = {"member_id": who.id}
    with time_machine.travel(clock.now() + sessions.PROVED * 1.1):
        for rule in rules(app):
            if rule.endpoint not in FRESH:
                continue
            address = path(app, rule, ids)
            answer = browser.post(address) if method(rule) == "POST" else browser.get(address)
            assert answer.status_code == 303, rule.endpoint
            assert answer.headers["Location"].startswith("/staff/again?next=/staff/"), rule.endpoint
            assert browser.get(answer.headers["Location"]).status_code == 200


def test_every_answer_is_private_and_of_no_use_to_robots(app: Flask) -> None:
    browser = staff.browser(app, staff.member())
    for rule in rules(app):
        if method(rule) == "GET":
            headers = browser.get(path(app, rule, {})).headers
            assert headers["Cache-Control"] == "no-store", rule.endpoint
            assert "noindex" in headers["X-Robots-Tag"], rule.endpoint
            assert "unsafe" not in headers["Content-Security-Policy"], rule.endpoint


ELSEWHERE = [
    "https://evil.example/staff", "//evil.example", "/en/", "/staffx", "/staff/../en",
    "javascript:alert(1)", "/staff\n/x",
]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_leads_to_pages_of_the_staff_alone(app: Flask, address: str) -> None:
    browser = staff.browser(app, staff.member())
    answer = browser.get("/staff/sign-in", query_string={"next": address})
    assert answer.headers["Location"] == "/staff"


def test_the_table_knows_every_act_that_has_a_page(app: Flask) -> None:
    for name, roles in TABLE.items():
        act = gate.ASKED[app.view_functions[name]].act
        allowed = EVERYBODY if act in OWN else {role for role in Role if act in MAY[role]}
        assert roles == allowed, name


def test_citizens_pages_know_nothing_of_a_session(app: Flask) -> None:
    browser, citizen = staff.browser(app, staff.member()), app.test_client()
    for address in ("/en/", "/en/open-roads", "/en/imprint", "/embed/open-roads/en.json"):
        mine, theirs = browser.get(address), citizen.get(address)
        assert mine.data == theirs.data
        assert "Set-Cookie" not in mine.headers
        assert "Cookie" not in mine.headers.get("Vary", "")
