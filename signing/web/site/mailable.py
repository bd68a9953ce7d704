"""Whether mail can go to the address that was typed, as far as its domain tells in a moment."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_babel import gettext as _

from signing.mail.domains import Domains, Rule, Verdict
from signing.mail.domains import is_throwaway as is_thrown_away
from signing.signatures.address import normalised
from signing.web.site.sign_form import SignForm

# One look-up, by domain and never by address; no answer in time is a yes.
LOOK_UP_SECONDS = 0.3


def check(form: SignForm) -> bool:
    """Whether the domain takes mail and staff have not blocked it; else the form says what is so.

    Called with a valid form alone.
    """
    domain = _domain(form)
    rule = _domains().rule(domain)
    if rule is Rule.ALLOW:
        return True
    if rule is Rule.BLOCK:
        form.email.errors = [_("Addresses at %(domain)s cannot sign here.", domain=domain)]
        return False
    if _domains().look_up(domain, seconds=LOOK_UP_SECONDS) is Verdict.TAKES_NONE:
        form.email.errors = [
            _("There is no mail at %(domain)s. Please check the spelling.", domain=domain)
        ]
        return False
    return True


def is_throwaway(form: SignForm) -> bool:
    domain = _domain(form)
    return is_thrown_away(domain) and _domains().rule(domain) is not Rule.ALLOW


def _domain(form: SignForm) -> str:
    return normalised(form.email.data or "").rpartition("@")[2]


def _domains() -> Domains:
    return cast(Domains, current_app.extensions["signing.domains"])
