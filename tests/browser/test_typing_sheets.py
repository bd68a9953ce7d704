"""Sheets of paper typed in with the keyboard alone, without JavaScript; and the pages around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from signing.staff_accounts.roles import Held, Role
from tests import staff
from tests.browser.served import Installation
from tests.browser.test_staff_doors import look, visiting
from tests.browser.visitor import PHONE

PLACE = "/staff/letters/night-trains/collected"


def write(page: Page, *words: str) -> None:
    """Words into one field after the other, and Enter in the last."""
    for number, word in enumerate(words):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(word)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True)
def test_sheets_are_typed_in_with_the_keyboard_alone(
    installation: Installation, browser: Browser, tmp_path: Path
) -> None:
    installation.letter("night-trains")
    with installation.app.app_context():
        who = staff.member("fay@example.org", [Held(Role.EDITOR)], has_app=False)
        cookie = staff.browser(installation.app, who).client.get_cookie("signing")
        assert cookie is not None
    held = [{"name": "signing", "value": cookie.value, "url": installation.url}]
    with PHONE.context(browser, with_scripts=False) as context, visiting(context) as page:
        context.add_cookies(held)  # type: ignore[arg-type]
        page.goto(f"{installation.url}{PLACE}/paper")
        page.get_by_label("Where they were collected").focus()
        write(page, "Market square")
        expect(page.get_by_label("Sheet")).to_be_focused()
        write(page, "7", "Zoë Lindqvist", "Ulm")
        expect(page.get_by_label("Name")).to_be_focused()
        expect(page.get_by_label("Sheet")).to_have_value("7")
        write(page, "Ada Quist", "Köln")
        expect(page.get_by_text("2 lines in all · 2 on this sheet")).to_be_visible()
        write(page, "", "Köln")
        expect(page.get_by_text("There is no name.")).to_be_visible()
        expect(page.get_by_label("Name")).to_be_focused()
        entered = page.url
        page.goto(f"{installation.url}/en/night-trains")
        expect(page.get_by_text("plus 2 signatures on paper")).to_be_visible()

    file = tmp_path / "list.csv"
    file.write_text("Name,City\nBo Lind,Ulm\n,Ulm\n")
    with PHONE.context(browser, with_scripts=True) as context, visiting(context) as page:
        context.add_cookies(held)  # type: ignore[arg-type]
        page.goto(entered)
        look(page, "collected-enter")
        for where in ("", "/figure", "/../sheets", "/file"):
            page.goto(f"{installation.url}{PLACE}{where}")
            look(page, f"collected{where.replace('/', '-')}")
        page.get_by_label("What kind of list").select_option("change")
        page.get_by_label("Where they were collected").fill("change.org")
        page.get_by_label("The file").set_input_files(file)
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", name="What do the columns hold?")).to_be_visible()
        look(page, "collected-columns")
        page.get_by_role("button", name="Read the file").click()
        expect(page.get_by_text("1 signature is new.")).to_be_visible(timeout=20_000)
        look(page, "collected-read")
        page.get_by_role("button", name="Leave these rows out").click()
        expect(page.get_by_role("status")).to_have_text("Done.")
