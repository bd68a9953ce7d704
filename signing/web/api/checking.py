"""What is wrong with a signature that a program sends, and the clean declaration it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from signing.core import locales
from signing.letters.models import ConsentPurpose, Field, Letter, Wording
from signing.mail.domains import Domains, Objection
from signing.signatures import names
from signing.signatures.address import domain_of
from signing.signatures.declaration import Declaration
from signing.signatures.models import Entry, Show
from signing.signatures.person import Person
from signing.signatures.screening import Reason, is_throwaway, reasons_in
from signing.web import typed_email
from signing.web.api.access import Access
from signing.web.api.bodies import Mistakes
from signing.web.api.program_shapes import Consents, NewSignature

Shown = Mapping[ConsentPurpose, Wording]
TYPED = (Field.POSTCODE, Field.CITY, Field.ORGANISATION, Field.COMMENT)
LONGEST = {
    Field.POSTCODE: names.POSTCODE_CHARACTERS,
    Field.CITY: names.CITY_CHARACTERS,
    Field.ORGANISATION: names.CITY_CHARACTERS,
    Field.COMMENT: names.COMMENT_CHARACTERS,
}
MISSING = _l("This has to be filled in.")
TOO_LONG = _l("This is too long.")
OTHER_TEXT = _l("What you signed was changed meanwhile. Please look at it once more.")
NOT_ASKED = _l("This cannot be done.")
NAME_FAULTS = {
    names.Fault.NO_LETTER: _l("Enter your name."),
    names.Fault.TOO_LONG: TOO_LONG,
    names.Fault.ADDRESS: _l("Enter your name alone, without addresses or links."),
}


def list_mistakes(letter: Letter, body: NewSignature, shown: Shown) -> Mistakes:
    """By field; nothing is looked up in the network while anything else is wrong."""
    found = {
        "locale": "" if shown else NOT_ASKED,
        "name": _name(body.name),
        "email": typed_email.find_fault(body.email) or "",
        "country": _country(letter, body.country),
        **{field.value: _typed(letter, field, body) for field in TYPED},
        **(_consents(body, shown) if shown else {}),
    }
    wrong = {field: said for field, said in found.items() if said}
    if wrong:
        return wrong
    said = _domain(body.email)
    return {"email": said} if said else {}


def _name(typed: str) -> LazyString | str:
    fault = names.find_fault(names.clean_line(typed))
    return NAME_FAULTS[fault] if fault else ""


def _country(letter: Letter, typed: str) -> LazyString | str:
    if Field.COUNTRY not in letter.fields:
        return NOT_ASKED if typed else ""
    if not typed:
        return MISSING if Field.COUNTRY in letter.required else ""
    may = letter.countries or locales.country_codes()
    return "" if typed in may else _l("Choose your country.")


def _typed(letter: Letter, field: Field, body: NewSignature) -> LazyString | str:
    typed = _clean(field, body)
    if field not in letter.fields:
        return NOT_ASKED if typed else ""
    if not typed:
        return MISSING if field in letter.required else ""
    return TOO_LONG if len(typed) > LONGEST[field] else ""


def _clean(field: Field, body: NewSignature) -> str:
    typed: str = getattr(body, field.value)
    return names.clean_text(typed) if field is Field.COMMENT else names.clean_line(typed)


def _consents(body: NewSignature, shown: Shown) -> Mistakes:
    """Each names the very sentence that is shown now; a shown name rests on one."""
    wrong: dict[str, LazyString | str] = {}
    for purpose, digest in given(body.consents).items():
        if purpose not in shown:
            wrong[f"consents.{purpose}"] = NOT_ASKED
        elif shown[purpose].digest.hex() != digest:
            wrong[f"consents.{purpose}"] = OTHER_TEXT
    if (body.show_name is not Show.NO) != (body.consents.show_name is not None):
        wrong["consents.show_name"] = MISSING if body.show_name is not Show.NO else NOT_ASKED
    return wrong


def given(consents: Consents) -> dict[ConsentPurpose, str]:
    """By purpose, the digest of what was read."""
    named = {purpose: getattr(consents, purpose.value, None) for purpose in ConsentPurpose}
    return {purpose: digest for purpose, digest in named.items() if digest}


def _domain(email: str) -> LazyString | str:
    domain = domain_of(email.strip())
    match _domains().find_objection(domain):
        case Objection.BLOCKED:
            return _l("Addresses at %(domain)s cannot sign here.", domain=domain)
        case Objection.TAKES_NO_MAIL:
            return _l("There is no mail at %(domain)s. Please check the spelling.", domain=domain)
        case None:
            return ""


def _domains() -> Domains:
    return cast(Domains, current_app.extensions["signing.domains"])


def declaration(
    entered: Access, body: NewSignature, shown: Shown, reasons: Sequence[Reason]
) -> Declaration:
    """Of a body without mistakes."""
    name, email = names.clean_line(body.name), body.email.strip()
    return Declaration(
        person=Person(
            name=name,
            email=email,
            **{field.value: _clean(field, body) for field in TYPED},
            show=body.show_name,
        ),
        country=body.country,
        locale=body.locale,
        consents={purpose: shown[purpose].id for purpose in given(body.consents)},
        entry=Entry.API,
        partner_id=entered.partner.id,
        reasons=(
            *reasons,
            *reasons_in(name),
            *([Reason.THROWAWAY_DOMAIN] if is_throwaway(email, _domains()) else []),
        ),
    )
