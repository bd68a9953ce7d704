"""The form by which an export is asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, Length, Optional

from signing.core import locales
from signing.core.refusals import Refusal
from signing.exports import choice, encryption
from signing.exports.choice import Choice, Format, Preset
from signing.exports.columns import REFERENCE
from signing.exports.purpose import Purpose
from signing.letters.models import ConsentPurpose, Letter
from signing.partners import queries as partners
from signing.signatures.models import Entry
from signing.signatures.wanted import Wanted
from signing.web.speech import spoken
from signing.web.staff.exports import words
from signing.web.staff.forms import Plain
from signing.web.staff.signatures import words as signatures_words

MOST_CHARACTERS = 500
TOO_LONG = _l("At most 500 characters.")


def _squeezed(value: str | None) -> str:
    return " ".join((value or "").split())


class ChoiceForm(Plain):
    """Whose rows, which columns, in what form."""

    preset = RadioField(_l("What is it for?"), default=Preset.DELIVERY.value)
    columns = SelectMultipleField(_l("Columns"))
    consent = SelectField(_l("Who agreed to"), default=ConsentPurpose.NEWS.value)
    country = SelectField(_l("Country"), default="")
    locale = SelectField(_l("Language they signed in"), default="")
    partner = SelectField(_l("Came through"), default="")
    entry = SelectField(_l("Where they signed"), default="")
    first_day = DateField(_l("Signed from day"), [Optional()])
    last_day = DateField(_l("Signed to day"), [Optional()])
    format = RadioField(_l("File"), default=Format.CSV.value)
    has_names = BooleanField()
    has_mark = BooleanField()
    has_hidden = BooleanField()

    def offer(self, letter: Letter) -> ChoiceForm:
        """Set what can be chosen for this letter."""
        self.letter = letter
        named = locales.languages()
        everything = SelectChoice("", _l("All"))
        columns = [one for one in choice.offered(letter.fields) if one != REFERENCE]
        self.preset.choices = [SelectChoice(one.value, words.PRESETS[one]) for one in Preset]
        self.columns.choices = [SelectChoice(one, words.COLUMNS[one]) for one in columns]
        self.consent.choices = [SelectChoice(*one) for one in words.MAILINGS.items()]
        self.format.choices = [SelectChoice(one.value, words.FORMATS[one]) for one in Format]
        self.country.choices = [
            everything,
            *(SelectChoice(*one) for one in locales.countries(spoken().tag)),
        ]
        self.locale.choices = [
            everything,
            *(SelectChoice(tag, language.name) for tag, language in named.items()),
        ]
        self.partner.choices = [
            everything,
            *(SelectChoice(one.id.hex, one.name) for one in partners.list_all(letter.id)),
        ]
        self.entry.choices = [
            everything,
            *(SelectChoice(*one) for one in signatures_words.ENTRIES.items()),
        ]
        return self

    def validate_columns(self, field: Any) -> None:
        if self.preset.data == Preset.FULL and not field.data:
            raise ValidationError(_l("Choose at least one column."))

    def validate_last_day(self, field: Any) -> None:
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError(_l("The last day is before the first."))

    @property
    def chosen(self) -> Preset | None:
        """What it is for, once that is said: the rest of the form follows from it."""
        said = str(self.preset.data or "")
        return Preset(said) if said in set(Preset) else None

    @property
    def holds(self) -> tuple[str, ...]:
        """The columns that follow from what it is for."""
        preset = self.chosen
        return choice.columns(preset, (), self.letter.fields) if preset else ()

    @property
    def is_narrowed(self) -> bool:
        """Some signatures are meant and not all, or what was typed to say so is wrong."""
        few = (self.country, self.locale, self.partner, self.entry, self.first_day, self.last_day)
        return any(one.data or one.errors for one in few)

    @property
    def choice(self) -> Choice:
        """What was chosen; the form is valid."""
        preset = Preset(self.preset.data)
        wanted = Wanted(
            self.letter.id,
            country=self.country.data,
            locale=self.locale.data,
            partner_id=UUID(self.partner.data) if self.partner.data else None,
            entry=Entry(self.entry.data) if self.entry.data else None,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            zone=self.letter.time_zone,
        )
        return Choice(
            wanted,
            preset=preset,
            columns=choice.columns(preset, self.columns.data or (), self.letter.fields),
            consent=ConsentPurpose(self.consent.data) if preset is Preset.MAILING else None,
            format=Format(self.format.data),
            countries_in=spoken().tag if self.has_names.data else "",
            has_mark=bool(self.has_mark.data),
            has_hidden=bool(self.has_hidden.data),
        )


class ExportForm(ChoiceForm):
    """The same, and why, for whom, with which key."""

    reason = StringField(
        _l("Reason"),
        [
            DataRequired(_l("Say why this export is needed.")),
            Length(max=MOST_CHARACTERS, message=TOO_LONG),
        ],
        filters=[_squeezed],
    )
    receiver = StringField(
        _l("Who gets it"),
        [
            DataRequired(_l("Say who gets the file: an organisation, or a person and a role.")),
            Length(max=MOST_CHARACTERS, message=TOO_LONG),
        ],
        filters=[_squeezed],
    )
    key = TextAreaField(_l("Public key of the receiver"))
    key_file = FileField(_l("Or upload the key"))

    def validate_key(self, field: Any) -> None:
        given = self._given()
        self.key_text = ""
        if not given:
            return
        try:
            self.key_text = encryption.read(given).text
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None
        field.data = self.key_text

    def _given(self) -> bytes:
        file = self.key_file.data
        uploaded = file.read(encryption.MOST_BYTES + 1) if file else b""
        return uploaded or (self.key.data or "").strip().encode()

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.reason.data or "", self.receiver.data or "", self.key_text)
