"""A citizen without JavaScript, and an examiner who looks at every page that the citizen sees."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests.browser.screen_reader import misheard

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")  # a folder: every page leaves a picture there

STORED = "[document.cookie, localStorage.length, sessionStorage.length]"

Way = Callable[[Page], object]


def too_wide(page: Page) -> int:
    """By how many pixels it would scroll sideways, once it is there: a click does not wait."""
    page.wait_for_load_state()
    found: int = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return found


@dataclass(frozen=True)
class Device:
    """What somebody holds in their hands."""

    name: str
    viewport: ViewportSize
    is_dark: bool = False

    @contextmanager
    def context(self, browser: Browser, *, with_scripts: bool) -> Iterator[BrowserContext]:
        context = browser.new_context(
            viewport=self.viewport,
            color_scheme="dark" if self.is_dark else "light",
            java_script_enabled=with_scripts,
        )
        context.set_default_timeout(10_000)
        try:
            yield context
        finally:
            context.close()


PHONE = Device("phone", {"width": 360, "height": 720}, is_dark=True)
DESKTOP = Device("desktop", {"width": 1440, "height": 900})


@dataclass
class Visitor:
    """A page without scripts; `look` examines what it shows at this moment."""

    ours: str
    lang: str
    direction: str
    device: Device
    page: Page
    examiner: Page
    """A second browser with scripts, since axe is one; it sees the same pages."""
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    """Requests to any other origin."""
    pictures: int = 0

    def look(self, what: str, *, way: Way | None = None) -> None:
        """Nothing to complain about on this page; `way` leads the examiner where no GET does."""
        root = self.page.locator("html")
        seen = (root.get_attribute("lang"), root.get_attribute("dir"))
        assert seen == (self.lang, self.direction), what
        assert too_wide(self.page) <= 0, f"{what}: scrolls sideways"
        self._take_picture(what)
        self._examine(what, way or (lambda examiner: examiner.goto(self.page.url)))
        for context in (self.page.context, self.examiner.context):
            assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}, what
        assert self.examiner.evaluate(STORED) == ["", 0, 0], what
        assert self.complaints == [], what
        assert self.strangers == [], what

    def _examine(self, what: str, way: Way) -> None:
        way(self.examiner)
        assert self.examiner.url.partition("?")[0] == self.page.url.partition("?")[0], what
        assert too_wide(self.examiner) <= 0, f"{what}: scrolls sideways with scripts"
        assert self.complaints == [], what  # before axe adds its own
        assert barriers(self.examiner) + misheard(self.examiner) == [], what
        self.complaints.clear()

    def watch(self) -> None:
        for page in (self.page, self.examiner):
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("request", lambda request: self._note_request(request.url))

    def _hear(self, message: ConsoleMessage) -> None:
        """Chromium complains of every page that is not a 200; the error page has to be a 422."""
        is_status = message.text.startswith("Failed to load resource") and "422" in message.text
        if message.type in {"error", "warning"} and not is_status:
            self.complaints.append(message.text)

    def _note_request(self, url: str) -> None:
        if not url.startswith(f"{self.ours}/"):
            self.strangers.append(url)

    def _take_picture(self, what: str) -> None:
        if SCREENSHOTS:
            self.pictures += 1
            name = f"{self.lang}-{self.device.name}-{self.pictures:02}-{what.replace(' ', '-')}"
            self.page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)


@contextmanager
def visitor(
    browser: Browser, ours: str, device: Device, *, lang: str, direction: str
) -> Iterator[Visitor]:
    """Fresh contexts, with nothing cached or stored."""
    with (
        device.context(browser, with_scripts=False) as citizens,
        device.context(browser, with_scripts=True) as examiners,
    ):
        page, examiner = citizens.new_page(), examiners.new_page()
        visiting = Visitor(ours, lang, direction, device, page, examiner)
        visiting.watch()
        yield visiting


# What it would fetch beforehand is for rules about sound and video alone.
_EXAMINE = """axe.run({ resultTypes: ["violations"], preload: false }).then((seen) =>
  seen.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`)))"""


def bring_axe(context: BrowserContext) -> None:
    """Every page finds it there: quicker than half a megabyte carried to each."""
    context.add_init_script(AXE_SCRIPT)


def barriers(page: Page) -> list[str]:
    """What axe finds, a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(_EXAMINE))


def number_in(text: str) -> int:
    """The number in a sentence, whichever digits the language writes."""
    digits = re.sub(r"(?<=\d)[.,\s٬](?=\d)", "", text)
    found = re.findall(r"\d+", digits)
    assert len(found) == 1, text
    return int(found[0])
