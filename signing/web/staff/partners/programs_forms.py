"""The forms about a partner's tokens and webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, Length

from signing.partners import origins, tokens
from signing.partners.models import Scope
from signing.signatures.names import clean_line
from signing.web.staff.forms import Plain

SCOPES = {
    Scope.SIGNATURES: _l("Read who agreed to hear from the partner"),
    Scope.SIGN: _l("Have people sign by a form of the partner's own"),
    Scope.HOOKS: _l("See how the partner's webhooks fare"),
    Scope.SET_HOOKS: _l("Say which address is told of everybody who agrees"),
}
DAYS = {"30": _l("30 days"), "90": _l("90 days"), "365": _l("a year")}


OWN_SCOPES = {
    Scope.NAMES: _l("Read the public names"),
    Scope.SIGNATURES: _l("Read all signatures, without names and addresses"),
    Scope.PARTNERS: _l("Read what partners and sources brought"),
    Scope.IMPORTS: _l("Bring in lists of signatures from elsewhere"),
    Scope.HOOKS: _l("See how the webhooks of all partners fare"),
}


class TokenForm(Plain):
    """What a program shows instead of a password."""

    name = StringField(
        _l("What it is for"),
        [
            DataRequired(_l("Enter a name.")),
            Length(max=tokens.NAME_CHARACTERS, message=_l("This is too long.")),
        ],
        filters=[lambda value: clean_line(value or "")],
    )
    scopes = SelectMultipleField(_l("What it opens"), [DataRequired(_l("Choose at least one."))])
    days = SelectField(_l("How long it is valid"), default="90")

    def offer(self, scopes: Mapping[Scope, LazyString] = SCOPES) -> TokenForm:
        """With what the token can open: a partner's, or one of the campaign's own."""
        self.scopes.choices = [SelectChoice(one.value, label) for one, label in scopes.items()]
        self.days.choices = [SelectChoice(one, label) for one, label in DAYS.items()]
        return self

    @property
    def chosen(self) -> set[Scope]:
        return {Scope(one) for one in self.scopes.data or ()}

    @property
    def life(self) -> timedelta:
        return timedelta(days=int(self.days.data))


class HookForm(Plain):
    """Where a program of the partner's is called."""

    url = StringField(_l("Address (https)"), filters=[lambda value: (value or "").strip()])

    def validate_url(self, field: Any) -> None:
        if not origins.is_hook(field.data or ""):
            raise ValidationError(
                _l("Enter a whole https address with a name, such as https://example.org/hook.")
            )
