"""The settings of how people sign: when, what is asked, from where, which mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind

from signing.core import clock, locales
from signing.letters import moments
from signing.letters.models import Field, Letter, ProofOfWork
from signing.letters.settings import in_order
from signing.web.staff.settings.form import LONGEST, GroupForm, at_most, one_line

LOCAL = "%Y-%m-%dT%H:%M"  # what an input of datetime-local sends


class TimesForm(GroupForm):
    name, label = "times", _l("Opening and closing")
    names = ("opens_at", "closes_at", "time_zone")

    time_zone = SelectField(
        _l("Time zone"), description=_l("All times of the letter are in this time zone.")
    )
    opens_at = StringField(
        _l("Opens"),
        description=_l("Empty: as soon as you open it. Until then the page can be read."),
    )
    closes_at = StringField(_l("Closes"), description=_l("Empty: when you close it."))

    def offer(self) -> None:
        first = dict.fromkeys(("UTC", moments.likely(self.letter.default_locale)))
        self.time_zone.choices = [
            SelectChoice(zone, zone) for zone in dict.fromkeys((*first, *moments.zones()))
        ]

    @classmethod
    def shown(cls, letter: Letter) -> dict[str, Any]:
        times = {"opens_at": letter.opens_at, "closes_at": letter.closes_at}
        local = {name: letter.local(at).strftime(LOCAL) if at else "" for name, at in times.items()}
        return local | {"time_zone": letter.time_zone}

    def values(self) -> dict[str, Any]:
        return {
            "time_zone": self.time_zone.data,
            "opens_at": self._moment(self.opens_at),
            "closes_at": self._moment(self.closes_at, last=True),
        }

    def validate_opens_at(self, field: Any) -> None:
        self._moment(field)

    def validate_closes_at(self, field: Any) -> None:
        at = self._moment(field, last=True)
        if at and at <= clock.now() and at != self.letter.closes_at:
            raise ValidationError(_l("That is over. To close the letter now, go to its state."))

    def _moment(self, field: Any, *, last: bool = False) -> datetime | None:
        """An hour that comes twice means its first turn for opening, its last for closing."""
        text = (field.data or "").strip()
        if not text or self.time_zone.data not in moments.zones():
            return None
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
            if last and len(text) <= len("2027-03-31"):
                local = local.replace(hour=23, minute=59)  # a day counts to its end, as in a file
            return moments.meant(local, self.time_zone.data, last=last).moment
        except moments.NoSuchTime as jump:
            raise ValidationError(
                _(
                    "There is no such time: the clocks are put forward. Choose %(time)s.",
                    time=jump.then.strftime("%H:%M"),
                )
            ) from None
        except (ValueError, OverflowError):
            raise ValidationError(_l("Enter day and time, such as 2027-03-31 18:00.")) from None


ASKS = {
    "no": _l("is not asked"),
    "may": _l("is asked, may be left empty"),
    "must": _l("is asked, has to be filled in"),
}


def _asked(label: LazyString) -> SelectField:
    return SelectField(label, choices=[SelectChoice(*one) for one in ASKS.items()])


class FieldsForm(GroupForm):
    name, label = "fields", _l("What the form asks")
    names = ("fields", "required", "countries")

    country = _asked(_l("Country"))
    postcode = _asked(_l("Postcode"))
    city = _asked(_l("Town"))
    organisation = _asked(_l("Organisation"))
    comment = _asked(_l("Why do you sign?"))
    countries = SelectMultipleField(
        _l("Only people from these countries"),
        description=_l("None chosen: from everywhere. Others are told kindly who may sign."),
    )

    def offer(self) -> None:
        named = locales.countries(locales.current().tag)
        self.countries.choices = [SelectChoice(*one) for one in named]

    @classmethod
    def shown(cls, letter: Letter) -> dict[str, Any]:
        return {one.value: _how(letter, one) for one in Field} | {"countries": letter.countries}

    def values(self) -> dict[str, Any]:
        asked = [one for one in Field if self[one].data != "no"]
        return {
            "fields": in_order(asked),
            "required": in_order(one for one in asked if self[one].data == "must"),
            "countries": sorted(self.countries.data or ()),
        }


def _how(letter: Letter, field: Field) -> str:
    if field not in letter.fields:
        return "no"
    return "must" if field in letter.required else "may"


class MailForm(GroupForm):
    name, label = "mail", _l("Mails")
    names = ("sender_name", "reply_address", "takes_reminders", "newsletter")

    sender_name = StringField(
        _l("Sender's name"),
        [at_most(100)],
        filters=[one_line],
        description=_l("Who the mails are from. Empty: who is responsible."),
    )
    reply_address = StringField(
        _l("Address for replies"),
        [at_most(254)],
        filters=[one_line],
        description=_l("Empty: the address for questions."),
    )
    takes_reminders = BooleanField(
        _l("Send one reminder to people who have not pressed the button in their mail")
    )
    newsletter = StringField(
        _l("Newsletter: the sentence to agree to"),
        [at_most(LONGEST)],
        filters=[one_line],
        description=_l(
            "In the letter's own language; other languages stand with the small texts. "
            "Empty: the form does not offer it. A new sentence waits for approval."
        ),
    )

    def values(self) -> dict[str, Any]:
        return super().values() | {"newsletter": self.newsletter.data or None}


class ScreeningForm(GroupForm):
    name, label = "screening", _l("Against floods")
    names = ("work",)

    work = RadioField(
        _l("Have browsers prove work before a form is taken"),
        choices=[
            SelectChoice(ProofOfWork.AUTO.value, _l("Only in a rush (best for nearly everybody)")),
            SelectChoice(ProofOfWork.ON.value, _l("Always: while somebody attacks the letter")),
            SelectChoice(ProofOfWork.OFF.value, _l("Never: browsers compute nothing")),
        ],
        description=_l("People notice a second of waiting; programs that send thousands are slow."),
    )
