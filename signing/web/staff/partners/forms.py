"""The forms about partners and sources."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, InputRequired, Length

from signing.core import locales
from signing.partners import codes, origins
from signing.partners.actions import Facts
from signing.partners.contact import NAME_CHARACTERS, Contact
from signing.signatures.names import clean_line
from signing.web import typed_email
from signing.web.staff.forms import Plain


def _line(value: str | None) -> str:
    return clean_line(value or "")


def _too_long(most: int) -> Length:
    return Length(max=most, message=_l("This is too long: %(max)s characters at most.", max=most))


class SourceForm(Plain):
    """A source of the campaign's own."""

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Enter a name.")), _too_long(NAME_CHARACTERS)],
        filters=[_line],
    )
    code = StringField(_l("Code (optional)"), filters=[lambda value: (value or "").strip().lower()])

    def chosen_code(self, locale: str) -> str:
        """As typed, else made of the name, as this language writes it."""
        return self.code.data or codes.suggest(self.name.data or "", locale)

    def validate_code(self, field: Any) -> None:
        if field.data and not codes.is_code(field.data):
            raise ValidationError(
                _l("Use small letters a–z, digits and single hyphens, 32 characters at most.")
            )

    def refuse_code(self) -> None:
        """Somebody else has it."""
        self.code.errors = [_l("This letter has such a code already. Choose another one.")]


class FactsForm(Plain):
    """What is said of a partner."""

    name = StringField(
        _l("Name of the organisation"),
        [DataRequired(_l("Enter a name.")), _too_long(NAME_CHARACTERS)],
        filters=[_line],
    )
    site = StringField(
        _l("Website"),
        [
            InputRequired(_l("Enter the address of the website.")),
            _too_long(origins.SITE_CHARACTERS),
        ],
        filters=[lambda value: (value or "").strip()],
    )
    origins = TextAreaField(_l("Websites that may show the sign form (optional)"))
    locales = SelectMultipleField(_l("Languages of their readers (optional)"))

    def offer(self) -> FactsForm:
        self.locales.choices = [
            SelectChoice(tag, language.name) for tag, language in locales.languages().items()
        ]
        return self

    @property
    def facts(self) -> Facts:
        named = origins.read_all(self.origins.data or "")
        chosen = [*(self.locales.data or [])]
        return Facts(self.name.data or "", self.site.data or "", named, chosen)

    def validate_site(self, field: Any) -> None:
        if not origins.is_site(field.data or ""):
            raise ValidationError(_l("Enter a whole address, such as https://example.org."))

    def validate_origins(self, field: Any) -> None:
        try:
            origins.read_all(field.data or "")
        except origins.NoOrigin as error:
            raise ValidationError(
                _l(
                    "This is no https address of a website, or there are more than 20: %(what)s",
                    what=str(error)[:100],
                )
            ) from None


class ContactForm(Plain):
    """Whom the campaign writes to."""

    contact = StringField(
        _l("Name of the contact"),
        [DataRequired(_l("Enter a name.")), _too_long(NAME_CHARACTERS)],
        filters=[_line],
    )
    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Enter an e-mail address.")), typed_email.complete],
    )
    locale = SelectField(_l("Language of the mails"))

    def offer(self) -> ContactForm:
        self.locale.choices = [
            SelectChoice(tag, language.name) for tag, language in locales.languages().items()
        ]
        return self

    @property
    def who(self) -> Contact:
        return Contact(self.contact.data or "", self.email.data or "")


class InviteForm(FactsForm, SourceForm, ContactForm):
    """A partner, its code, and whom to write to."""

    def offer(self) -> InviteForm:
        FactsForm.offer(self)
        ContactForm.offer(self)
        return self
