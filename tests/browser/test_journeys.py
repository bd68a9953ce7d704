"""A citizen signs, confirms, corrects, withdraws: a real browser without JavaScript, real mail."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import make
from tests.books import Books
from tests.browser.served import Installation
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, number_in, visitor

SIGNED_BEFORE = 5  # Arabic writes one and two as words
SHOWN_SECONDS = 5.0


@dataclass(frozen=True)
class Citizen:
    """Somebody with a name in the script of their language."""

    locale: str
    direction: str
    name: str
    corrected: str
    country: str
    email: str


CITIZENS = [
    Citizen("en", "ltr", "Zoë Lindqvist", "Zoë Lindqvist-O’Neill", "SE", "zoe@example.org"),
    Citizen("ar", "rtl", "زينب الحسيني", "زينب عبد الله الحسيني", "EG", "zaynab@example.org"),
    Citizen("ja", "ltr", "山田 花子", "山田 華子", "JP", "hanako@example.org"),
]

# Between them the two cover both databases, and the dark and the light colours.
SETUPS = [pytest.param("sqlite", PHONE, id="phone"), pytest.param("postgresql", DESKTOP, id="desk")]


@pytest.mark.parametrize(
    ("installation", "device"), SETUPS, indirect=["installation"], scope="module"
)
@pytest.mark.parametrize("citizen", CITIZENS, ids=lambda citizen: citizen.locale)
def test_a_citizen_signs_confirms_corrects_hides_and_withdraws_without_javascript(
    browser: Browser, installation: Installation, citizen: Citizen, device: Device
) -> None:
    slug = f"night-trains-{citizen.locale}-{device.name}"
    letter = installation.letter(slug)
    with installation.app.app_context():
        for number in range(SIGNED_BEFORE):
            make.signature(letter, email=f"before{number}@example.org")

    with visitor(
        browser, installation.url, device, lang=citizen.locale, direction=citizen.direction
    ) as visiting:
        address = f"{installation.url}/{citizen.locale}/{slug}"
        _read_the_letter(visiting, address)
        _send_it_wrong(visiting, address, citizen)
        _send_it_well(visiting, citizen)
        _confirm(visiting, installation, citizen)
        _see_the_name_under_the_letter(visiting, citizen)
        _correct_and_hide(visiting, installation, citizen)
        _withdraw(visiting, address)

    books = Books(installation.app)
    assert books.total(slug) == SIGNED_BEFORE
    assert books.balance(slug)


def _read_the_letter(visiting: Visitor, address: str) -> None:
    answer = visiting.page.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert number_in(visiting.page.locator(".count").inner_text()) == SIGNED_BEFORE
    visiting.look("letter")


def _send_it_wrong(visiting: Visitor, address: str, citizen: Citizen) -> None:
    page = visiting.page
    _send(page)
    expect(page.locator(".summary")).to_be_focused()
    for name in ("name", "email", "country"):
        expect(page.locator(f".summary a[href='#{name}']")).to_be_visible()
        expect(page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")

    def send_empty(page: Page) -> None:
        page.goto(address)
        _send(page)

    visiting.look("empty form", way=send_empty)

    def send_half(page: Page) -> None:
        page.goto(address)
        page.fill("[name=name]", citizen.name)
        page.fill("[name=email]", "not-an-address")
        page.select_option("[name=country]", citizen.country)
        page.check("[name=show_name][value=full]")
        _send(page)

    send_half(page)
    expect(page.locator(".summary")).to_be_focused()
    assert page.locator(".summary a").count() == 1
    expect(page.locator("[name=name]")).to_have_value(citizen.name)
    expect(page.locator("[name=email]")).to_have_value("not-an-address")
    expect(page.locator("[name=country]")).to_have_value(citizen.country)
    expect(page.locator("[name=show_name][value=full]")).to_be_checked()
    visiting.look("wrong address", way=send_half)


def _send(page: Page) -> None:
    """Also waits for the page that comes: an error, or the way to the inbox."""
    with page.expect_navigation() as coming:
        page.click("form[action$='/sign'] button")
    assert coming.value is not None
    assert coming.value.status in {200, 422}


def _send_it_well(visiting: Visitor, citizen: Citizen) -> None:
    page = visiting.page
    page.fill("[name=email]", citizen.email)
    _send(page)
    assert "/sent" in page.url
    expect(page.locator("bdi.address")).to_have_text(citizen.email)
    visiting.look("look in your inbox")


def _confirm(visiting: Visitor, installation: Installation, citizen: Citizen) -> None:
    page = visiting.page
    # Each journey has a letter of its own, so that the newest link is this one's.
    page.goto(installation.link("confirm", to=citizen.email))
    expect(page.locator(".facts bdi").first).to_have_text(citizen.name)
    visiting.look("confirm")  # the examiner opens it too: asking changes nothing
    page.click("form[action*='/confirm/'] button:not([name])")
    assert page.url.endswith("/thanks")
    assert number_in(page.locator(".count").inner_text()) == SIGNED_BEFORE + 1
    visiting.look("thanks")


def _see_the_name_under_the_letter(visiting: Visitor, citizen: Citizen) -> None:
    visiting.page.click("main a[href$='/" + _slug(visiting) + "']")
    _wait_for_count(visiting.page, SIGNED_BEFORE + 1)
    assert visiting.page.locator(".names bdi").all_inner_texts() == [citizen.name]
    visiting.look("letter with the name")


def _correct_and_hide(visiting: Visitor, installation: Installation, citizen: Citizen) -> None:
    page = visiting.page
    page.goto(installation.link("my-signature", to=citizen.email))
    visiting.look("my signature")

    page.fill("form[action$='/name'] [name=name]", citizen.corrected)
    page.click("form[action$='/name'] button")
    expect(page.locator(".done")).to_be_visible()
    assert page.locator(".facts bdi").all_inner_texts().count(citizen.corrected) == 2

    page.check("form[action$='/show'] [value=no]")
    page.click("form[action$='/show'] button")
    expect(page.locator(".done")).to_be_visible()
    assert page.locator(".facts bdi").all_inner_texts().count(citizen.corrected) == 1
    visiting.look("name hidden")

    with page.expect_download() as download:
        page.click("a[href$='/data.json']")
    data = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert data["name"] == citizen.corrected
    assert data["email"] == citizen.email
    assert data["country"] == citizen.country
    assert data["show_name"] == "no"
    assert data["public_name"] is None


def _withdraw(visiting: Visitor, address: str) -> None:
    page = visiting.page
    page.click("a[href$='/withdraw']")
    visiting.look("asked once")
    page.click("form[action$='/withdraw'] button")
    assert page.url.endswith("/withdrawn")
    visiting.look("withdrawn")
    page.goto(address)
    _wait_for_count(page, SIGNED_BEFORE)
    assert page.locator(".names").count() == 0


def _wait_for_count(page: Page, n: int) -> None:
    """Reload until the page is anew: browsers keep it for ten seconds, the server for one."""
    until = time.monotonic() + SHOWN_SECONDS
    while number_in(page.locator(".count").inner_text()) != n:
        assert time.monotonic() < until, f"{n} is not shown"
        page.reload()


def _slug(visiting: Visitor) -> str:
    return visiting.page.url.split("/")[4]


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize("citizen", CITIZENS, ids=lambda citizen: citizen.locale)
def test_every_page_that_the_letter_leads_to_holds_the_same_promises(
    browser: Browser, installation: Installation, citizen: Citizen
) -> None:
    slug = f"around-{citizen.locale}"
    installation.letter(slug)
    with visitor(
        browser, installation.url, PHONE, lang=citizen.locale, direction=citizen.direction
    ) as visiting:
        page = visiting.page
        page.goto(f"{installation.url}/{citizen.locale}/{slug}")
        links = page.locator(".foot a, a.home")
        paths = {str(link.get_attribute("href")) for link in links.all()}
        assert len(paths) >= 6
        for path in sorted(paths):
            answer = page.goto(installation.url + path)
            assert answer is not None
            assert answer.status == 200
            visiting.look(path.strip("/").replace("/", " "))
