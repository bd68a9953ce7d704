"""A citizen asks for all links, and never to be written to again: a real browser, real mail."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests import make
from tests.books import Books
from tests.browser.served import Installation
from tests.browser.test_journeys import CITIZENS, Citizen
from tests.browser.visitor import PHONE, visitor


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize("citizen", CITIZENS, ids=lambda citizen: citizen.locale)
def test_links_are_asked_for_and_mail_is_ended_without_javascript(
    browser: Browser, installation: Installation, citizen: Citizen
) -> None:
    slug, email = f"never-{citizen.locale}", f"never-{citizen.email}"
    letter = installation.letter(slug)
    with installation.app.app_context():
        make.signature(letter, email=email, locale=citizen.locale, is_confirmed=False)
    with visitor(
        browser, installation.url, PHONE, lang=citizen.locale, direction=citizen.direction
    ) as visiting:
        page = visiting.page
        page.goto(f"{installation.url}/{citizen.locale}/my-links")
        page.fill("[name=email]", "nobody")
        page.click("main button")
        expect(page.locator(".summary")).to_be_visible()
        page.fill("[name=email]", email)
        page.click("main button")
        expect(page.locator(".done")).to_be_visible()
        visiting.look("my links")

        page.goto(installation.link("not-me", to=email))
        visiting.look("not me")
        page.click("main button")
        visiting.look("never again")
        page.click("main button")
        expect(page.locator(".done")).to_be_visible()
        visiting.look("written to again")

    assert Books(installation.app).total(slug) == 0
