"""Whoever comes by a partner's link counts for them: a real browser, without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from signing.core.db import let_go
from signing.counts.models import Dimension
from signing.letters.models import Letter
from signing.partners.models import Partner
from signing.signatures import credit, queries
from tests import make
from tests.browser.served import Installation
from tests.browser.visitor import PHONE, Visitor, visitor

EMAIL = "samira@example.org"


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
def test_from_a_partners_link_to_their_numbers_without_javascript(
    browser: Browser, installation: Installation
) -> None:
    letter = installation.letter("brought")
    with installation.app.app_context():
        green, other = make.partner(letter), make.partner(letter, "other")
    with visitor(browser, installation.url, PHONE, lang="ar", direction="rtl") as visiting:
        _sign(visiting, installation, "green-web")
        visiting.page.goto(installation.link("confirm", to=EMAIL))
        visiting.page.click("main button")
    _check(installation, letter, green, other)


def _sign(visiting: Visitor, installation: Installation, code: str) -> None:
    page = visiting.page
    page.goto(f"{installation.url}/ar/brought?from={code}")
    assert page.url.endswith(f"/ar/brought/from/{code}")
    page.fill("[name=name]", "سميرة")
    page.fill("[name=email]", EMAIL)
    page.select_option("[name=country]", "SE")
    page.click("form.form button")
    expect(page.locator(".address")).to_be_visible()
    assert page.context.cookies() == []


def _check(installation: Installation, letter: Letter, green: Partner, other: Partner) -> None:
    with installation.app.app_context():
        let_go()
        tally = queries.tally(letter.id)
        assert tally[Dimension.PARTNER, green.id.hex] == 1
        assert tally[Dimension.BROUGHT, f"{green.id.hex}:ar"] == 1
        assert (Dimension.PARTNER, other.id.hex) not in tally
        assert credit.totals(letter.id) == {}
