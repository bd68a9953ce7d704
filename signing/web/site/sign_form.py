"""The sign form: its fields, what is wrong with them, and the clean declaration it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from signing.core import locales
from signing.letters import wordings
from signing.letters.models import MAILED_BY_CAMPAIGN, ConsentPurpose, Field, Letter, Wording
from signing.partners import codes
from signing.partners import queries as partners
from signing.programs import newsletters
from signing.signatures import names
from signing.signatures.declaration import Declaration
from signing.signatures.models import Show
from signing.signatures.person import Person
from signing.signatures.screening import Reason, Sent, reasons_in
from signing.web import typed_email

NAME_FAULTS = {
    names.Fault.NO_LETTER: _l("Enter your name."),
    names.Fault.TOO_LONG: _l("The name is too long: 100 characters at most."),
    names.Fault.ADDRESS: _l("Enter your name alone, without addresses or links."),
}
# What fields are called where the letter does not do without them; and countries where it does.
REQUIRED = {
    Field.POSTCODE: _l("Postcode"),
    Field.CITY: _l("Town"),
    Field.ORGANISATION: _l("Organisation"),
    Field.COMMENT: _l("Why do you sign?"),
}


def _line(value: str | None) -> str:
    return names.clean_line(value or "")


def _text(value: str | None) -> str:
    return names.clean_text(value or "")


class SignForm(FlaskForm):  # type: ignore[misc]  # it ships no types
    """What a letter asks of whoever signs it. Choices are empty at first."""

    class Meta:
        csrf = False  # no session in public: `web.guard` refuses posts from other sites

    name = StringField(_l("Your name"), filters=[_line])
    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your e-mail address.")), typed_email.complete],
    )
    country = SelectField(
        _l("Country"), [InputRequired(_l("Choose your country."))], validate_choice=False
    )
    postcode = StringField(
        _l("Postcode (optional)"),
        [Optional(), Length(max=names.POSTCODE_CHARACTERS, message=_l("This is too long."))],
        filters=[_line],
    )
    city = StringField(
        _l("Town (optional)"),
        [
            Optional(),
            Length(max=names.CITY_CHARACTERS, message=_l("The name of the town is too long.")),
        ],
        filters=[_line],
    )
    organisation = StringField(
        _l("Organisation (optional)"),
        [Optional(), Length(max=names.CITY_CHARACTERS, message=_l("This is too long."))],
        filters=[_line],
    )
    comment = TextAreaField(
        _l("Why do you sign? (optional)"),
        [
            Optional(),
            Length(
                max=names.COMMENT_CHARACTERS,
                message=_l("The comment is too long: 1,000 characters at most."),
            ),
        ],
        filters=[_text],
    )
    show_name = RadioField(
        _l("Show my name under the letter?"),
        choices=[
            SelectChoice(Show.NO.value, _l("No, count me without my name")),
            SelectChoice(Show.FULL.value, _l("Yes, as I wrote it")),
            SelectChoice(Show.INITIAL.value, _l("Yes, first name and initial")),
        ],
        default=Show.NO.value,
    )
    news = BooleanField()
    newsletter = BooleanField()
    follow_up = BooleanField()
    partner = BooleanField()
    wording = HiddenField()
    stamp = HiddenField()
    website = StringField(_l("Leave this field empty"))  # people do; programs fill in all there is
    from_ = HiddenField(name="from", filters=[lambda value: codes.clean(value or "")])
    altcha = HiddenField()
    ticket = HiddenField()

    @classmethod
    def blank(cls, letter: Letter, code: str = "") -> SignForm:
        """An empty form, with who brought the visitor; the query string is not looked at."""
        return cls(formdata=None, data={"from_": code}).fitted(letter)

    @classmethod
    def sent(cls, letter: Letter) -> SignForm:
        """The form as it was posted."""
        return cls(formdata=request.form).fitted(letter)

    def fitted(self, letter: Letter) -> SignForm:
        """The form with only the fields that this letter asks."""
        self.countries = frozenset(letter.countries)
        for field in Field:
            if field not in letter.fields:
                delattr(self, field)
            elif field is Field.COUNTRY:
                self._fit_country(is_required=field in letter.required)
            elif field in letter.required:
                self[field].label.text = REQUIRED[field]
                self[field].validators = [
                    DataRequired(_l("This has to be filled in.")),
                    *self[field].validators[1:],
                ]
        if not letter.newsletter:
            del self.newsletter
        return self

    def _fit_country(self, *, is_required: bool) -> None:
        if not is_required:
            self.country.label.text = _l("Country (optional)")
            self.country.validators = [Optional()]

    def offer_countries(self) -> None:
        """Have the form show the countries in the language being spoken."""
        if Field.COUNTRY in self:
            countries = locales.countries(locales.current().tag)
            may = self.countries or locales.country_codes()
            named = [SelectChoice(code, name) for code, name in countries if code in may]
            self.country.choices = [SelectChoice("", _l("Choose a country")), *named]

    def validate_country(self, field: Any) -> None:
        if field.data and field.data not in locales.country_codes():
            raise ValidationError(_l("Choose your country."))
        if field.data and self.countries and field.data not in self.countries:
            raise ValidationError(self.who_may)

    @property
    def who_may(self) -> str:
        """From where people may sign, in words; "" where they may from everywhere."""
        if not self.countries:
            return ""
        language = locales.current()
        named = [name for code, name in locales.countries(language.tag) if code in self.countries]
        said: str = _(
            "People from these countries can sign: %(countries)s.",
            countries=locales.listing(named, language),
        )
        return said

    def validate_name(self, field: Any) -> None:
        if fault := names.find_fault(field.data):
            raise ValidationError(NAME_FAULTS[fault])

    def remember_wordings(self, shown: Mapping[ConsentPurpose, Wording]) -> None:
        """Have the form carry which sentences stood on this page."""
        self.wording.data = ".".join(wording.id.hex for wording in shown.values())

    @property
    def is_for_programs(self) -> bool:
        """Whether the field was filled in that people do not see."""
        return bool(self.website.data)

    def counted(self, networks: tuple[str, ...]) -> Sent:
        """What of the form limits count, before anything of it is checked."""
        comment = (self.comment.data or "") if Field.COMMENT in self else ""
        return Sent(networks, (self.email.data or "").strip(), comment)

    def declaration(
        self, letter: Letter, locale: str, reasons: Sequence[Reason] = ()
    ) -> Declaration:
        """Clean from here on. Each choice rests on the wording that the page showed."""
        read = self._wordings_read(letter, locale)
        show = Show(self.show_name.data)
        chosen = {ConsentPurpose.SIGN}
        chosen |= {one for one in self._choices() if self[one].data}
        if show is not Show.NO:
            chosen.add(ConsentPurpose.SHOW_NAME)
        if self.partner.data and ConsentPurpose.PARTNER in read:
            chosen.add(ConsentPurpose.PARTNER)
        return Declaration(
            person=Person(
                name=self.name.data or "",
                email=self.email.data or "",
                **{one.value: self._typed(one) for one in REQUIRED},
                show=show,
            ),
            country=self._typed(Field.COUNTRY),
            locale=locale,
            consents={purpose: read[purpose] for purpose in ConsentPurpose if purpose in chosen},
            partner_id=self._credited(letter),
            reasons=(*reasons, *reasons_in(self.name.data or "")),
        )

    def _credited(self, letter: Letter) -> UUID | None:
        return partners.find_credited(letter.id, self.from_.data or "")

    def _typed(self, field: Field) -> str:
        return (self[field].data or "") if field in self else ""

    def _wordings_read(self, letter: Letter, locale: str) -> dict[ConsentPurpose, UUID]:
        """By purpose: the wordings that the page named, else the newest ones."""
        named = {id_: wordings.find_purpose(letter.id, id_) for id_ in _ids(self.wording.data)}
        read = {purpose: id_ for id_, purpose in named.items() if purpose}
        asked = read.get(ConsentPurpose.PARTNER)
        if asked and not newsletters.is_of(letter.id, asked, self._credited(letter)):
            del read[ConsentPurpose.PARTNER]  # another partner's, or one that is active no more
        if any(purpose not in read for purpose in self._purposes()):
            newest = wordings.list_shown(letter, locale)
            read = {purpose: one.id for purpose, one in newest.items()} | read
        return read

    def _purposes(self) -> list[ConsentPurpose]:
        return [ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME, *self._choices()]

    def _choices(self) -> list[ConsentPurpose]:
        return [one for one in MAILED_BY_CAMPAIGN if one in self]


def _ids(joined: str | None) -> list[UUID]:
    """The ids in a hidden field that anybody may have changed: those that are ids at all."""
    parts = (joined or "").split(".")[: len(ConsentPurpose)]
    return [UUID(hex=part) for part in parts if len(part) == 32 and _is_hex(part)]


def _is_hex(part: str) -> bool:
    return all(character in "0123456789abcdef" for character in part)
