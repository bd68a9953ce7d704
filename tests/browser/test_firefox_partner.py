"""The counter in Firefox, on a stranger's website under the strictest CSP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import make
from tests.browser.embed_probe import partner_page, partner_site, strictest_policy
from tests.browser.firefox import FIREFOX, Firefox
from tests.browser.served import Installation
from tests.browser.visitor import number_in
from tests.conftest import missing

WATCH = """<script>window.refused = [];
document.addEventListener("securitypolicyviolation",
    ({ violatedDirective, blockedURI }) => {
        // Firefox asks the partner's own server for a favicon.
        if (!blockedURI.endsWith("/favicon.ico")) refused.push(violatedDirective, blockedURI);
    });</script>"""
ROOT = "document.querySelector('letter-counter').shadowRoot"
pytestmark = [
    pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    if not Path(FIREFOX).exists():
        missing(f"{FIREFOX} is missing: apt install firefox-esr")
    with Firefox(tmp_path_factory.mktemp("firefox") / "profile") as opened:
        yield opened


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("ar", "rtl"), ("ja", "ltr")])
def test_the_counter_shows_its_number_under_the_strictest_policy(
    firefox: Firefox, installation: Installation, locale: str, direction: str
) -> None:
    slug = f"firefox-{locale}"
    letter = installation.letter(slug)
    with installation.app.app_context():
        for number in range(5):
            make.signature(letter, email=f"zoe{number}@example.org", locale="fr")
    page = partner_page(
        installation.url,
        letter=slug,
        locale=None,
        lang=locale,
        direction=direction,
        attributes="by-locale",
    )
    page = page.replace("<title>", WATCH.replace("<script>", "<script nonce=watch>") + "<title>")
    policy = strictest_policy(installation.url).replace(
        "script-src ", "script-src 'nonce-watch' "
    ) + "; require-trusted-types-for 'script'"  # fmt: skip
    with partner_site(page, policy=policy) as url:
        firefox.open(url)
        number = firefox.wait_for(f"return {ROOT}.querySelector('[part=number]')?.textContent")
        assert number_in(number) == 5
        shown = f"{ROOT}.firstElementChild"
        assert firefox.script(f"return {shown}.lang + ' ' + {shown}.dir") == f"{locale} {direction}"
        assert (
            firefox.script(f"return getComputedStyle({ROOT}.querySelector('b')).display") == "block"
        )
        languages = firefox.script(f"return {ROOT}.querySelector('[part=languages]').textContent")
        assert number_in(languages) == 5
        asked = firefox.script("return performance.getEntriesByType('resource').map(e => e.name)")
        assert all(one.startswith(installation.url) for one in asked)
        assert firefox.script("return window.refused") == []
        assert firefox.script("return document.cookie") == ""
