"""A campaign from the first line to the end, as one who has no terminal, no mouse and no script.

And two translators, who see nothing but their own language.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from signing.staff_accounts import queries
from tests import staff
from tests.browser.keyboard import Keyboard
from tests.browser.served import Installation, database
from tests.browser.visitor import DESKTOP
from tests.mail.smtp_server import SmtpServer

SLUG = "open-the-roads"


@pytest.fixture
def installation(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    environment: dict[str, str],
) -> Iterator[Installation]:
    with (
        database("sqlite", tmp_path / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, tmp_path, mail) as served,
    ):
        yield served


@pytest.mark.timeout(240)
def test_a_campaign_is_run_by_keyboard_alone_and_without_a_script(
    installation: Installation, browser: Browser
) -> None:
    with DESKTOP.context(browser, with_scripts=False) as context:
        keys = Keyboard(context.new_page())
        sign_in(keys, installation)
        write(keys)
        set_up(keys)
        open_(keys)
        with DESKTOP.context(browser, with_scripts=False) as citizen:
            for name in ("Zoë Lindqvist", "A slur"):
                sign(installation, citizen.request, name)
        _watch(keys)
        _hide(keys, "A slur")
        _export(keys)
        close(keys)
        assert keys.stops > 150


def sign_in(keys: Keyboard, installation: Installation) -> None:
    with installation.app.app_context():
        staff.member(password=staff.PASSWORD)
    keys.page.goto(f"{installation.url}/staff")
    keys.skip_to_content()
    keys.write("E-mail address", "ada@example.org")
    keys.write("Password", staff.PASSWORD)
    keys.write("Code from your app", "000000")
    keys.press("Sign in")
    assert keys.follow_summary("Address, password or code is wrong.").name == "E-mail address"
    with installation.app.app_context():
        who = queries.find_by_address("ada@example.org")
        assert who is not None
        code = staff.code_of(who, steps=1)
    keys.write("Password", staff.PASSWORD)
    keys.write("Code from your app", code)
    keys.enter()
    _is_at(keys.page, "Letters")


def write(keys: Keyboard) -> None:
    keys.skip_to_content()
    keys.press("New letter")
    keys.skip_to_content()
    keys.press("Begin the letter")
    assert keys.follow_summary("Enter a title.").name == "Title"
    keys.type("Open the roads")
    keys.pick("Language of the original", "English")
    keys.press("Begin the letter")
    keys.skip_to_content()
    keys.write("Text", "Dear council,\n\nopen the *roads*.")
    keys.press("Save the draft")
    expect(keys.page.get_by_text("Done.")).to_be_visible()
    keys.skip_to_content()
    keys.press("Publish")


def set_up(keys: Keyboard) -> None:
    keys.press("Settings")
    keys.skip_to_content()
    keys.press("Change Who asks whom")
    keys.skip_to_content()
    keys.write("Addressee", "The council of roads")
    keys.write("Who is responsible, with postal address", "Road Friends, 1 Lane, Exampleton")
    keys.write("E-mail address for questions", "nobody")
    keys.press("Save")
    assert (
        keys.follow_summary("Enter a complete e-mail address, such as name@example.org.").name
        == "E-mail address for questions"
    )
    keys.type("hello@example.org")
    keys.enter()


def open_(keys: Keyboard) -> None:
    keys.press("State", is_back=True)
    keys.skip_to_content()
    keys.press("Open the letter")
    expect(keys.page.get_by_text("Everybody can read and sign the letter.")).to_be_visible()


def sign(installation: Installation, citizen: APIRequestContext, name: str) -> None:
    """By the public form, the mail and its button."""
    address = f"{installation.url}/en/{SLUG}"
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org".replace("ë", "e")
    typed = {"name": name, "email": email, "country": "SE", "show_name": "full"}
    sent = citizen.post(f"{address}/sign", form={**_hidden(citizen, address), **typed})
    assert "/sent" in sent.url, sent.url
    link = installation.link("confirm", to=email)
    assert citizen.post(link, form=_hidden(citizen, link)).ok


def _hidden(citizen: APIRequestContext, address: str) -> dict[str, str | float | bool]:
    page = BeautifulSoup(citizen.get(address).text(), "html.parser")
    return {str(it["name"]): str(it.get("value", "")) for it in page.select("input[type=hidden]")}


def _watch(keys: Keyboard) -> None:
    keys.press("Overview")
    _is_at(keys.page, "Overview")
    expect(keys.page.locator(".tiles .number").first).to_have_text("2")


def _hide(keys: Keyboard, name: str) -> None:
    keys.press("Signatures")
    keys.skip_to_content()
    keys.write("Exact e-mail address", "a@example.org")
    keys.enter()
    expect(keys.page.get_by_text("Filtered by an exact address.")).to_be_visible()
    keys.skip_to_content()
    keys.press(name)
    keys.skip_to_content()
    keys.choose("Reason (whoever signed is told it)", "The name insults or threatens somebody.")
    keys.press("Hide the name")
    expect(keys.page.get_by_text("hidden by staff")).to_be_visible()


def _export(keys: Keyboard) -> None:
    keys.press("Exports")
    keys.skip_to_content()
    keys.press("New export")
    keys.skip_to_content()
    keys.press("For the addressee")
    keys.skip_to_content()
    keys.press("Ask for this export")
    keys.follow_summary("Say why this export is needed.")
    keys.type("For the hand-over")
    keys.write("Who gets it", "The council")
    keys.press("Ask for this export")
    keys.skip_to_content()
    file = keys.fetch("Download the file")
    lines = Path(file.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) == 3, lines
    assert not any("A slur" in line for line in lines)


def close(keys: Keyboard) -> None:
    keys.press("Letter", is_back=True)
    keys.press("State")
    keys.skip_to_content()
    keys.press("Close now")
    expect(keys.page.locator(".steps [aria-current]")).to_have_text("Closed")


def _is_at(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
