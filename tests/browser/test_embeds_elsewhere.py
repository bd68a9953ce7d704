"""What else partners put into their pages, in a real browser on another origin."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from signing.letters import queries as letters
from tests import make
from tests.browser.embed_probe import (
    Seen,
    partner_page,
    partner_site,
    set_visible,
    strictest_policy,
    visit,
)
from tests.browser.served import Installation

pytestmark = pytest.mark.parametrize(
    "installation", ["sqlite"], indirect=True, scope="module"
)  # both databases: test_partner_page.py

# How much of the page has moved so far, as Lighthouse counts it (Cumulative Layout Shift).
_SHIFTED = """() => new Promise((told) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) sum += one.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => told(sum), 500);
})"""


@pytest.fixture(autouse=True)
def _ends_well(browser: Browser) -> Iterator[None]:
    yield
    for context in browser.contexts:
        context.close()


def _letter(installation: Installation, slug: str, n: int = 5) -> str:
    letter = installation.letter(slug)
    with installation.app.app_context():
        for number in range(n):
            make.signature(letter, email=f"{number}@example.org", locale="fr" if number else "de")
    return slug


def _ask(installation: Installation, path: str) -> bytes:
    with urllib.request.urlopen(installation.url + path) as answer:  # noqa: S310  # our own
        body: bytes = answer.read()
    return body


def _page(script: str, body: str, lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>A partner</title>'
        f"{script}<main><h1>A partner</h1>{body}</main></html>"
    )


def test_the_number_alone_fills_marked_places_in_their_language(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "marked")
    script = f'<script type="module" src="{installation.url}/embed/v1-number.js"></script>'
    body = (
        f'<b data-letter-number="{slug}">some</b>'
        f'<p lang="de-AT"><b data-letter-number="{slug}">einige</b></p>'
        '<b data-letter-number="no-such-letter">a few</b>'
    )
    with partner_site(_page(script, body), policy=strictest_policy(installation.url)) as url:
        seen = visit(browser, url)
        places = seen.page.locator("[data-letter-number]")
        expect(places.nth(0)).to_have_text("5")
        expect(places.nth(1)).to_have_text("5")
        expect(places.nth(2)).to_have_text("a few")
        asked = seen.asked(installation.url)
        assert f"/embed/{slug}/de.json" in asked
        assert not [one for one in seen.complaints if "404" not in one]


def test_the_element_shows_languages_on_request(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "by-language")
    page = partner_page(installation.url, letter=slug, locale="en", attributes="by-locale")
    with partner_site(page, policy=strictest_policy(installation.url)) as url:
        seen = visit(browser, url)
        expect(seen.number).to_be_visible()
        languages = seen.element.locator('[part="language"]')
        assert languages.all_inner_texts() == ["French · 4", "German · 1"]
        assert seen.complaints == []
        assert seen.barriers() == []


def test_a_script_with_its_hash_is_taken_and_one_that_was_changed_is_not(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "pinned")
    script = json.loads(_ask(installation, "/embed/integrity.json"))["scripts"]["v1"]
    address = script["latest"]
    page = partner_page(installation.url, letter=slug, locale="en").replace(
        '/embed/v1.js"', f'{address}" crossorigin="anonymous" integrity="HASH"'
    )
    policy = strictest_policy(installation.url)
    with partner_site(page.replace("HASH", script["released"][address]), policy=policy) as url:
        seen = visit(browser, url)
        expect(seen.number).to_have_text("5")
        assert seen.complaints == []
    forged = "sha384-" + "A" * 64
    with partner_site(page.replace("HASH", forged), policy=policy) as url:
        seen = visit(browser, url)
        expect(seen.baked_link).to_be_visible()
        seen.page.wait_for_timeout(500)
        assert seen.number.count() == 0


def test_offline_the_number_stays_with_the_time_at_which_it_was_so(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "away")
    page = partner_page(
        installation.url, letter=slug, locale="en", attributes='interval="10"',
        link_text="3 people have signed (1 November 2026)",
    )  # fmt: skip
    with partner_site(page, policy=strictest_policy(installation.url)) as url:
        seen = visit(browser, url)
        expect(seen.number).to_have_text("5")
        expect(seen.part("as-of")).to_have_text("")
        seen.page.context.set_offline(True)
        seen.page.evaluate("dispatchEvent(new Event('online'))")  # spares us the pause
        expect(seen.part("as-of")).not_to_have_text("")
        expect(seen.number).to_have_text("5")
        seen.page.context.set_offline(False)
        seen.page.evaluate("dispatchEvent(new Event('online'))")
        expect(seen.part("as-of")).to_have_text("")


def test_a_hidden_page_asks_nothing_and_asks_at_once_when_it_is_overdue(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "hidden")
    page = partner_page(installation.url, letter=slug, locale="en", attributes='interval="10"')
    with partner_site(page, policy=strictest_policy(installation.url)) as url:
        seen = visit(browser, url)
        expect(seen.number).to_have_text("5")
        set_visible(seen, is_visible=False)
        before = len(seen.requests)
        seen.page.wait_for_timeout(11_000)
        assert len(seen.requests) == before
        set_visible(seen, is_visible=True)
        seen.page.wait_for_timeout(1_000)
        assert len(seen.requests) == before + 1


def test_the_pages_own_styles_and_the_elements_leave_each_other_alone(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "styled")
    hostile = (
        "<style>b, a, p, ul, progress, div, slot { display: none !important; color: red }"
        "[role] { display: none } </style>"
    )
    page = partner_page(installation.url, letter=slug, locale="en")
    page = page.replace("<main>", f'{hostile}<main><span id="own">ours <i>theirs</i></span>')
    policy = strictest_policy(installation.url) + "; style-src 'unsafe-inline'"
    with partner_site(page, policy=policy) as url:
        before = visit(browser, url.replace("127.0.0.1", "localhost"))
        expect(before.number).to_be_visible()
        expect(before.part("call")).to_be_visible()
        assert before.number.evaluate("(one) => getComputedStyle(one).color") != "rgb(255, 0, 0)"
        own = "getComputedStyle(document.getElementById('own')).cssText"
        assert before.page.evaluate(own) == before.page.evaluate(
            f"(document.querySelector('letter-counter').remove(), {own})"
        )


def test_where_there_is_room_for_it_nothing_moves_when_the_number_comes(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "roomy")
    theme = installation.url + f"/en/{slug}/embed"
    with browser.new_page() as copied:
        copied.goto(theme)
        style = copied.locator("code", has_text="min-block-size").inner_text()
    page = partner_page(installation.url, letter=slug, locale="en", lang="en")
    page = page.replace("<main>", f"<style>{style}</style><main>")
    page = page.replace("</main>", "<p>What the partner writes below. </p>" * 9 + "</main>")
    policy = strictest_policy(installation.url) + "; style-src 'unsafe-inline'"
    with partner_site(page, policy=policy) as url:
        seen = visit(browser, url, width=360)
        expect(seen.part("goal")).to_be_visible()
        assert seen.page.evaluate(_SHIFTED) == 0
        seen.page.add_style_tag(content="letter-counter { min-block-size: 20em }")
        assert seen.page.evaluate(_SHIFTED) > 0  # what this page sees of movement


def test_a_screen_reader_hears_a_new_number_at_most_once_a_minute(
    browser: Browser, installation: Installation
) -> None:
    slug = _letter(installation, "heard")
    page = partner_page(installation.url, letter=slug, locale="en")

    def sign(email: str) -> None:
        with installation.app.app_context():
            make.signature(letters.get_by_slug(slug), email=email)

    with partner_site(page, policy=strictest_policy(installation.url)) as url:
        seen = visit(browser, url)
        expect(seen.number).to_have_text("5")
        expect(seen.announcement).to_have_text("")  # what is there at first is read in its place
        tree = seen.element.aria_snapshot()
        assert 'progressbar "5 people have signed"' in tree
        assert 'link "Sign the letter"' in tree
        sign("sixth@example.org")
        _look_again(seen, "6")
        expect(seen.announcement).to_have_text("6 people have signed")
        sign("seventh@example.org")
        _look_again(seen, "7")
        expect(seen.announcement).to_have_text("6 people have signed")


def _look_again(seen: Seen, number: str) -> None:
    """Without the pause between two looks, until the number is there."""
    for _ in range(20):
        seen.page.evaluate("dispatchEvent(new Event('online'))")
        seen.page.wait_for_timeout(500)
        if seen.number.inner_text() == number:
            return
    raise AssertionError(f"{number} is not shown")
