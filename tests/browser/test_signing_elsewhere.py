"""Signing on a partner's own page, on another site, under the strictest policy that we publish."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, expect
from sqlalchemy import select

from signing.core.db import db, let_go
from signing.signatures.models import Entry, Signature, State
from signing.staff_accounts.roles import Held, Role
from tests import staff
from tests.browser.embed_probe import Seen, partner_site, visit
from tests.browser.framed_form import elsewhere, page_with_form, partner_at, strict
from tests.browser.served import Installation
from tests.browser.visitor import barriers, too_wide

pytestmark = pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
HOSTILE = (
    "<style>* { color: red; float: right; animation: none } iframe, button { height: 9px }</style>"
)


@pytest.fixture(autouse=True)
def _ends_well(browser: Browser) -> Iterator[None]:
    yield
    for context in browser.contexts:
        context.close()


def _open(seen: Seen) -> FrameLocator:
    button = seen.page.get_by_role("button", name="Sign here", expanded=False)
    button.focus()
    is_early = seen.page.locator("[loading=intent]").count() == 1
    assert seen.page.locator("iframe").count() == is_early
    seen.page.keyboard.press("Enter")
    frame = seen.page.frame_locator("letter-form iframe")
    expect(frame.locator("form.form")).to_be_visible()
    return frame


@pytest.mark.parametrize(
    ("locale", "direction", "loading"), [("en", "ltr", ""), ("ar", "rtl", "intent")]
)
def test_signed_in_the_frame_confirmed_by_mail_and_counted_for_the_partner(
    browser: Browser, installation: Installation, locale: str, direction: str, loading: str
) -> None:
    ours, slug = installation.url, f"framed-{locale}"
    letter = installation.letter(slug)
    email = f"{slug}@example.org"
    page = page_with_form(ours, slug, locale, loading=loading)
    with partner_site(page, policy=strict(ours)) as served:
        url = elsewhere(served)
        partner = partner_at(installation, letter, url)
        seen = visit(browser, url, width=360)
        frame = _open(seen)
        expect(frame.locator("html")).to_have_attribute("dir", direction)
        _moves_focus_and_height(seen, frame)
        frame.locator("[name=name]").fill("سميرة")
        frame.locator("[name=email]").fill("samira@")
        frame.locator("[name=country]").select_option("SE")
        frame.locator("form.form button").click()
        expect(frame.locator(".summary")).to_be_focused()
        frame.locator("[name=email]").fill(email)
        frame.locator("form.form button").click()
        expect(frame.locator(".address")).to_have_text(email)
        assert [one for one in seen.complaints if "422" not in one] == []
        assert seen.page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
        assert "example.org" not in "".join(request.url for request in seen.requests)
        assert too_wide(seen.page) <= 0
        confirming = seen.page.context.new_page()
        confirming.goto(installation.link("confirm", to=email))
        confirming.click("main button")
        _has_no_barriers(seen, f"{ours}/embed/{slug}/{locale}/sign/from/green-web")
    with installation.app.app_context():
        let_go()
        signed = db.session.scalars(select(Signature).where(Signature.letter_id == letter.id)).one()
        assert (signed.entry, signed.partner_id) == (Entry.EMBED, partner.id)
        assert signed.state == State.CONFIRMED


def _moves_focus_and_height(seen: Seen, frame: FrameLocator) -> None:
    """Into the frame and back to the button; as high as what is in it, in steps."""
    element = seen.page.locator("letter-form iframe")
    expect(element).to_be_focused()
    expect(element).not_to_have_attribute("height", "640")
    height = int(element.get_attribute("height") or 0)
    assert height % 64 == 0
    assert 0 <= height - frame.locator("body").evaluate("(one) => one.offsetHeight") < 64
    assert frame.locator("body").evaluate("() => document.hasFocus()")
    frame.locator("[name=name]").press("Escape")
    expect(element).to_be_hidden()
    expect(seen.page.get_by_role("button", expanded=False)).to_be_focused()
    seen.page.keyboard.press("Enter")
    expect(element).to_be_focused()


def _has_no_barriers(seen: Seen, framed: str) -> None:
    assert seen.barriers() == []
    seen.page.goto(framed)
    assert barriers(seen.page) == []


def test_any_other_website_gets_the_link(browser: Browser, installation: Installation) -> None:
    """A website that is not registered cannot show the form; without scripts nothing is lost."""
    ours = installation.url
    letter = installation.letter("unframed")
    policy = strict(ours) + "; style-src 'unsafe-inline'"
    page = page_with_form(ours, "unframed", "en", more=HOSTILE)
    with partner_site(page, policy=policy) as url:
        partner_at(installation, letter, elsewhere(url))
        seen = visit(browser, url)  # 127.0.0.1 is none of its origins
        button, link = seen.page.get_by_role("button"), seen.page.get_by_role("link")
        assert button.evaluate("(one) => getComputedStyle(one).color") == "rgb(255, 255, 255)"
        assert button.bounding_box()["height"] > 30  # type: ignore[index]
        button.click()
        expect(link).to_be_focused()
        assert seen.page.locator("iframe").count() == 0
        assert any("frame-ancestors" in one for one in seen.complaints)
        still = browser.new_context(java_script_enabled=False).new_page()
        still.goto(url)
        still.get_by_role("link", name="Sign here").click()
        expect(still.locator("form.form")).to_be_visible()
        assert still.url.endswith("/en/unframed/from/green-web")


def test_staff_see_the_form_as_it_will_look(browser: Browser, installation: Installation) -> None:
    """On our own page, under our own policy: the real element in the colour that was chosen."""
    ours = installation.url
    letter = installation.letter("shown")
    made = partner_at(installation, letter, "https://b.example")
    with installation.app.app_context():
        editor = staff.member("editor@example.org", [Held(Role.EDITOR)], has_app=False)
        cookie = staff.browser(installation.app, editor).client.get_cookie("signing")
    assert cookie
    context = browser.new_context(viewport={"width": 360, "height": 900})
    context.add_cookies([{"name": "signing", "value": cookie.value, "url": ours}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{ours}/staff/letters/shown/partners/{made.id}/form/ar")
    page.get_by_label("Colour of the button").fill("#ffcc00")
    page.get_by_role("button", name="Show it like this").press("Enter")
    button = page.locator("letter-form").get_by_role("button")
    expect(button).to_have_css("background-color", "rgb(255, 204, 0)")
    button.press("Enter")
    frame = page.frame_locator("letter-form iframe")
    expect(frame.locator("form.form")).to_be_visible()
    expect(page.locator("letter-form iframe")).not_to_have_attribute("height", "640")
    assert too_wide(page) <= 0
    if SCREENSHOTS:
        page.screenshot(path=f"{SCREENSHOTS}/preview.png", full_page=True)
    # Here the frame is of the page's own origin: a sandbox keeps it from nothing.
    assert [one for one in complaints if "can escape its sandboxing" not in one] == []
    assert barriers(page) == []
