"""The small piece of work in a real browser: while typing, at once, and not at all."""

from __future__ import annotations

import time

from playwright.sync_api import Browser, Page, Route, expect

from signing.core.db import db, transaction
from signing.letters.models import Letter, ProofOfWork
from tests.browser.served import Installation
from tests.browser.visitor import PHONE, barriers

SLUG = "night-trains"
WORK_SECONDS = 20


def fill(page: Page, email: str) -> None:
    page.get_by_label("Your name").fill("Zoë Lindqvist")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Country").select_option("SE")


def force(installation: Installation, choice: ProofOfWork) -> None:
    with installation.app.app_context(), transaction():
        db.session.query(Letter).filter_by(slug=SLUG).update({"work": choice})
    time.sleep(1.5)  # so long the page cache of each process keeps the page


def spoil_stamp(route: Route) -> None:
    """As from a page that lay around for weeks."""
    body = (route.request.post_data or "").replace("stamp=", "stamp=old")
    route.continue_(post_data=body)


def test_under_pressure_the_work_is_done_while_the_form_is_filled_in(
    installation: Installation, browser: Browser
) -> None:
    installation.letter(SLUG)
    force(installation, ProofOfWork.ON)
    with PHONE.context(browser, with_scripts=True) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{installation.url}/en/{SLUG}")
        fill(page, "busy@posteo.de")
        page.locator("input[name=altcha]").wait_for(state="attached")
        page.get_by_role("button", name="Sign the letter").click()
        page.wait_for_url("**/sent?t=*")
        assert complaints == []
        assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    force(installation, ProofOfWork.AUTO)


def test_the_page_one_moment_goes_on_by_itself(
    installation: Installation, browser: Browser
) -> None:
    installation.letter(SLUG)
    with PHONE.context(browser, with_scripts=True) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/ar/{SLUG}")
        page.locator("#name").fill("ليلى حداد")
        page.locator("#email").fill("layla@posteo.de")
        page.locator("#country").select_option("SE")
        page.route("**/sign", spoil_stamp, times=1)
        page.locator("form.form button").click()
        page.wait_for_url("**/sent?t=*", timeout=WORK_SECONDS * 1000)


def test_without_scripts_the_page_says_how_long_to_wait(
    installation: Installation, browser: Browser
) -> None:
    installation.letter(SLUG)
    with PHONE.context(browser, with_scripts=True) as context:  # for axe, which is a script
        page = context.new_page()
        page.route("**/work.js*", lambda route: route.abort())
        page.goto(f"{installation.url}/en/{SLUG}")
        fill(page, "patient@posteo.de")
        page.route("**/sign", spoil_stamp, times=1)
        page.get_by_role("button", name="Sign the letter").click()
        expect(page.get_by_role("heading", name="One moment")).to_be_visible()
        expect(page.get_by_text("Wait 20 seconds and press the button.")).to_be_visible()
        expect(page.get_by_role("status")).to_be_hidden()
        assert barriers(page) == []
        page.get_by_role("button", name="Continue").click()  # too early: nothing is lost by that
        expect(page.get_by_role("heading", name="One moment")).to_be_visible()
        assert page.locator("input[name=email]").input_value() == "patient@posteo.de"
