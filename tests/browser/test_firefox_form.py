"""The sign form in Firefox, on a stranger's website: loaded on intent, sent, confirmed by mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from signing.core.db import db, let_go
from signing.signatures.models import Entry, Signature, State
from tests.browser.embed_probe import partner_site
from tests.browser.firefox import FIREFOX, Firefox
from tests.browser.framed_form import elsewhere, page_with_form, partner_at, strict
from tests.browser.served import Installation
from tests.conftest import missing

ROOT = "document.querySelector('letter-form').shadowRoot"
FRAME = f"{ROOT}.querySelector('iframe')"
SAMIRA = "سميرة"
pytestmark = [
    pytest.mark.parametrize("installation", ["sqlite"], indirect=True, scope="module"),
    pytest.mark.timeout(180),
]


def test_the_form_is_opened_signed_and_confirmed(
    installation: Installation, tmp_path: Path
) -> None:
    if not Path(FIREFOX).exists():
        missing(f"{FIREFOX} is missing: apt install firefox-esr")
    with Firefox(tmp_path / "profile") as firefox:
        for locale, direction, loading in (("en", "ltr", ""), ("ar", "rtl", "intent")):
            _sign(firefox, installation, locale, direction, loading)


def _sign(
    firefox: Firefox, installation: Installation, locale: str, direction: str, loading: str
) -> None:
    ours, slug = installation.url, f"firefox-form-{locale}"
    letter, email = installation.letter(slug), f"{slug}@example.org"
    page = page_with_form(ours, slug, locale, loading=loading)
    with partner_site(page, policy=strict(ours)) as served:
        partner = partner_at(installation, letter, elsewhere(served))
        firefox.open(elsewhere(served))
        button = f"{ROOT}.querySelector('button:not([hidden])')"
        firefox.wait_for(f"return !!{button}")
        assert firefox.script(f"return {FRAME}") is None
        firefox.script(f"{button}.focus()")
        assert bool(firefox.script(f"return {FRAME}")) == (loading == "intent")
        firefox.script(f"{button}.click()")
        firefox.wait_for(f"return {FRAME}.getAttribute('height') != 640")
        firefox.into(f"return {FRAME}")
        firefox.wait_for("return !!document.querySelector('form.form')")
        assert firefox.script("return document.dir") == direction
        firefox.script(
            "const put = (name, value) => document.querySelector(`[name=${name}]`).value = value;"
            f"put('name', '{SAMIRA}'); put('email', '{email}'); put('country', 'SE');"
            "document.querySelector('form.form button').click()"
        )
        assert firefox.wait_for("return document.querySelector('.address')?.textContent") == email
        assert firefox.script("return document.cookie") == ""
    firefox.open(installation.link("confirm", to=email))
    firefox.script("document.querySelector('main button').click()")
    firefox.wait_for("return location.pathname.endsWith('/thanks')")
    with installation.app.app_context():
        let_go()
        signed = db.session.scalars(select(Signature).where(Signature.letter_id == letter.id)).one()
        assert (signed.entry, signed.partner_id) == (Entry.EMBED, partner.id)
        assert signed.state == State.CONFIRMED
