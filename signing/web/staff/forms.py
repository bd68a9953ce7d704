"""The forms of the staff area. The gate checks their tokens, so the forms themselves do not."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import InputRequired, Length

from signing.core import locales
from signing.core.ids import HOUSE
from signing.staff_accounts import languages, passwords
from signing.staff_accounts.passwords import Weakness
from signing.staff_accounts.profile import NAME_CHARACTERS
from signing.staff_accounts.roles import Held, Reach, Role
from signing.web import typed_email
from signing.web.staff import words

WEAK = {
    Weakness.SHORT: _l("Use at least 15 characters. Several words in a row are easy to remember."),
    Weakness.LONG: _l("Use at most 256 characters."),
    Weakness.GUESSABLE: _l(
        "This password is easy to guess. Use several words that do not belong together."
    ),
}


class Plain(FlaskForm):  # type: ignore[misc]  # it ships no types
    """No token of its own; secrets are never shown again."""

    class Meta:
        csrf = False

    def forget(self) -> None:
        for field in self:
            if isinstance(field, PasswordField) or field.name == "code":
                field.data = ""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Ids of fields with what is wrong with them."""
        return [(field.id, str(error)) for field in self for error in field.errors]


class SignInForm(Plain):
    email = StringField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    code = StringField(_l("Code from your app"))


class AgainForm(Plain):
    password = PasswordField(_l("Password"))
    code = StringField(_l("Or a code from your app"))


class CodeForm(Plain):
    code = StringField(_l("Code from your app"), [InputRequired(_l("Enter the six digits."))])


class PasswordForm(Plain):
    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a password."))])

    def __init__(self, *args: Any, known: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def validate_password(self, field: Any) -> None:
        weakness = passwords.find_weakness(field.data or "", self._known())
        if weakness:
            raise ValidationError(WEAK[weakness])

    def _known(self) -> tuple[str, ...]:
        return self.known


class AcceptForm(PasswordForm):
    name = StringField(
        _l("Your name"),
        [
            InputRequired(_l("Enter your name.")),
            Length(
                max=NAME_CHARACTERS, message=_l("The name is too long: 100 characters at most.")
            ),
        ],
        filters=[lambda value: " ".join((value or "").split())],
    )

    def _known(self) -> tuple[str, ...]:
        return (*self.known, self.name.data or "")


class RoleForm(Plain):
    """A role, for one of the letters within reach or for all."""

    role = SelectField(_l("Role"))
    letter = SelectField(_l("Letter"))
    into = SelectMultipleField(_l("Languages, for translators"))

    def offer(self, where: Reach, titles: list[tuple[str, str]]) -> RoleForm:
        everything = [(HOUSE.hex, _l("All letters"))] if where.is_all else []
        self.letter.choices = [SelectChoice(*one) for one in (*everything, *titles)]
        self.role.choices = [SelectChoice(one.value, words.ROLES[one]) for one in Role]
        self.into.choices = [
            SelectChoice(tag, language.name) for tag, language in locales.languages().items()
        ]
        return self

    @property
    def held(self) -> Held:
        role = Role(self.role.data)
        into = tuple(self.into.data or ()) if role is Role.TRANSLATOR else ()
        return Held(role, words.letter_id(self.letter.data), into)

    def validate_into(self, field: Any) -> None:
        if self.role.data == Role.TRANSLATOR and not field.data:
            raise ValidationError(_l("Choose the languages that the translator may write."))


class InviteForm(RoleForm):
    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Enter an e-mail address.")), typed_email.complete],
    )
    locale = SelectField(_l("Language of the invitation"))

    def offer(self, where: Reach, titles: list[tuple[str, str]]) -> InviteForm:
        super().offer(where, titles)
        named = locales.languages()
        self.locale.choices = [SelectChoice(tag, named[tag].name) for tag in languages.tags()]
        return self
