"""What is set for a letter beside its texts: one way in, for the importer and the staff area."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.audit import Actor, Verb, log
from signing.core import address_parts, locales
from signing.core.db import db
from signing.core.refusals import Refusal
from signing.letters import colours, publishing
from signing.letters.goals import LEAST_PERCENT, MOST_PERCENT
from signing.letters.models import Field, Letter, Translation
from signing.letters.moments import zones

SIGNED = ("to", "controller", "minimum_age")  # what people signed names them
# May name a person: the audit log says that they changed, not what they are.
PERSONAL = frozenset({"controller", "contact", "sender_name", "reply_address"})
# What a change of these makes people agree to reads otherwise.
WORDED = frozenset({"to", "controller", "minimum_age", "fields", "newsletter"})
KNOWN = (
    "to", "controller", "contact", "minimum_age", "newsletter", "goal", "goal_grows_at",
    "opens_at", "closes_at", "time_zone", "fields", "required", "countries", "sender_name",
    "reply_address", "takes_reminders", "work", "accent",
)  # fmt: skip


class SettingUnusable(Refusal):
    """`name` is the setting that cannot be so."""

    status = 422

    def __init__(self, name: str, why: LazyString | str) -> None:
        super().__init__()
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return str(self.why)


class ContactUnusable(SettingUnusable):
    def __init__(self, name: str = "contact") -> None:
        super().__init__(name, _l("Enter a complete e-mail address, such as name@example.org."))


@dataclass(frozen=True, slots=True)
class Signed:
    """Whether people have signed, and why what they signed is changed all the same."""

    has_signatures: bool
    correction: str = ""


def apply(letter: Letter, values: Mapping[str, Any], signed: Signed) -> dict[str, Any]:
    """The letter has these values afterwards; returns what the changed ones were before.

    Raises `OriginalFrozen` where people signed what is to be changed, or `SettingUnusable`.
    """
    changed = {}
    for name in KNOWN:
        if name not in values or values[name] == getattr(letter, name):
            continue
        if name in SIGNED and signed.has_signatures and not signed.correction:
            raise publishing.OriginalFrozen
        changed[name] = getattr(letter, name)
        setattr(letter, name, values[name])
    _check(letter)
    return changed


def change(
    letter: Letter, values: Mapping[str, Any], signed: Signed, *, by: Actor
) -> Collection[str]:
    """What `apply` does, written down; the wordings read accordingly. Returns what changed."""
    before = apply(letter, values, signed)
    if not before:
        return ()
    details = {name: _told(letter, name, was) for name, was in before.items()}
    if signed.correction and any(name in SIGNED for name in before):
        details["why"] = signed.correction
    log.record(Verb.LETTER_SET, by=by, subject=letter.slug, letter_id=letter.id, details=details)
    if not WORDED.isdisjoint(before):
        db.session.flush()
        publishing.publish_wordings(letter)
    return tuple(before)


def _told(letter: Letter, name: str, was: Any) -> Any:
    """Before and after, as JSON; of what may be personal data only that it changed."""
    if name in PERSONAL:
        return "changed"
    return [_plain(was), _plain(getattr(letter, name))]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _check(letter: Letter) -> None:
    for name in ("contact", "reply_address"):
        _check_address(name, getattr(letter, name))
    if letter.opens_at and letter.closes_at and letter.opens_at >= letter.closes_at:
        raise SettingUnusable("closes_at", _l("The closing time has to be after the opening time."))
    if letter.time_zone not in zones():
        raise SettingUnusable("time_zone", _l("Choose a time zone."))
    _check_fields(letter)
    percent = letter.goal_grows_at
    if percent is not None and not LEAST_PERCENT <= percent <= MOST_PERCENT:
        raise SettingUnusable("goal_grows_at", _l("Choose when the goal grows."))
    if letter.accent and not colours.can_be_read(letter.accent):
        raise SettingUnusable("accent", _l("This colour is too pale to be read."))


def _check_fields(letter: Letter) -> None:
    letter.required = [one for one in letter.required if one in letter.fields]
    if unknown := set(letter.countries) - locales.country_codes():
        raise SettingUnusable("countries", ", ".join(sorted(unknown)))
    if letter.countries and Field.COUNTRY not in letter.required:
        raise SettingUnusable(
            "countries",
            _l("To let only people from some countries sign, the form must ask for the country."),
        )


def _check_address(name: str, address: str) -> None:
    try:
        if address:
            address_parts.of_email(address)
    except EmailNotValidError:
        raise ContactUnusable(name) from None


PHRASES = ("newsletter", "thanks", "delivery_note", "picture_alt")


def phrase(letter: Letter, locale: str, values: Mapping[str, str], *, by: Actor) -> Collection[str]:
    """The small texts of one language read so afterwards; returns which have changed."""
    wanted = select(Translation).where(
        Translation.letter_id == letter.id, Translation.locale == locale
    )
    text = db.session.scalars(wanted).one()
    given = {name: values[name] for name in PHRASES if name in values}
    changed = [name for name, value in given.items() if value != getattr(text, name)]
    for name in changed:
        setattr(text, name, given[name])
    if changed:
        log.record(
            Verb.LETTER_PHRASED, by=by, subject=letter.slug, letter_id=letter.id,
            details={"locale": locale, "changed": changed},
        )  # fmt: skip
    if "newsletter" in changed:
        db.session.flush()
        publishing.publish_wordings(letter)
    return changed


def in_order(names: Iterable[str]) -> list[str]:
    """Fields as forms show them."""
    wanted = set(names)
    return [one.value for one in Field if one in wanted]
