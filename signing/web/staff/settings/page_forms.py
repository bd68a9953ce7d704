"""The settings that visitors read or see: who asks whom, the goal, the colour, small texts."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import InputRequired, NumberRange, Optional

from signing.letters import colours
from signing.letters.front_matter import GOAL_AT_MOST
from signing.letters.models import Letter
from signing.web.staff.forms import Plain
from signing.web.staff.settings.form import (
    LONGEST,
    GroupForm,
    Sample,
    WholeNumber,
    at_most,
    one_line,
)

AGE = _l("Enter a number from 0 to 99.")
NUMBER = _l("Enter a whole number above zero.")


class WhoForm(GroupForm):
    name, label = "who", _l("Who asks whom")
    names = ("to", "controller", "contact", "minimum_age")

    to = StringField(
        _l("Addressee"),
        [at_most(LONGEST)],
        filters=[one_line],
        description=_l(
            "To whom the letter goes. Other languages may say it their way in the texts."
        ),
    )
    controller = StringField(
        _l("Who is responsible, with postal address"),
        [at_most(LONGEST)],
        filters=[one_line],
        description=_l("For example: Road Friends, 1 Lane, Exampleton. The law wants it named."),
    )
    contact = StringField(
        _l("E-mail address for questions"),
        [at_most(254)],
        filters=[one_line],
        description=_l("Signers see it. Use one that several people read."),
    )
    minimum_age = WholeNumber(
        _l("Minimum age"),
        [InputRequired(AGE), NumberRange(0, 99, AGE)],
        wants=AGE,
        description=_l("Whoever signs declares to be this old. 16 fits all of the EU."),
    )
    correction = StringField(
        _l("Why is it changed?"),
        [at_most(LONGEST)],
        filters=[one_line],
        description=_l(
            "People have signed with these words. A change needs a reason, "
            "which is kept in the audit log."
        ),
    )

    def offer(self) -> None:
        if not self.is_signed:
            del self.correction

    @property
    def why(self) -> str:
        return self.correction.data or "" if "correction" in self else ""


class GoalForm(GroupForm):
    name, label = "goal", _l("Goal")
    names = ("goal", "goal_grows_at")

    goal = WholeNumber(
        _l("Goal"),
        [Optional(), NumberRange(1, GOAL_AT_MOST, NUMBER)],
        wants=NUMBER,
        description=_l("How many signatures you want. Empty: none is shown."),
    )
    goal_grows_at = SelectField(
        _l("Let it grow"),
        description=_l("A goal that is nearly reached rises to the next round number by itself."),
    )

    def offer(self) -> None:
        self.goal_grows_at.choices = [
            SelectChoice("", _l("No, it stays")),
            SelectChoice("75", _l("Once 75 % are reached")),
            SelectChoice("90", _l("Once 90 % are reached")),
            SelectChoice("100", _l("Once it is reached")),
        ]
        kept = self.letter.goal_grows_at
        if kept and kept not in {75, 90, 100}:  # as a folder said
            named = SelectChoice(str(kept), _("Once %(n)s %% are reached", n=kept))
            self.goal_grows_at.choices.append(named)

    @classmethod
    def shown(cls, letter: Letter) -> dict[str, Any]:
        grows = "" if letter.goal_grows_at is None else str(letter.goal_grows_at)
        return {"goal": letter.goal, "goal_grows_at": grows}

    def values(self) -> dict[str, Any]:
        grows = self.goal_grows_at.data
        return {"goal": self.goal.data, "goal_grows_at": int(grows) if grows else None}


class LookForm(GroupForm):
    name, label = "look", _l("Colour")
    names = ("accent",)

    accent = StringField(
        _l("Colour of buttons and links"),
        description=_l("Six digits, such as #0b5c4a. Empty: the usual colour of this site."),
    )

    take = HiddenField()  # the button that takes what was suggested, whatever the field says

    def offer(self) -> None:
        accent = self.letter.accent
        if accent:
            dark = colours.for_dark(accent)
            self.samples = (Sample(accent, colours.LIGHT[0]), Sample(dark, colours.DARK[0]))

    def validate_accent(self, field: Any) -> None:
        text = (self.take.data or field.data or "").strip()
        try:
            field.data = colours.read(text) if text else ""
        except ValueError:
            raise ValidationError(_l("Enter a colour as six digits, such as #0b5c4a.")) from None
        if text and not colours.can_be_read(field.data):
            self.suggestion = colours.nearest(field.data)
            raise ValidationError(
                _(
                    "This colour is too pale to be read on a light ground. "
                    "The nearest that can be read is %(colour)s.",
                    colour=self.suggestion,
                )
            )


class AddressForm(Plain):
    slug = StringField(
        _l("Address of the letter"),
        [InputRequired(_l("Enter the last part of the address."))],
        filters=[lambda value: (value or "").strip().lower()],
        description=_l(
            "Lower-case letters, digits and hyphens. Older addresses lead to the new one."
        ),
    )


class PhrasesForm(Plain):
    """The small texts of one language."""

    thanks = TextAreaField(
        _l("After confirming"),
        [at_most(5000)],
        description=_l("Shown under “Thank you”, in Markdown. Empty: nothing more is said."),
    )
    newsletter = StringField(
        _l("Newsletter: the sentence to agree to"),
        [at_most(LONGEST)],
        filters=[one_line],
        description=_l("Empty: as in the letter's own language. A new one waits for approval."),
    )
    picture_alt = StringField(
        _l("What the picture shows"),
        [at_most(LONGEST)],
        filters=[one_line],
        description=_l("Read out to those who cannot see it. Empty: it is only decoration."),
    )
    delivery_note = TextAreaField(
        _l("About the delivery"),
        [at_most(5000)],
        description=_l("Shown on the page once the letter is delivered, in Markdown."),
    )
