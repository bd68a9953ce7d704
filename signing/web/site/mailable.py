"""Whether mail can go to the address that was typed, as far as its domain tells in a moment."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_babel import gettext as _

from signing.mail.domains import Domains, Objection
from signing.signatures import mistyped, screening
from signing.signatures.address import domain_of
from signing.web.site.sign_form import SignForm


def check(form: SignForm) -> bool:
    """Whether the domain takes mail and staff have not blocked it; else the form says what is so.

    Called with a valid form alone.
    """
    domain = _domain(form)
    match _domains().find_objection(domain):
        case Objection.BLOCKED:
            form.email.errors = [_("Addresses at %(domain)s cannot sign here.", domain=domain)]
        case Objection.TAKES_NO_MAIL:
            said = _("There is no mail at %(domain)s. Please check the spelling.", domain=domain)
            meant = mistyped.meant(form.email.data or "")
            asked = _("Did you mean %(domain)s?", domain=meant) if meant else ""
            form.email.errors = [f"{said} {asked}".strip()]
        case None:
            return True
    return False


def is_throwaway(form: SignForm) -> bool:
    return screening.is_throwaway(form.email.data or "", _domains())


def _domain(form: SignForm) -> str:
    return domain_of(form.email.data or "")


def _domains() -> Domains:
    return cast(Domains, current_app.extensions["signing.domains"])
