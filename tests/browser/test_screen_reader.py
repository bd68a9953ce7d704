"""The ear that listens to our pages hears what is wrong."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.screen_reader import misheard
from tests.browser.visitor import DESKTOP

GOOD = """<main><h1>A letter</h1><h2>Sign</h2><form><label>Name <input></label>
<button>Send</button></form><p role=status>Done.</p><p role=alert>Enter a name.</p></main>"""
BAD = """<nav><a href="/one">One</a></nav><nav><a href="/two"></a></nav>
<h2>Sign</h2><h4>Your name</h4><input><button></button><img src="data:," width=9 height=9>
<p aria-live=assertive>12 signatures</p>"""


def test_what_cannot_be_followed_is_found_and_what_can_be_is_not(browser: Browser) -> None:
    with DESKTOP.context(browser, with_scripts=False) as context:
        page = context.new_page()
        page.set_content(GOOD)
        assert misheard(page) == []
        page.set_content(BAD)
        assert misheard(page) == [
            "0 headings of the first level",
            "a heading of level 4 after one of level 2",
            "no main part",
            "2 landmarks navigation ''",
            "a link without a name",
            "a textbox without a name",
            "a button without a name",
            "a image without a name",
            "a paragraph cuts in: ''",
        ]
