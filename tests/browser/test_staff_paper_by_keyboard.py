"""From paper to the hand-over, on PostgreSQL, with nothing but a keyboard: no mouse, no script.

The walk of `test_staff_campaign` on the other database: the same way to an open letter, then sheets
instead of moderation, and the document for the addressee instead of a spreadsheet.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, expect

from tests.browser.keyboard import Keyboard
from tests.browser.served import Installation, database
from tests.browser.test_staff_campaign import SLUG, close, open_, set_up, sign, sign_in, write
from tests.browser.visitor import DESKTOP
from tests.mail.smtp_server import SmtpServer

PATIENCE_SECONDS = 30.0
TYPED = (("Zoë Lindqvist", "Sweden"), ("سميرة حداد", "de"), ("田中 さくら", "日本"))


@pytest.fixture
def installation(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    environment: dict[str, str],
) -> Iterator[Installation]:
    with (
        database("postgresql", tmp_path / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, tmp_path, mail) as served,
    ):
        yield served


@pytest.mark.timeout(240)
def test_sheets_are_printed_and_typed_in_and_the_letter_delivered_by_keyboard_alone(
    installation: Installation, browser: Browser
) -> None:
    with DESKTOP.context(browser, with_scripts=False) as context:
        keys = Keyboard(context.new_page())
        sign_in(keys, installation)
        write(keys)
        set_up(keys)
        open_(keys)
        with DESKTOP.context(browser, with_scripts=False) as citizen:
            sign(installation, citizen.request, "Ada Quist")
        _print_sheet(keys)
        _type_in(keys)
        assert "plus 3 signatures on paper" in _public_page(keys, installation)
        _export_for_the_addressee(keys)
        _hand_over(keys)
        assert "The mayor" in _public_page(keys, installation)


def _print_sheet(keys: Keyboard) -> None:
    keys.press("Signatures", is_back=True)
    keys.press("Paper")
    keys.skip_to_content()
    keys.press("Print sheets")
    keys.skip_to_content()
    keys.pick("Paper", "US Letter")
    keys.pick("Lines", "15")
    assert _is_pdf(Path(keys.fetch("Make the PDF").path()))
    keys.press("On paper and elsewhere")


def _type_in(keys: Keyboard) -> None:
    keys.skip_to_content()
    keys.press("Type in sheets")
    keys.skip_to_content()
    keys.press("Begin")
    assert keys.follow_summary("Say where.").name == "Where they were collected"
    keys.type("Market square")
    code = keys.page.locator("#code option").nth(1).inner_text()
    keys.pick("The code at the foot of the sheets", code)
    keys.press("Begin")
    keys.type("7")  # the focus waits in the first field, and goes on to where the next line begins
    keys.reach("Name")
    for number, (name, country) in enumerate(TYPED, start=1):
        keys.type(name)
        keys.write("Country", country)
        keys.enter()
        said = f"{number} line{'s' if number > 1 else ''} in all · {number} on this sheet"
        expect(keys.page.get_by_text(said)).to_be_visible()
    keys.enter()  # a line without a name
    expect(keys.page.get_by_text("There is no name.")).to_be_visible()
    expect(keys.page.get_by_label("Name")).to_be_focused()


def _public_page(keys: Keyboard, installation: Installation) -> str:
    answer = keys.page.context.request.get(f"{installation.url}/en/{SLUG}")
    return " ".join(BeautifulSoup(answer.text(), "html.parser").get_text(" ").split())


def _export_for_the_addressee(keys: Keyboard) -> None:
    keys.press("Exports", is_back=True)
    keys.skip_to_content()
    keys.press("New export")
    keys.skip_to_content()
    keys.press("For the addressee")
    keys.skip_to_content()
    keys.write("Reason", "For the hand-over")
    keys.write("Who gets it", "The council of roads")
    keys.press("Ask for this export")
    keys.skip_to_content()
    lines = Path(keys.fetch("Download the file").path()).read_text("utf-8-sig").splitlines()
    assert len(lines) == 2, lines  # what came on paper is not among them
    keys.page.reload()


def _hand_over(keys: Keyboard) -> None:
    """The document goes with the downloaded file; then the letter is closed and delivered."""
    keys.skip_to_content()
    keys.press("Make the PDF")
    _wait_for_button(keys, "Download the PDF")
    keys.skip_to_content()
    assert _is_pdf(Path(keys.fetch("Download the PDF").path()))
    close(keys)
    keys.skip_to_content()
    keys.write("Delivered to", "The mayor")
    keys.press("It was delivered")
    expect(keys.page.locator(".steps [aria-current]")).to_have_text("Delivered")


def _wait_for_button(keys: Keyboard, name: str) -> None:
    """A worker makes it; without a script one loads the page again."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not keys.page.get_by_role("button", name=name).count():
        assert time.monotonic() < until, keys.page.url
        time.sleep(0.2)
        keys.page.reload()


def _is_pdf(file: Path) -> bool:
    return file.read_bytes().startswith(b"%PDF-")
