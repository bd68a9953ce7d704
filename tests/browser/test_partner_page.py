"""The counter on a partner's website: another origin, the strictest CSP, real server processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from html import escape
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Browser, Page, expect

from signing.core.tokens import Purpose, SignatureRef, tokens
from tests import make
from tests.browser.embed_probe import (
    Seen,
    framing_page,
    partner_page,
    partner_site,
    strictest_policy,
    visit,
)
from tests.browser.served import SERVER_PROCESSES, Installation
from tests.browser.visitor import barriers, number_in

DIRECTIONS = {"en": "ltr", "ar": "rtl", "ja": "ltr"}
SIGNED_BEFORE = 5  # Arabic writes one and two as words
HARD_SECONDS = 25.0  # 20 are promised; the rest is for a machine that has much else to do


@pytest.fixture(autouse=True)
def _ends_well(browser: Browser) -> Iterator[None]:
    """No page stays open after its test."""
    yield
    for context in browser.contexts:
        context.close()


def _letter(installation: Installation, slug: str) -> SignatureRef:
    """A letter that five have signed; returns whom it still waits for."""
    letter = installation.letter(slug)
    with installation.app.app_context():
        for number in range(SIGNED_BEFORE):
            make.signature(letter, email=f"before{number}@example.org")
        return make.signature(letter, email="zoe@example.org", is_confirmed=False)


def _confirm_over(
    connection: HTTPConnection, installation: Installation, ref: SignatureRef
) -> None:
    with installation.app.app_context():
        path = f"/en/confirm/{tokens.make(Purpose.CONFIRM, ref)}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, "revision=1", form)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303


def _wait_until_shown(seen: Seen, n: int, since: float) -> float:
    """How long after `since` the page shows the number; each page at its own pace."""
    expect(seen.number).to_be_visible()
    while number_in(seen.number.inner_text()) != n:
        assert time.monotonic() - since < HARD_SECONDS, f"{n} is not shown"
        seen.page.wait_for_timeout(100)
    return time.monotonic() - since


def test_a_signature_confirmed_through_either_process_is_seen_on_partner_pages_in_twenty_seconds(
    browser: Browser, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """One letter a server process, each shown in three languages, all at the same time."""
    processes = installation.server.children()
    assert len(processes) == SERVER_PROCESSES
    waiting = {
        f"partner-{number}": (pid, _letter(installation, f"partner-{number}"))
        for number, pid in enumerate(processes)
    }
    policy = strictest_policy(installation.url)
    with ExitStack() as sites:
        pages: list[Seen] = []
        for slug in waiting:
            for locale, direction in DIRECTIONS.items():
                page = partner_page(
                    installation.url, letter=slug, locale=locale, lang=locale, direction=direction
                )
                url = sites.enter_context(partner_site(page, policy=policy))
                seen = visit(browser, url)
                expect(seen.number).to_be_visible()
                assert number_in(seen.number.inner_text()) == SIGNED_BEFORE
                pages.append(seen)
        for pid, ref in waiting.values():
            with installation.connection_to(pid) as connection:
                _confirm_over(connection, installation, ref)
        confirmed_at = time.monotonic()
        took = [_wait_until_shown(seen, SIGNED_BEFORE + 1, confirmed_at) for seen in pages]
    with capsys.disabled():
        print(f" seen after {min(took):.1f} to {max(took):.1f} s", end="")  # noqa: T201
    assert [seen.complaints for seen in pages] == [[]] * len(pages)


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", DIRECTIONS)
def test_the_counter_speaks_the_language_loads_from_us_alone_and_has_no_barriers(
    browser: Browser, installation: Installation, locale: str, scheme: str
) -> None:
    slug = f"counter-{locale}-{scheme}"
    _letter(installation, slug)
    direction = DIRECTIONS[locale]
    page = partner_page(
        installation.url, letter=slug, locale=None, lang=locale, direction=direction
    )
    with partner_site(page, policy=strictest_policy(installation.url)) as url:
        seen = visit(browser, url, scheme=scheme, width=360)
        expect(seen.number).to_be_visible()
        assert number_in(seen.number.inner_text()) == SIGNED_BEFORE
        expect(seen.element.locator(f"div[lang={locale}][dir={direction}]")).to_be_attached()
        expect(seen.part("call")).to_have_attribute(
            "href", f"{installation.url}/{locale}/{slug}?from=partner"
        )
        expect(seen.baked_link).not_to_be_visible()
        assert seen.asked(installation.url) == ["/embed/v1.js", f"/embed/{slug}/{locale}.json"]
        assert len(seen.requests) == 3  # the partner's page itself
        assert seen.complaints == []
        assert seen.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        assert seen.page.context.storage_state(indexed_db=True)["cookies"] == []
        assert seen.barriers() == []


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
def test_with_the_server_stopped_the_link_in_the_page_stays(
    browser: Browser, installation: Installation
) -> None:
    """For those who have the script in their cache, and for those who have nothing of us."""
    _letter(installation, "offline")
    page = partner_page(installation.url, letter="offline", locale="en")
    with partner_site(page, policy=strictest_policy(installation.url)) as url:
        known = visit(browser, url)
        expect(known.number).to_be_visible()
        installation.server.stop()
        try:
            expect(known.number).to_be_visible()  # what was shown is not taken away
            known.page.reload()
            new = visit(browser, url)
            for seen in (known, new):
                expect(seen.baked_link).to_be_visible()
                assert seen.number.count() == 0
        finally:
            installation.start_server()
        known.page.evaluate("dispatchEvent(new Event('online'))")  # spares us the growing pause
        expect(known.number).to_be_visible()


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize("locale", DIRECTIONS)
def test_the_framed_counter_needs_nothing_but_permission_to_be_framed(
    browser: Browser, installation: Installation, locale: str
) -> None:
    slug = f"frame-{locale}"
    _letter(installation, slug)
    ours = installation.url
    frame = f"{ours}/embed/{slug}/{locale}"
    with partner_site(framing_page(frame), policy=f"default-src 'none'; frame-src {ours}") as url:
        seen = visit(browser, url)
        inside = seen.page.frame_locator("iframe")
        expect(inside.locator("h1")).to_be_visible()
        assert number_in(inside.locator("h1").inner_text()) == SIGNED_BEFORE
        expect(inside.locator("html")).to_have_attribute("lang", locale)
        expect(inside.locator("html")).to_have_attribute("dir", DIRECTIONS[locale])
        link = inside.locator("main a")
        expect(link).to_be_visible()
        expect(link).to_have_attribute("href", f"{ours}/{locale}/{slug}")
        with seen.page.context.expect_page() as opened:
            link.click()
        expect(opened.value.locator("h1")).to_be_visible()
        assert opened.value.url == f"{ours}/{locale}/{slug}"
        assert seen.complaints == []
        assert barriers(_opened(seen, frame)) == []


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize("locale", DIRECTIONS)
def test_the_badge_is_a_picture_that_needs_nothing_but_permission_for_pictures(
    browser: Browser, installation: Installation, locale: str
) -> None:
    slug = f"badge-{locale}"
    _letter(installation, slug)
    ours = installation.url
    picture = f"{ours}/embed/{slug}/{locale}.svg"
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A partner</title>'
        f'<main><h1>A partner</h1><img src="{escape(picture)}" alt="Signatures"></main></html>'
    )
    with partner_site(page, policy=f"default-src 'none'; img-src {ours}") as url:
        seen = visit(browser, url)
        image = seen.page.locator("img")
        assert image.evaluate("(image) => image.complete && image.naturalWidth > 0")
        assert seen.complaints == []
        assert seen.barriers() == []
        drawn = _opened(seen, picture).locator("svg")
        assert number_in(str(drawn.get_attribute("aria-label"))) == SIGNED_BEFORE
        assert drawn.get_attribute("xml:lang") == locale


def _opened(seen: Seen, url: str) -> Page:
    page = seen.page.context.new_page()
    page.goto(url)
    return page


@pytest.mark.parametrize(
    "form", ["{}/en.json", "{}/en/by-locale.json", "{}/en.svg", "{}/en", "v1.js"]
)
def test_what_has_not_changed_is_answered_with_304_and_may_still_be_read_by_others(
    installation: Installation, form: str
) -> None:
    slug = "unchanged"
    installation.letter(slug)
    path = "/embed/" + form.format(slug)
    first = installation.get(path, **{"Accept-Encoding": "gzip"})
    assert first.status == 200
    again = installation.get(path, **{"If-None-Match": str(first.headers["ETag"])})
    assert again.status == 304
    for answer in (first, again):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "max-age=" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
