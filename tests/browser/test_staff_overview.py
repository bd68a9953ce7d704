"""The overview in a real browser: live, on a phone, by keyboard alone, with nothing in the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from signing.core.db import transaction
from signing.jobs import actions as jobs
from signing.jobs.models import Kind
from signing.letters import queries as letters
from signing.staff_accounts import queries, sessions
from tests import make, staff
from tests.browser.served import Installation
from tests.browser.visitor import DESKTOP, PHONE, Device, barriers, too_wide

SLUG = "night-trains"
HERE = f"/staff/letters/{SLUG}"
PAGES = (HERE, f"{HERE}?range=all", f"{HERE}/by/country", f"{HERE}/work", f"{HERE}/history")


@pytest.fixture
def cookie(installation: Installation) -> str:
    """A letter with a few signatures and some work, and an owner who is signed in."""
    installation.letter(SLUG)
    with installation.app.app_context():
        letter = letters.get_by_any_slug(SLUG)
        for number, country in enumerate(("SE", "FR", "FR")):
            make.signature(letter, email=f"{number}@example.org", country=country)
        with transaction():
            jobs.put(Kind.BULK, letter_id=letter.id, subject_id=letter.id).done = 3
        who = queries.find_by_address("ada@example.org") or staff.member()
        with transaction():
            return sessions.open_(queries.get(who.id), "Chrome, Linux")


def enter(context: BrowserContext, installation: Installation, cookie: str) -> Page:
    context.add_cookies([{"name": "signing", "value": cookie, "url": installation.url}])
    return context.new_page()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
def test_nothing_is_in_anybodys_way(
    installation: Installation, browser: Browser, cookie: str, device: Device
) -> None:
    with device.context(browser, with_scripts=True) as context:
        page = enter(context, installation, cookie)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        for path in (*PAGES, "/staff", "/staff/members"):
            page.goto(installation.url + path)
            assert too_wide(page) <= 0, path
            assert barriers(page) == [], path
        assert complaints == []


def test_it_keeps_itself_up_to_date_until_told_not_to_by_keyboard_alone(
    installation: Installation, browser: Browser, cookie: str
) -> None:
    with DESKTOP.context(browser, with_scripts=True) as context:
        page = enter(context, installation, cookie)
        page.goto(installation.url + HERE)
        confirmed = page.locator(".tiles dd.number").first
        expect(confirmed).to_have_text("3")
        page.locator("#course-table summary").press("Enter")
        page.evaluate("document.activeElement.blur()")
        with installation.app.app_context():
            make.signature(letters.get_by_any_slug(SLUG), email="late@example.org")
        expect(confirmed).to_have_text("4", timeout=9_000)
        expect(page.locator("#course-table")).to_have_attribute("open", "")  # as it was left
        page.get_by_role("link", name="Stop updating them").press("Enter")
        expect(page.get_by_role("link", name="Keep these figures up to date")).to_be_visible()
        assert page.locator("[data-live]").count() == 0
