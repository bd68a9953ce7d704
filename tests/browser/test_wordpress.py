"""A real WordPress: an editor pastes the letter's link, and readers see the counter."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import make
from tests.browser.served import Installation
from tests.browser.visitor import number_in
from tests.wordpress import WordPress

pytestmark = pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")


def test_a_pasted_link_becomes_the_counter(
    browser: Browser, installation: Installation, tmp_path: Path
) -> None:
    letter = installation.letter("pasted")
    with installation.app.app_context():
        for number in range(5):
            make.signature(letter, email=f"{number}@example.org", locale="ar")
    link = f"{installation.url}/ar/pasted"
    with WordPress(tmp_path, asked_port=installation.port) as site:
        address = site.post("A letter we support", f"Read this:\n\n{link}\n\nand sign.")
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(address)
            frame = page.frame_locator("iframe")
            expect(frame.locator("h1")).to_be_visible()
            assert number_in(frame.locator("h1").inner_text()) == 5
            expect(page.locator("blockquote")).to_be_hidden()  # it stands where scripts do not run
            expect(page.locator("blockquote a").first).to_have_attribute("href", link)
            assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
            assert page.locator("iframe").evaluate("(frame) => frame.height >= 200")
            frame.locator("a").click()
            page.wait_for_url(link)
