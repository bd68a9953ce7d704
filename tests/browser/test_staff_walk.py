"""Every page of the staff area, whichever there is, with an examiner's eyes.

The pages come from the routes, so that a new one is looked at without a line here. Each is seen on
a dark phone of 360 px and on a light desktop: those of a letter that has everything in French,
whose words are long, those of an empty one in English.

With SCREENSHOTS=folder each leaves two pictures there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import update
from werkzeug.routing import Rule

from benchmarks import furnishing
from signing.collected import actions as collected
from signing.collected.actions import About
from signing.collected.models import Kind
from signing.core import clock
from signing.core.db import db, transaction
from signing.letters import queries as letters
from signing.letters.models import ConsentPurpose
from signing.moderation import objections, reports
from signing.moderation.models import Deed
from signing.moderation.reasons import Reason
from signing.moderation.reports import Said
from signing.signatures.models import Show, Signature
from signing.staff_accounts.models import Member
from tests import make, staff
from tests.browser.screen_reader import misheard
from tests.browser.served import Installation, database
from tests.browser.visitor import DESKTOP, PHONE, Device, barriers, bring_axe, too_wide
from tests.mail.smtp_server import SmtpServer

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
FULL, EMPTY = "night-trains", "a-draft"
SHOWN = (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME)
NAMES = ("Visit cheap-pills", "Zoë Lindqvist", "ليلى حداد", "A" * 60)
# Open without a session; what a proxy asks for; there while an app is being set up; mails and
# not pages.
LEFT_OUT = {
    "staff.sign_in.show", "staff.invitation.show", "staff.too_large.show",
    "staff.second_factor.show_qr",
    "staff.news_seeing.show_html", "staff.news_seeing.show_text",
}  # fmt: skip
NAMES_OF_PAGE = "[document.title, ...[...document.querySelectorAll('h1')].map(it => it.innerText)]"
# What can be pressed or filled in has the keyboard's focus, in the page's order, and shows it.
FOCUS_IS_HIDDEN = """() => {
  const taking = "a[href], button, input, select, textarea, summary, [tabindex]";
  const isThere = (it) => !it.disabled && it.ariaHidden !== "true" && it.type !== "hidden"
    && it.checkVisibility({ visibilityProperty: true });
  return [...document.querySelectorAll(taking)].filter(isThere).filter((it) => {
    it.focus({ preventScroll: true });
    const style = getComputedStyle(it);
    const isShown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return it.tabIndex > 0 || document.activeElement !== it || !isShown;
  }).map((it) => it.outerHTML.slice(0, 200));
}"""


@dataclass
class Area:
    """What is served, as an owner of all letters sees it."""

    installation: Installation
    cookies: dict[str, str]  # by language
    known: dict[str, Any]
    special: dict[str, dict[str, Any]] = field(default_factory=dict)

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every page with its route's name; those of a letter for a full and for an empty one."""
        app = self.installation.app
        rules = [one for one in app.url_map.iter_rules() if one.rule.startswith("/staff")]
        for rule in sorted(rules, key=lambda rule: rule.rule):
            is_file = "." in rule.rule.rpartition("/")[2]
            if is_file or "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT:
                continue
            yield self._path(rule, FULL), rule.endpoint
            if rule.arguments == {"slug"}:
                yield self._path(rule, EMPTY), rule.endpoint

    def _path(self, rule: Rule, slug: str) -> str:
        known = self.known | {"slug": slug} | self.special.get(rule.endpoint, {})
        values = {name: known[name] for name in rule.arguments}
        return self.installation.app.url_map.bind("").build(rule.endpoint, values)


@pytest.fixture
def area(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    environment: dict[str, str],
) -> Iterator[Area]:
    with (
        database("sqlite", tmp_path / "data", request, environment) as chosen,
        SmtpServer() as mail,
        Installation(chosen, tmp_path, mail) as served,
    ):
        served.letter(FULL)
        with served.app.app_context():
            make.letter(EMPTY, ("en",), state="draft", controller="")
            yield _furnished(served)


def _furnished(served: Installation) -> Area:
    letter = letters.get_by_slug(FULL)
    who = {locale: staff.member(f"{locale}@example.org", locale=locale) for locale in ("en", "fr")}
    cookies = {locale: _cookie(served, one) for locale, one in who.items()}
    signature_id = _signatures()
    known = furnishing.furnish(letter) | {"member_id": who["en"].id, "signature_id": signature_id}
    known["partner_id"] = make.partner(letter, logo=True).id
    about = {kind: About(kind, "elsewhere.example", clock.now().date()) for kind in Kind}
    with transaction():
        file = collected.begin_upload(letter, about[Kind.OTHER], by=make.OPERATOR)
        collected.store(file, [(b"Name,City\nBo Lind,Ulm\nAda Quist,Ulm\n", 3)])
        figure = collected.add_figure(letter, about[Kind.FIGURE], 1200, by=make.OPERATOR)
    special = {
        "staff.collected_files.show_columns": {"collection_id": file.id},
        "staff.collected_figures.show": {"collection_id": figure.id},
    }
    return Area(served, cookies, known, special)


def _cookie(served: Installation, who: Member) -> str:
    cookie = staff.browser(served.app, who).client.get_cookie("signing")
    assert cookie is not None
    return cookie.value


def _signatures() -> Any:
    """One of each sort in the queue; the one of which is told everything there can be."""
    letter = letters.get_by_slug(FULL)
    refs = [
        make.signature(letter, name=name, email=f"{n}@example.org", show=Show.FULL, consents=SHOWN)
        for n, name in enumerate(NAMES)
    ]
    flagged = update(Signature).where(Signature.id == refs[0].signature_id)
    aside = make.decided(letter, Deed.SET_ASIDE, email="aside@example.org", name="Ida Side")
    make.signature(letter, email="late@example.org", is_confirmed=False)
    with transaction():
        db.session.execute(flagged.values(is_flagged=True, reasons=["markup"]))
        objections.object_to(aside, "That is my real name.")
        reports.put(letter.id, Said("Zoë Lindqvist", "She says it was not her."), Reason.INSULT)
    return aside.signature_id


@pytest.mark.timeout(300)
def test_no_page_of_the_staff_is_in_anybodys_way(area: Area, browser: Browser) -> None:
    """The keyboard and the width everywhere; axe and what is read aloud once a page.

    A letter that has everything is examined on the dark phone, one that has nothing on the desktop.
    """
    wrong: list[str] = []
    titles: dict[str, str] = {}
    with PHONE.context(browser, with_scripts=True) as context:
        address = area.installation.url
        bring_axe(context)
        devices = [DESKTOP, PHONE]
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for path, endpoint in sorted(area.paths(), key=lambda path: _is_empty(path[0])):
            cookie = area.cookies["en" if _is_empty(path) else "fr"]
            context.add_cookies([{"name": "signing", "value": cookie, "url": address}])
            page.goto(address + path)
            devices.reverse()  # a page begins as the last one was left
            found = _faults(page, endpoint, devices, DESKTOP if _is_empty(path) else PHONE)
            title, *headings = page.evaluate(NAMES_OF_PAGE)
            if len(headings) != 1 or not headings[0].strip():
                found.append(f"headings: {headings}")
            if (other := titles.setdefault(title, path)) != path:
                found.append(f"has the title of {other}")
            wrong += [f"{path}: {one}" for one in found + complaints]
            complaints.clear()
    assert not wrong, "\n".join(wrong)


def _is_empty(path: str) -> bool:
    return f"/{EMPTY}" in path


def _faults(page: Page, name: str, devices: list[Device], examined_on: Device) -> list[str]:
    found: list[str] = []
    for device in devices:
        page.set_viewport_size(device.viewport)
        page.emulate_media(color_scheme="dark" if device.is_dark else "light")
        if SCREENSHOTS:
            full_name = f"{name}-{examined_on.name}-{device.name}.png"
            page.screenshot(path=Path(SCREENSHOTS) / full_name, full_page=True)
        if (wider := too_wide(page)) > 0:
            found.append(f"{wider} px too wide for a {device.name}")
        if device is examined_on:
            found += barriers(page) + misheard(page)
    page.keyboard.press("Tab")  # from now on the focus counts as the keyboard's
    return found + [f"no focus: {one}" for one in page.evaluate(FOCUS_IS_HIDDEN)]
