"""A partner's page with our sign form, on another site, under the strictest policy we publish."""

from __future__ import annotations

from signing.core.db import let_go, transaction
from signing.letters.models import Letter
from signing.partners import queries
from signing.partners.models import Partner
from tests import make
from tests.browser.served import Installation


def strict(ours: str) -> str:
    """Nothing but our script and our frame."""
    return (
        f"default-src 'none'; script-src {ours}; frame-src {ours}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def page_with_form(
    ours: str, letter: str, locale: str, *, more: str = "", loading: str = ""
) -> str:
    link = f"{ours}/{locale}/{letter}?from=green-web"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>A partner</title>{more}'
        '<meta name="viewport" content="width=device-width">'
        f'<script type="module" src="{ours}/embed/v1-form.js"></script><main><h1>A partner</h1>'
        f'<letter-form letter="{letter}" locale="{locale}" from="green-web" loading="{loading}">'
        f'<a href="{link}">Sign here</a></letter-form></main></html>'
    )


def partner_at(installation: Installation, letter: Letter, url: str) -> Partner:
    """Whose website this is; test servers have no name that a registered origin needs."""
    with installation.app.app_context():
        made = make.partner(make.without_work(letter))
        with transaction():
            queries.get(made.letter_id, made.id).origins = ["https://a.example", url.rstrip("/")]
        let_go()
    return made


def elsewhere(url: str) -> str:
    """Another site than ours, not only another port."""
    return url.replace("127.0.0.1", "localhost")
