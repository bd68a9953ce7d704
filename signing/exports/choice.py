"""What an export is to hold: columns, whose rows, and the shape of the file. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists

from signing.exports.columns import ASKED_FOR, COLUMNS, REFERENCE
from signing.letters.models import ConsentPurpose
from signing.signatures.models import Consent, Signature, State
from signing.signatures.wanted import Wanted

# Filters that name nobody, so that an export may remember them.
FILTERS = ("country", "locale", "partner_id", "entry", "first_day", "last_day")


class Preset(StrEnum):
    DELIVERY = "delivery"  # to the addressee: what the wording says is handed over
    MAILING = "mailing"  # who agreed to be written to, and still does
    SHOWN = "shown"  # the names that stand on the public page
    FULL = "full"  # for the campaign alone: chosen column by column


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


HANDED_OVER = ("name", "country", "postcode", "city", "organisation")
OF_PRESET = {
    Preset.DELIVERY: HANDED_OVER,
    Preset.MAILING: ("email", "name", "language"),
    Preset.SHOWN: ("shown_name", "country", "language"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One export's shape. Only confirmed signatures are ever in it."""

    wanted: Wanted
    preset: Preset = Preset.FULL
    columns: tuple[str, ...] = COLUMNS
    consent: ConsentPurpose | None = None  # MAILING: to what they must have agreed
    format: Format = Format.CSV
    countries_in: str = ""  # a language for names of countries; "": two letters
    has_mark: bool = False  # CSV begins with a byte order mark, for old spreadsheets
    has_hidden: bool = False  # DELIVERY: names that staff hid from the page are handed over too

    def conditions(self) -> list[ColumnElement[bool]]:
        """Whose rows: confirmed, within the filters, and what the preset's purpose allows."""
        confirmed = replace(self.wanted, state=State.CONFIRMED)
        found = [*confirmed.conditions().values()]
        if self.preset is Preset.SHOWN:
            found.append(is_shown())
        if self.preset is Preset.MAILING:
            found += [Signature.bounced_at.is_(None), stands(self.consent)]
        return found

    @property
    def withholds(self) -> bool:
        """Names that staff hid are left out; their rows stay, for they count."""
        return self.preset is Preset.DELIVERY and not self.has_hidden

    @property
    def used(self) -> list[str]:
        """The filters in use, by name."""
        return [name for name in self.wanted.used if name in FILTERS]

    def as_json(self) -> dict[str, Any]:
        wanted = replace(self.wanted, address_digest=None, name="", reason=None, is_flagged=False)
        return {
            "wanted": wanted.as_json(),
            "preset": self.preset.value,
            "columns": [*self.columns],
            "consent": self.consent.value if self.consent else "",
            "format": self.format.value,
            "countries_in": self.countries_in,
            "has_mark": self.has_mark,
            "has_hidden": self.has_hidden,
        }

    @classmethod
    def read_json(cls, values: dict[str, Any]) -> Choice:
        return cls(
            wanted=Wanted.read_json(values["wanted"]),
            preset=Preset(values["preset"]),
            columns=tuple(values["columns"]),
            consent=ConsentPurpose(values["consent"]) if values["consent"] else None,
            format=Format(values["format"]),
            countries_in=values["countries_in"],
            has_mark=values["has_mark"],
            has_hidden=values.get("has_hidden", True),  # what was agreed to before one could choose
        )


def columns(preset: Preset, ticked: Collection[str], asked: Collection[str]) -> tuple[str, ...]:
    """The columns of a preset, in their order, without what the letter does not ask.

    Each row has its reference, by which it can be named when the person goes.
    """
    wanted = {*OF_PRESET.get(preset, ticked), REFERENCE}
    return tuple(name for name in offered(asked) if name in wanted)


def offered(asked: Collection[str]) -> tuple[str, ...]:
    """All columns, without those of fields that the letter does not ask."""
    return tuple(name for name in COLUMNS if name not in ASKED_FOR or name in asked)


def is_shown() -> ColumnElement[bool]:
    """The name stands on the public page."""
    return Signature.public_name.is_not(None) & Signature.hidden_by_staff_at.is_(None)


def stands(purpose: ConsentPurpose | None) -> ColumnElement[bool]:
    """The signer agreed to it, and has not taken it back."""
    return exists().where(
        Consent.letter_id == Signature.letter_id,
        Consent.signature_id == Signature.id,
        Consent.purpose == (purpose.value if purpose else ""),
        Consent.withdrawn_at.is_(None),
    )
