"""The forms about news: a text in one language, and a mailing."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import InputRequired, Length, ValidationError

from signing.letters import moments
from signing.letters.models import Letter
from signing.news.broadcasts import PACES, USUAL_PACE
from signing.news.models import Audience
from signing.news.posts import BODY_CHARACTERS, TITLE_CHARACTERS, Words
from signing.web.staff.forms import Plain

LONGEST_REVISION = 9
TOO_LONG = _l("This is too long.")
AUDIENCES = {
    Audience.NEWS: _l("Everybody who asked for news about this letter"),
    Audience.NEWSLETTER: _l("Everybody who asked for the newsletter"),
    Audience.FOLLOW_UP: _l("Everybody who agreed to one mail about a follow-up letter: once only"),
}
PACE_NAMES = {
    500: _l("500 mails an hour: for a mail server that is new to this"),
    2000: _l("2,000 mails an hour"),
    10_000: _l("10,000 mails an hour"),
    50_000: _l("50,000 mails an hour"),
    0: _l("As fast as the mail server takes them"),
}


class TextForm(Plain):
    """What a post says in one language."""

    title = StringField(
        _l("Title, which is the subject of the mail too"),
        [InputRequired(_l("Enter a title.")), Length(max=TITLE_CHARACTERS, message=TOO_LONG)],
        filters=[lambda value: " ".join((value or "").split())],
    )
    body = TextAreaField(
        _l("Text"),
        [InputRequired(_l("Enter a text.")), Length(max=BODY_CHARACTERS, message=TOO_LONG)],
        filters=[lambda value: (value or "").replace("\r\n", "\n").strip()],
    )
    revision = HiddenField()

    @property
    def words(self) -> Words:
        return Words(self.title.data or "", self.body.data or "")

    @property
    def made_from(self) -> int:
        """The revision that the form was made from; what is no number is none."""
        text = self.revision.data or ""
        return int(text) if text.isdecimal() and len(text) <= LONGEST_REVISION else 0


class MailingForm(Plain):
    """Whom a post is mailed to, and how fast."""

    audience = RadioField(_l("Who gets it"))
    pace = RadioField(_l("How fast"))

    def offer(self, audiences: list[Audience]) -> MailingForm:
        self.audience.choices = [SelectChoice(one.value, AUDIENCES[one]) for one in audiences]
        self.pace.choices = [SelectChoice(str(pace), PACE_NAMES[pace]) for pace in PACES]
        return self

    @classmethod
    def blank(cls, audiences: list[Audience]) -> MailingForm:
        usual = {"audience": Audience.NEWS.value, "pace": str(USUAL_PACE)}
        return cls(formdata=None, data=usual).offer(audiences)


class SendForm(Plain):
    """When a mailing begins, and that a second one in a day is meant."""

    when = RadioField(
        _l("When"),
        choices=[SelectChoice("now", _l("Now")), SelectChoice("later", _l("At a set time"))],
        default="now",
    )
    due_at = StringField(_l("Date and time"))
    is_sure = BooleanField()
    asks_sure = False
    letter: Letter

    def about(self, letter: Letter, *, asks_sure: bool) -> SendForm:
        self.letter, self.asks_sure = letter, asks_sure
        return self

    @property
    def moment(self) -> datetime | None:
        """None: now. Raises what `moments.meant` raises, ValueError for what is no time."""
        if self.when.data != "later":
            return None
        local = datetime.strptime(self.due_at.data or "", "%Y-%m-%dT%H:%M")  # noqa: DTZ007
        return moments.meant(local, self.letter.time_zone).moment

    def validate_due_at(self, _field: Any) -> None:
        with suppress(ValueError, OverflowError):
            _ = self.moment
            return
        raise ValidationError(_l("This time does not exist on that day. Choose another one."))

    def validate_is_sure(self, field: Any) -> None:
        if self.asks_sure and not field.data:
            raise ValidationError(_l("Tick the box if they should get a second mail today."))
