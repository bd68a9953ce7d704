"""Builders: a letter, a form, a signature, by the application's own verbs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import current_app
from PIL import Image
from sqlalchemy import select

from signing.audit import Actor, ActorKind
from signing.core.db import db, transaction
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters import actions, queries, states, switches, wordings
from signing.letters.actions import ImportRules
from signing.letters.folder import Folder, Text
from signing.letters.models import ConsentPurpose, Letter, ProofOfWork
from signing.moderation import actions as moderation_actions
from signing.moderation.actions import Why
from signing.moderation.models import Deed
from signing.moderation.reasons import Reason
from signing.partners import actions as partner_actions
from signing.partners import agreeing, arrangement, logos
from signing.partners.actions import Facts
from signing.partners.arrangement import About
from signing.partners.contact import Contact
from signing.partners.models import Partner
from signing.signatures import actions as signature_actions
from signing.signatures import queries as signatures
from signing.signatures.address import normalised
from signing.signatures.declaration import Declaration
from signing.signatures.models import Show, Signature
from signing.signatures.person import Person
from signing.web.addresses import reserved_slugs
from signing.web.site import stamps

OPERATOR = Actor(ActorKind.OPERATOR)
NAMES_UNTIL = date(2099, 12, 31)
SETTINGS: dict[str, Any] = {
    "controller": "Road Friends, 1 Lane, Exampleton",
    "contact": "hello@example.org",
    "to": "The council of roads",
    "state": "open",
}


def text(locale: str, *, title: str = "", body: str = "", to: str = "") -> Text:
    """One language of a letter."""
    return Text(
        locale=locale,
        title=title or f"Open roads ({locale})",
        summary=f"A summary in {locale}.",
        body=body or f"Dear council,\n\nopen the *roads* ({locale}).",
        to=to,
    )


def folder(locales: Sequence[str] = ("en", "fr"), **settings: Any) -> Folder:
    """What reading a folder of Markdown gives."""
    texts = [text(locale) for locale in locales]
    return Folder(texts[0], tuple(texts[1:]), SETTINGS | settings, ())


def letter(
    slug: str = "open-roads",
    locales: Sequence[str] = ("en", "fr"),
    *,
    read: Folder | None = None,
    correction: str = "",
    **settings: Any,
) -> Letter:
    """A letter as `signing letters import` makes it; open unless told otherwise."""
    known = queries.find_by_slug(slug)
    rules = ImportRules(
        slug=slug,
        reserved=reserved_slugs(current_app),
        has_signatures=known is not None and signatures.has_confirmed(known.id),
        names_until=NAMES_UNTIL,
        correction=correction,
    )
    with transaction():
        imported = actions.import_folder(read or folder(locales, **settings), rules, by=OPERATOR)
    return imported.letter


def without_work(letter: Letter) -> Letter:
    """A letter whose form is taken at once, however often it comes: for tests of other things."""
    with transaction():
        switches.set_work(letter, ProofOfWork.OFF, by=OPERATOR)
    return letter


def close(slug: str) -> None:
    with transaction():
        states.close(queries.get_by_slug(slug), by=OPERATOR)


FORM = {
    "name": "Zoë Lindqvist",
    "email": "zoe@example.org",
    "country": "SE",
    "show_name": "no",
}


def sign_form(slug: str = "open-roads", **overrides: str) -> dict[str, str]:
    """What a browser sends from this letter's form, filled in well."""
    form = FORM | overrides
    return stamp(slug, form.get("wording", "")) | form


def stamp(slug: str, wording: str = "") -> dict[str, str]:
    """The stamp that the letter's page carries; none for a letter that is not there."""
    with db.engine.connect() as connection:
        letter_id = connection.scalar(select(Letter.id).where(Letter.slug == slug))
    return {"stamp": stamps.make(letter_id, wording)} if letter_id else {}


def declaration(
    letter: Letter,
    *,
    email: str = "zoe@example.org",
    name: str = "Zoë Lindqvist",
    locale: str = "en",
    country: str = "SE",
    show: Show = Show.NO,
    consents: Sequence[ConsentPurpose] = (ConsentPurpose.SIGN,),
    partner_id: UUID | None = None,
) -> Declaration:
    shown = wordings.list_shown(letter, locale)
    return Declaration(
        person=Person(name=name, email=email, show=show),
        country=country,
        locale=locale,
        consents={purpose: shown[purpose].id for purpose in consents},
        partner_id=partner_id,
    )


def signature(letter: Letter, *, is_confirmed: bool = True, **values: Any) -> SignatureRef:
    """A signature by the real verbs, confirmed unless told otherwise."""
    declared = declaration(letter, **values)
    with transaction():
        signature_actions.sign(letter, declared)
    digest = vault.digest(letter.id, normalised(declared.person.email))
    found = signatures.find_state(letter.id, digest)
    assert found is not None
    ref = SignatureRef(letter.id, found.id)
    if is_confirmed:
        confirm(ref)
    return ref


def partner(
    letter: Letter,
    code: str = "green-web",
    *,
    is_active: bool = True,
    logo: bool = False,
    contact: str = "Noor Abel",
) -> Partner:
    """A partner by the real verbs: invited, and unless told otherwise accepted."""
    who = Contact(contact, "noor@partner.example")
    facts = Facts("Green Web", "https://green.example", ["https://green.example"], ["en"])
    with transaction():
        made = agreeing.invite(letter.id, code, facts, who, "en", by=OPERATOR)
        if logo:
            picture = BytesIO()
            Image.new("RGB", (64, 32), "green").save(picture, "PNG")
            partner_actions.set_logo(made, logos.draw(picture.getvalue()), by=OPERATOR)
        if is_active:
            about = About(letter.controller, letter.contact, made.name, "Open roads", "/")
            shown = arrangement.write(about, "en")
            agreeing.accept(made, shown, shown.digest.hex(), "Noor Abel", "Director")
    return made


def source(letter: Letter, code: str = "may-mail", name: str = "Mailing in May") -> Partner:
    """A source of the campaign's own."""
    with transaction():
        return partner_actions.make_code(letter.id, code, name, by=OPERATOR)


def decided(letter: Letter, deed: Deed, **values: Any) -> SignatureRef:
    """A confirmed signature with a shown name that staff have hidden or set aside."""
    shown = {"show": Show.FULL, "consents": (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME)}
    ref = signature(letter, **shown | values)
    with transaction():
        moderation_actions.do(deed, ref, Why(Reason.INSULT), by=OPERATOR)
    return ref


def confirm(ref: SignatureRef, *, revision: int = 1) -> None:
    with transaction():
        signature_actions.confirm(ref, revision=revision, grace=timedelta(days=7))


def reasons(slug: str) -> list[str]:
    """Why staff may want to look at the letter's one signature."""
    wanted = select(Signature.reasons).join(Letter, Letter.id == Signature.letter_id)
    with db.engine.connect() as connection:
        found: list[str] = connection.scalars(wanted.where(Letter.slug == slug)).one()
    return found


def picture() -> bytes:
    """A photograph, as somebody uploads it."""
    into = io.BytesIO()
    Image.linear_gradient("L").resize((1500, 1000)).convert("RGB").save(into, "JPEG")
    return into.getvalue()
