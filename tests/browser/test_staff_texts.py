"""Translating in a real browser: on a phone, from right to left, by keyboard, with a preview."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from signing.core.db import transaction
from signing.letters import drafts, queries, writing
from signing.letters.drafts import Written
from signing.letters.pieces import Piece
from signing.staff_accounts.roles import Held, Role
from tests import make, staff
from tests.browser.served import Installation, database
from tests.browser.visitor import DESKTOP, PHONE, Device, barriers, too_wide
from tests.mail.smtp_server import SmtpServer

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
SLUG = "night-trains"
ROADS = "open-roads"
BODY = "Dear council,\n\nopen the *roads*.\n\nThank you."


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("texts")
    with (
        database("sqlite", folder / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, folder, mail) as served,
    ):
        served.letter(SLUG)
        with served.app.app_context():
            _change_the_original()
        yield served


def _change_the_original() -> None:
    """So that every translation is stale in one place and lacks another."""
    letter = queries.get_by_slug(SLUG)
    working = writing.get(letter, "en")
    body = working.body.replace("night", "late-night", 1) + "\n\nA new paragraph."
    new = Written(working.title, pieces=(Piece("", body),), based_on=working.based_on)
    with transaction():
        drafts.save(letter, "en", new, by=make.OPERATOR)
    with transaction():
        drafts.publish(letter, "en", 1, has_signatures=False, correction="", by=make.OPERATOR)


def cookie_of(installation: Installation, email: str) -> str:
    with installation.app.app_context():
        signed = staff.browser(
            installation.app, staff.member(email, [Held(Role.EDITOR)], has_app=False)
        )
        cookie = signed.client.get_cookie("signing")
        assert cookie is not None
        return cookie.value


def look(page: Page, what: str) -> None:
    assert too_wide(page) <= 0, f"{what}: scrolls sideways"
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"texts-{what}.png", full_page=True)
    assert barriers(page) == [], what


def test_arabic_is_translated_on_a_phone_with_a_preview_that_keeps_up(
    installation: Installation, browser: Browser
) -> None:
    value = cookie_of(installation, "ada@example.org")
    home = f"{installation.url}/staff/letters/{SLUG}/texts"
    with PHONE.context(browser, with_scripts=True) as context:
        context.add_cookies([{"name": "signing", "value": value, "url": installation.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(home)
        look(page, "list-phone")
        page.goto(f"{home}/ar")
        expect(page.get_by_text("The original changed here since").first).to_be_visible()
        look(page, "editor-ar-phone")
        page.get_by_label("Paragraph 1", exact=True).fill("**إلى المجلس**")
        expect(page.locator("#look strong", has_text="إلى المجلس")).to_be_visible()
        assert page.locator("#look [dir=rtl]").count() == 1
        asked: list[str] = []
        page.on("dialog", lambda dialog: asked.append(dialog.type))
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.get_by_role("link", name="Overview").click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]  # nothing that was typed is left behind unawares
        page.get_by_role("button", name="Save the draft").click()
        expect(page.get_by_text("Done.")).to_be_visible()
        preview = page.get_by_role("link", name="See the whole page with the saved draft")
        page.goto(f"{installation.url}{preview.get_attribute('href')}")
        expect(page.locator("strong", has_text="إلى المجلس")).to_be_visible()
        look(page, "preview-ar-phone")
        assert complaints == []


def test_everything_is_written_with_the_keyboard_alone_and_without_a_script(
    installation: Installation, browser: Browser
) -> None:
    value = cookie_of(installation, "ben@example.org")
    home = f"{installation.url}/staff/letters/{SLUG}/texts"
    with DESKTOP.context(browser, with_scripts=False) as context:
        context.add_cookies([{"name": "signing", "value": value, "url": installation.url}])
        page = context.new_page()
        page.goto(f"{home}/de")
        page.locator("#text-title").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("Nachtzüge, jetzt")
        page.keyboard.press("Tab")
        expect(page.locator("#text-0")).to_be_focused()
        page.keyboard.type("!")
        page.get_by_role("button", name="Show the preview").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".look-title")).to_have_text("Nachtzüge, jetzt")
        page.get_by_role("button", name="Save the draft").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Done.")).to_be_visible()
        expect(page.locator("#text-title")).to_have_value("Nachtzüge, jetzt")
    with DESKTOP.context(browser, with_scripts=True) as context:
        context.add_cookies([{"name": "signing", "value": value, "url": installation.url}])
        page = context.new_page()
        for path in ("", "/de", "/en"):
            page.goto(f"{home}{path}")
            look(page, f"desktop{path.replace('/', '-')}")
        page.goto(f"{installation.url}/staff/new-letter")
        look(page, "new-letter")


@dataclass(frozen=True)
class Translator:
    """What somebody makes of the letter."""

    email: str
    into: str
    language: str
    device: Device
    title: str
    paragraphs: tuple[str, ...]


SAMIRA = Translator(
    "samira@example.org", "ar", "العربية", PHONE, "افتحوا الطرق",
    ("أعضاء المجلس الكرام،", "افتحوا *الطرق*.", "شكرًا لكم."),
)  # fmt: skip
JONAS = Translator(
    "jonas@example.org", "de", "Deutsch", DESKTOP, "Öffnet die Straßen",
    ("Sehr geehrter Rat,", "öffnet die *Straßen*.", "Danke."),
)  # fmt: skip


@pytest.mark.timeout(180)
def test_two_translate_and_hand_over_and_nothing_is_published_half(
    installation: Installation, browser: Browser
) -> None:
    with DESKTOP.context(browser, with_scripts=False) as context:
        editor = _owner(installation, context.new_page())
        for who in (SAMIRA, JONAS):
            _invite(installation, editor, who)
        for who in (SAMIRA, JONAS):
            with who.device.context(browser, with_scripts=False) as own:
                _translate(installation, own.new_page(), who)
            _is_unpublished(installation, editor, who)
        _publish(installation, editor, JONAS)
        _is_unpublished(installation, editor, SAMIRA)
        _publish(installation, editor, SAMIRA)


def _owner(installation: Installation, page: Page) -> Page:
    with installation.app.app_context():
        make.letter(ROADS, ("en",))
        signed = staff.browser(
            installation.app, staff.member("owner@example.org")
        ).client.get_cookie("signing")
    assert signed is not None
    cookie = {"name": "signing", "value": signed.value, "url": installation.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(f"{installation.url}/staff/letters/{ROADS}/texts/en")
    page.get_by_label("Text", exact=True).fill(BODY)
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Publish").click()
    return page


def _invite(installation: Installation, page: Page, who: Translator) -> None:
    """The language is added to the letter, and its translator mailed to."""
    page.goto(f"{installation.url}/staff/letters/{ROADS}/texts")
    page.get_by_label("Language", exact=True).select_option(who.into)
    page.get_by_role("button", name="Add the language").click()
    page.goto(f"{installation.url}/staff/members/invite")
    page.get_by_label("E-mail address").fill(who.email)
    page.get_by_label("Role").select_option("translator")
    page.get_by_label("Letter").select_option(label="Open roads (en)")
    languages = page.get_by_role("group", name="Languages, for translators")
    languages.locator("summary").click()
    languages.locator(f"input[value={who.into}]").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Done.")).to_be_visible()


def _translate(installation: Installation, page: Page, who: Translator) -> None:
    page.goto(installation.link("invitation", to=who.email))
    page.get_by_label("Your name").fill(who.email.partition("@")[0].title())
    page.get_by_label("Password").fill(staff.PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("link", name="Open roads (en)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Texts")
    _sees_only_theirs(installation, page, who)
    page.get_by_role("link", name="Translate", exact=False).first.click()
    assert too_wide(page) <= 0
    *most, last = who.paragraphs
    page.get_by_label("Title").fill(who.title)
    for number, paragraph in enumerate(most, 1):
        page.get_by_label(f"Paragraph {number}", exact=True).fill(paragraph)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Not ready to be published:")).to_be_visible()
    assert page.get_by_role("button", name="Mark as reviewed").count() == 0
    page.get_by_label(f"Paragraph {len(who.paragraphs)}", exact=True).fill(last)
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Mark as reviewed").click()
    expect(page.get_by_text("Reviewed, not published")).to_be_visible()
    assert page.get_by_role("button", name="Publish").count() == 0


def _sees_only_theirs(installation: Installation, page: Page, who: Translator) -> None:
    here = f"{installation.url}/staff/letters/{ROADS}"
    others = {"en", "de", "ar"} - {who.into}
    closed = [f"{here}/{one}" for one in ("settings", "state", "signatures", "exports", "partners")]
    closed += [f"{here}/{kind}/{one}" for one in others for kind in ("texts", "small-texts")]
    for address in (*closed, f"{installation.url}/staff/members"):
        assert page.context.request.get(address).status == 403, address
    page.goto(f"{here}/texts")
    expect(page.locator(".texts h2")).to_have_text([who.language])
    expect(page.locator(".areas a")).to_have_text(["Letters", "My account"])
    expect(page.locator(".tabs a")).to_have_text(["Letter", "News", "Texts", "Small texts"])


def _is_unpublished(installation: Installation, page: Page, who: Translator) -> None:
    """Visitors read the original, all of it, and not a word of the translation."""
    text = page.context.request.get(f"{installation.url}/{who.into}/{ROADS}").text()
    assert "Dear council" in text
    for written in (who.title, *who.paragraphs[:1]):
        assert written not in text


def _publish(installation: Installation, page: Page, who: Translator) -> None:
    page.goto(f"{installation.url}/staff/letters/{ROADS}/texts")
    page.locator(f"#text-{who.into}").get_by_role("button", name="Publish").click()
    expect(page.locator(f"#text-{who.into}").get_by_text("Published")).to_be_visible()
    until = time.monotonic() + 20
    while page.locator("h1").inner_text() != who.title:  # each server process keeps a page a while
        assert time.monotonic() < until, page.locator("h1").inner_text()
        page.goto(f"{installation.url}/{who.into}/{ROADS}")
    assert page.locator("html").get_attribute("lang") == who.into
    for written in (who.paragraphs[0], who.paragraphs[-1]):
        expect(page.get_by_text(written)).to_be_visible()
    assert "Dear council" not in page.content()
