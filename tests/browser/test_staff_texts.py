"""Translating in a real browser: on a phone, from right to left, by keyboard, with a preview."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from signing.core.db import transaction
from signing.letters import drafts, queries, writing
from signing.letters.drafts import Written
from signing.letters.pieces import Piece
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.browser.served import Installation, database
from tests.browser.visitor import DESKTOP, PHONE, TOO_WIDE, barriers
from tests.mail.smtp_server import SmtpServer

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
SLUG = "night-trains"


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("texts")
    with (
        database("sqlite", folder / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, folder, mail) as served,
    ):
        served.letter(SLUG)
        with served.app.app_context():
            _change_the_original()
        yield served


def _change_the_original() -> None:
    """So that every translation is stale in one place and lacks another."""
    letter = queries.get_by_slug(SLUG)
    working = writing.get(letter, "en")
    body = working.body.replace("night", "late-night", 1) + "\n\nA new paragraph."
    new = Written(working.title, pieces=(Piece("", body),), based_on=working.based_on)
    with transaction():
        drafts.save(letter, "en", new, by=make.OPERATOR)
    with transaction():
        drafts.publish(letter, "en", 1, has_signatures=False, correction="", by=make.OPERATOR)


def cookie_of(installation: Installation, email: str) -> str:
    with installation.app.app_context():
        signed = staff.browser(
            installation.app, staff.member(email, [Held(Role.EDITOR)], has_app=False)
        )
        cookie = signed.client.get_cookie("signing")
        assert cookie is not None
        return cookie.value


def look(page: Page, what: str) -> None:
    assert page.evaluate(TOO_WIDE) <= 0, f"{what}: scrolls sideways"
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"texts-{what}.png", full_page=True)
    assert barriers(page) == [], what


def test_arabic_is_translated_on_a_phone_with_a_preview_that_keeps_up(
    installation: Installation, browser: Browser
) -> None:
    value = cookie_of(installation, "ada@example.org")
    home = f"{installation.url}/staff/letters/{SLUG}/texts"
    with PHONE.context(browser, with_scripts=True) as context:
        context.add_cookies([{"name": "signing", "value": value, "url": installation.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(home)
        look(page, "list-phone")
        page.goto(f"{home}/ar")
        expect(page.get_by_text("The original changed here since").first).to_be_visible()
        look(page, "editor-ar-phone")
        page.get_by_label("Paragraph 1", exact=True).fill("**إلى المجلس**")
        expect(page.locator("#look strong", has_text="إلى المجلس")).to_be_visible()
        assert page.locator("#look [dir=rtl]").count() == 1
        asked: list[str] = []
        page.on("dialog", lambda dialog: asked.append(dialog.type))
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.get_by_role("link", name="Overview").click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]  # nothing that was typed is left behind unawares
        page.get_by_role("button", name="Save the draft").click()
        expect(page.get_by_text("Done.")).to_be_visible()
        preview = page.get_by_role("link", name="See the whole page with the saved draft")
        page.goto(f"{installation.url}{preview.get_attribute('href')}")
        expect(page.locator("strong", has_text="إلى المجلس")).to_be_visible()
        look(page, "preview-ar-phone")
        assert complaints == []


def test_everything_is_written_with_the_keyboard_alone_and_without_a_script(
    installation: Installation, browser: Browser
) -> None:
    value = cookie_of(installation, "ben@example.org")
    home = f"{installation.url}/staff/letters/{SLUG}/texts"
    with DESKTOP.context(browser, with_scripts=False) as context:
        context.add_cookies([{"name": "signing", "value": value, "url": installation.url}])
        page = context.new_page()
        page.goto(f"{home}/de")
        page.locator("#text-title").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("Nachtzüge, jetzt")
        page.keyboard.press("Tab")
        expect(page.locator("#text-0")).to_be_focused()
        page.keyboard.type("!")
        page.get_by_role("button", name="Show the preview").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".look-title")).to_have_text("Nachtzüge, jetzt")
        page.get_by_role("button", name="Save the draft").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Done.")).to_be_visible()
        expect(page.locator("#text-title")).to_have_value("Nachtzüge, jetzt")
    with DESKTOP.context(browser, with_scripts=True) as context:
        context.add_cookies([{"name": "signing", "value": value, "url": installation.url}])
        page = context.new_page()
        for path in ("", "/de", "/en"):
            page.goto(f"{home}{path}")
            look(page, f"desktop{path.replace('/', '-')}")
        page.goto(f"{installation.url}/staff/new-letter")
        look(page, "new-letter")
