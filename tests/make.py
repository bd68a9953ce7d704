"""Builders: a letter, a form, a signature, by the application's own verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from signing.audit import Actor, ActorKind
from signing.core.db import db, transaction
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters import actions, queries, switches, wordings
from signing.letters.actions import ImportRules
from signing.letters.folder import Folder, Text
from signing.letters.models import ConsentPurpose, Letter, Work
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
        switches.set_work(letter, Work.OFF, by=OPERATOR)
    return letter


def close(slug: str) -> None:
    with transaction():
        actions.close(queries.get_by_slug(slug), by=OPERATOR)


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
) -> Declaration:
    shown = wordings.list_shown(letter, locale)
    return Declaration(
        person=Person(name=name, email=email, show=show),
        country=country,
        locale=locale,
        consents={purpose: shown[purpose].id for purpose in consents},
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


def confirm(ref: SignatureRef, *, revision: int = 1) -> None:
    with transaction():
        signature_actions.confirm(ref, revision=revision, grace=timedelta(days=7))


def reasons(slug: str) -> list[str]:
    """Why staff may want to look at the letter's one signature."""
    wanted = select(Signature.reasons).join(Letter, Letter.id == Signature.letter_id)
    with db.engine.connect() as connection:
        found: list[str] = connection.scalars(wanted.where(Letter.slug == slug)).one()
    return found
