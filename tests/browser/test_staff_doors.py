"""The staff's doors in a real browser: a passkey of Chromium's virtual authenticator, and an app.

Passkeys need a name instead of an IP address, so this installation is at localhost.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from signing.staff_accounts import queries
from signing.staff_accounts.roles import Held, Role
from tests import staff
from tests.browser.keyboard import Keyboard
from tests.browser.served import Installation, database
from tests.browser.visitor import DESKTOP, PHONE, barriers, too_wide
from tests.conftest import DATABASES
from tests.mail.smtp_server import SmtpServer

# Not complaints: answers that are a "no", and what signing out has cleared.
SAID_ANYWAY = ("Failed to load", "Clear-Site-Data header on ")
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module", params=DATABASES)
def installation(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("staff")
    with (
        database(request.param, folder / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, folder, mail, host="localhost") as served,
    ):
        yield served


def look(page: Page, what: str) -> None:
    """Nothing to complain about: no barrier, no sideways scrolling."""
    assert too_wide(page) <= 0, f"{what}: scrolls sideways"
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"staff-{what}.png", full_page=True)
    assert barriers(page) == [], what


@contextmanager
def visiting(context: BrowserContext) -> Iterator[Page]:
    """Whatever the browser complains about is a failure."""
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [one for one in complaints if not one.startswith(SAID_ANYWAY)] == []


def invite(installation: Installation, email: str, held: Held = staff.OWNER) -> str:
    with installation.app.app_context():
        staff.invitation(email, held)
    return installation.link("invitation", to=email)


def accept(keys: Keyboard, link: str, name: str) -> None:
    keys.page.goto(link)
    look(keys.page, "invitation")
    keys.skip_to_content()
    keys.write("Your name", name)
    keys.write("New password", "short")
    keys.press("Make the account")
    look(keys.page, "invitation-errors")
    keys.follow_summary("Use at least 15 characters. Several words in a row are easy to remember.")
    keys.type(staff.PASSWORD)
    keys.enter()
    expect(keys.page.get_by_role("heading", name="Second factor")).to_be_visible()


def test_an_owner_sets_up_a_passkey_and_signs_in_with_it_alone_all_by_keyboard(
    installation: Installation, browser: Browser
) -> None:
    link = invite(installation, "ada@example.org")
    with PHONE.context(browser, with_scripts=True) as context, visiting(context) as page:
        keys, devtools = Keyboard(page), context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        accept(keys, link, "Ada Quist")
        look(page, "second-factor")
        keys.skip_to_content()
        keys.press("Add a passkey")
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        look(page, "codes")
        keys.skip_to_content()
        keys.press("I have saved them")
        expect(page.get_by_role("heading", name="Letters")).to_be_visible()

        keys.press("Sign out")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        look(page, "sign-in")
        keys.skip_to_content()
        keys.press("Sign in with a passkey")
        expect(page.get_by_role("heading", name="Letters")).to_be_visible()

        page.goto(f"{installation.url}/staff/again?next=/staff/members")
        look(page, "again")
        keys.skip_to_content()
        keys.press("Use a passkey")
        expect(page.get_by_role("heading", name="Members")).to_be_visible()

        keys.press("Sign out")
        id_ = made["authenticatorId"]
        devtools.send("WebAuthn.clearCredentials", {"authenticatorId": id_})
        keys.skip_to_content()
        keys.reach("Sign in with a passkey")
        page.keyboard.press("Enter")
        expect(page.get_by_text("That did not work.")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_focused()
        look(page, "sign-in-refused")


def test_an_owner_sets_up_an_app_without_javascript_and_sees_every_page(
    installation: Installation, browser: Browser
) -> None:
    with installation.app.app_context():
        ben_id = staff.member("ben@example.org", [Held(Role.EDITOR)], name="Ben", has_app=False).id
    installation.letter("night-trains")
    link = invite(installation, "cara@example.org")
    with DESKTOP.context(browser, with_scripts=False) as context, visiting(context) as page:
        page.goto(link)
        page.get_by_label("Your name").fill("Cara Nzinga")
        page.get_by_label("Password").fill(staff.PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
        page.get_by_role("button", name="Set up an app").click()
        expect(page.get_by_role("img")).to_be_visible()
        seen = page.get_by_role("img").evaluate("it => it.decode().then(() => it.naturalWidth)")
        assert seen > 100
        with installation.app.app_context():
            who = queries.find_by_address("cara@example.org")
            assert who is not None
            code = staff.code_of(who, is_waiting=True)
        page.get_by_label("Code from your app").fill(code)
        page.get_by_role("button", name="Set up this app").click()
        expect(page.locator(".codes li")).to_have_count(10)
        recovery = page.locator(".codes li").first.inner_text()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("E-mail address").fill("cara@example.org")
        page.get_by_label("Password").fill(staff.PASSWORD)
        page.get_by_label("Code from your app").fill("000000")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("link", name="Address, password or code is wrong.")).to_be_visible()
        page.get_by_label("Password").fill(staff.PASSWORD)
        page.get_by_label("Code from your app").fill(recovery)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Letters")).to_be_visible()
        state = context.storage_state()
        assert [(one["name"], one["httpOnly"], one["sameSite"]) for one in state["cookies"]] == [
            ("signing", True, "Strict")
        ]

    paths = (
        "", "/members", f"/members/{ben_id}", "/members/invite", "/audit", "/account",
        "/account/password", "/account/second-factor", "/again",
    )  # fmt: skip
    for device in (PHONE, DESKTOP):
        with device.context(browser, with_scripts=True) as examiners, visiting(examiners) as page:
            examiners.add_cookies(state["cookies"])  # type: ignore[arg-type]
            for path in paths:
                page.goto(f"{installation.url}/staff{path}")
                assert page.url.endswith(f"/staff{path}")
                look(page, f"{device.name}{path.replace('/', '-')}")


def test_everything_is_reached_and_pressed_with_the_keyboard_alone(
    installation: Installation, browser: Browser
) -> None:
    with installation.app.app_context():
        staff.member("dov@example.org", [Held(Role.VIEWER)], password=staff.PASSWORD, has_app=False)
    with PHONE.context(browser, with_scripts=False) as context, visiting(context) as page:
        page.goto(f"{installation.url}/staff/audit")
        page.locator("#email").focus()
        page.keyboard.type("dov@example.org")
        page.keyboard.press("Tab")
        page.keyboard.type(staff.PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Your role does not allow this.")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the start")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Letters")).to_be_visible()


def test_the_pages_hold_from_right_to_left_as_well(
    installation: Installation, browser: Browser
) -> None:
    """No language of the staff is written so yet; turned round, nothing may break."""
    with installation.app.app_context():
        who = staff.member("eli@example.org")
        browser_of = staff.browser(installation.app, who)
        cookie = browser_of.client.get_cookie("signing")
        assert cookie is not None
    with PHONE.context(browser, with_scripts=True) as context, visiting(context) as page:
        context.add_cookies([{"name": "signing", "value": cookie.value, "url": installation.url}])
        for path in ("", "/members", "/audit", "/account"):
            page.goto(f"{installation.url}/staff{path}")
            page.evaluate("document.documentElement.dir = 'rtl'")
            look(page, f"rtl{path.replace('/', '-')}")
