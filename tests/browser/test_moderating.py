"""Moderating by keyboard alone, and looking at the signatures' pages with an examiner's eyes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from signing.core.db import db, transaction
from signing.letters.models import ConsentPurpose
from signing.moderation import objections, reports
from signing.moderation.models import Deed
from signing.moderation.reasons import Reason
from signing.moderation.reports import Said
from signing.signatures.models import Show, Signature
from signing.staff_accounts import queries, sessions
from tests import make, staff
from tests.books import Books
from tests.browser.served import Installation, database
from tests.browser.visitor import DESKTOP, PHONE, Device, barriers, too_wide
from tests.mail.smtp_server import SmtpServer

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
NAMES = ("Visit cheap-pills", "Ada Byron", "Zoë Lindqvist", "Mallory")


@pytest.fixture(scope="module", params=["sqlite"])
def installation(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("moderating")
    with (
        database(request.param, folder / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, folder, mail) as served,
    ):
        yield served


@pytest.fixture(scope="module")
def cookie(installation: Installation) -> str:
    """A letter with one thing of each sort in its queue; and a moderator's session."""
    with installation.app.app_context():
        letter = make.letter()
        shown = (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME)
        for i, name in enumerate(NAMES):
            ref = make.signature(
                letter, name=name, email=f"{i}@example.org", show=Show.FULL, consents=shown
            )
            if i == 0:
                flagged = update(Signature).where(Signature.id == ref.signature_id)
                with transaction():
                    db.session.execute(flagged.values(is_flagged=True, reasons=["markup"]))
        aside = make.decided(letter, Deed.SET_ASIDE, email="aside@example.org", name="Ida Side")
        with transaction():
            objections.object_to(aside, "That is my real name.")
            reports.put(
                letter.id, Said("Mallory", "She told me that it was not her."), Reason.INSULT
            )
        who = staff.member()
        with transaction():
            return sessions.open_(queries.get(who.id), "Chromium, Linux")


def look(page: Page, what: str) -> None:
    page.wait_for_load_state()
    assert too_wide(page) <= 0, f"{what}: scrolls sideways"
    if SCREENSHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(SCREENSHOTS) / f"{what}-{width}.png", full_page=True)
    assert barriers(page) == [], what


def test_the_queue_is_emptied_with_single_keys(
    browser: Browser, installation: Installation, cookie: str
) -> None:
    with DESKTOP.context(browser, with_scripts=True) as context:
        context.add_cookies([{"name": "signing", "value": cookie, "url": installation.url}])
        page = context.new_page()
        page.goto(f"{installation.url}/staff/letters/open-roads/queue")
        keys, titles = page.keyboard, page.locator("form.queue h2")
        expect(titles).to_have_text("An objection")
        look(page, "queue-objection")
        page.locator("nav a").first.focus()
        keys.press("k")  # outside the box no key does anything
        expect(titles).to_have_text("An objection")
        page.locator("form.queue").focus()
        keys.press("r")
        expect(titles).to_have_text("A reported name")
        look(page, "queue-report")
        keys.press("n")
        expect(titles).to_have_text("Noticed by the program")
        look(page, "queue-screened")
        keys.press("h")
        expect(page.locator(".summary")).to_be_visible()
        look(page, "queue-without-reason")
        page.locator("form.queue").focus()
        keys.press("3")
        keys.press("h")
        expect(titles).to_have_text("A reported name")
        keys.press("k")
        expect(page.get_by_text("Nothing waits")).to_be_visible()
        look(page, "queue-empty")
    books = Books(installation.app)
    assert set(books.names("open-roads")) == {*NAMES[1:], "Ida Side"}
    assert books.balance("open-roads")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
def test_the_signatures_pages_fit_every_screen(
    browser: Browser, installation: Installation, cookie: str, device: Device
) -> None:
    with device.context(browser, with_scripts=True) as context:
        context.add_cookies([{"name": "signing", "value": cookie, "url": installation.url}])
        page = context.new_page()
        page.goto(f"{installation.url}/staff/letters/open-roads/signatures")
        page.locator("#bulk summary").click()
        look(page, "signatures")
        page.get_by_role("link", name="Ada Byron").click()
        look(page, "signature")
        page.get_by_role("button", name="Show name, address and comment").click()
        look(page, "signature-opened")
        page.goto(f"{installation.url}/staff/letters/open-roads/signatures")
        page.locator("#bulk summary").click()
        page.get_by_label("All that fit the filters, on all pages").check()
        page.get_by_label("Set aside: it counts no more").check()
        page.get_by_label("The details appear to be invented.").check()
        page.get_by_role("button", name="Preview").click()
        look(page, "bulk")
        page.goto(f"{installation.url}/ar/open-roads/report")
        look(page, "report")
