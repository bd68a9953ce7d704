"""The pictures in docs/staff.md, made anew from invented signatures.

python -m benchmarks.pictures
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from benchmarks import seeding
from benchmarks.installation import SLUG, Installation, installation
from signing import ROOT
from signing.letters import queries as letters
from tests import make, staff

FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
LETTER = f"/staff/letters/{SLUG}"
NUMBER = 3000
COLOURS = 64  # enough for text and a chart; a picture stays below 60 KB


@dataclass(frozen=True)
class Picture:
    """One page as it is seen without scrolling."""

    name: str
    path: str
    size: tuple[int, int]
    is_dark: bool = False


PICTURES = (
    Picture("staff-overview", LETTER, (1200, 1000)),
    Picture("staff-translating", f"{LETTER}/texts/ar", (1200, 900)),
    Picture("staff-exporting", f"{LETTER}/exports/new", (1200, 1000)),
    Picture("staff-overview-phone", LETTER, (360, 800)),
    Picture("staff-queue-phone", f"{LETTER}/queue", (360, 800), is_dark=True),
)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as data,
        installation(Path(data)) as installed,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM) as browser,
    ):
        cookie = _prepared(installed)
        for picture in PICTURES:
            path = FOLDER / f"{picture.name}.png"
            path.write_bytes(_palette(_shot(browser, installed.url, cookie, picture)))
            print(f"  {path.name}: {path.stat().st_size / 1000:.0f} KB")


def _prepared(installed: Installation) -> str:
    """An owner's session cookie; the letter has signatures and two partners."""
    with installed.app.app_context():
        letter = letters.get_by_slug(SLUG)
        brought = (make.partner(letter).id, make.source(letter).id)
        seeding.fill(letter, NUMBER, partners=brought)
        signed = staff.browser(installed.app, staff.member())
        cookie = signed.client.get_cookie("signing")
    assert cookie is not None  # noqa: S101  # it has just signed in
    return cookie.value


def _shot(browser: Browser, url: str, cookie: str, picture: Picture) -> bytes:
    width, height = picture.size
    context = browser.new_context(
        viewport=ViewportSize(width=width, height=height),
        color_scheme="dark" if picture.is_dark else "light",
    )
    context.add_cookies([{"name": "signing", "value": cookie, "url": url}])
    page = context.new_page()
    page.goto(url + picture.path)
    taken = page.screenshot()
    context.close()
    return taken


def _palette(taken: bytes) -> bytes:
    few, made = Image.open(BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=0), BytesIO()
    few.save(made, "PNG", optimize=True)
    return made.getvalue()


if __name__ == "__main__":
    main()
