"""Setting up a letter in a real browser: on a phone, by keyboard, without barriers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from signing.core.db import transaction
from signing.staff_accounts import queries, sessions
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.browser.served import Installation
from tests.browser.visitor import PHONE, barriers, too_wide
from tests.conftest import DATABASES

HERE = "/staff/letters/open-streets"


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    with installation.app.app_context():
        make.letter("open-streets", ("en", "ar"), state="draft")
        who = staff.member("setup@example.org", [Held(Role.EDITOR)], has_app=False)
        with transaction():
            value = sessions.open_(queries.get(who.id), "Chromium")
    with PHONE.context(browser, with_scripts=True) as context:
        address = f"{installation.url}/staff"
        context.add_cookies([{"name": "signing", "value": value, "url": address}])
        yield context.new_page()


@pytest.mark.parametrize("installation", DATABASES[:1], indirect=True)
def test_a_letter_is_set_up_and_opened_by_keyboard_on_a_phone(
    page: Page, installation: Installation
) -> None:
    for path in (
        "settings", "settings/who", "settings/times", "settings/fields", "settings/address",
        "settings/picture", "small-texts", "small-texts/ar", "wordings", "state",
    ):  # fmt: skip
        page.goto(f"{installation.url}{HERE}/{path}")
        assert too_wide(page) <= 0, path
        assert barriers(page) == [], path
    page.goto(f"{installation.url}{HERE}/settings/look")
    page.focus("#accent")
    page.keyboard.type("#ffdd00")
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary:focus")
    assert barriers(page) == []
    page.get_by_role("button", name="Take #").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings?done=1")
    page.goto(f"{installation.url}{HERE}/state")
    page.get_by_role("button", name="Open the letter").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/state?done=1")
    page.goto(f"{installation.url}/ar/open-streets")
    assert too_wide(page) <= 0
    assert barriers(page) == []
    ground = "getComputedStyle(document.querySelector('form button')).backgroundColor"
    assert page.evaluate(ground) != "rgb(11, 92, 74)"
