"""The forms by which signatures from paper and elsewhere come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import InputRequired, Length, Optional

from signing.collected import queries, sizes
from signing.collected.actions import About
from signing.collected.columns import (
    Column,
    Problem,
    Signer,
    checked,
    country,
)
from signing.collected.columns import suffice as columns_suffice
from signing.collected.models import Basis, Kind
from signing.collected.person import Person
from signing.core import address_parts, clock
from signing.letters import paper
from signing.letters.models import Field
from signing.signatures import names
from signing.web.staff import desk, numbers
from signing.web.staff.collected import words
from signing.web.staff.forms import Plain

LONGEST, LONGEST_WORDING, LONGEST_SHEET = sizes.SOURCE, sizes.WORDING, 20
LINE = ("name", "postcode", "city", "email")  # of a line: what is sealed
MOST = 10**10  # more people than there are
_TOO_LONG = _l("This is too long.")
FILES = (Kind.OPENPETITION, Kind.CHANGE, Kind.OTHER, Kind.PAPER)


def _line(value: str | None) -> str:
    return names.clean_line(value or "", LONGEST)


def _address(_form: Any, field: Any) -> None:
    if field.data and not _is_whole(field.data):
        raise ValidationError(_("Enter a whole address that begins with https://"))


def _is_whole(link: str) -> bool:
    try:
        parts = address_parts.of_link(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


class AboutForm(Plain):
    """Where signatures come from, and what allows keeping them."""

    source = StringField(
        _l("Where they were collected"),
        [InputRequired(_l("Say where.")), Length(max=LONGEST, message=_TOO_LONG)],
        filters=[_line],
    )
    link = StringField(
        _l("Link to that page (optional)"),
        [Optional(), Length(max=sizes.LINK, message=_TOO_LONG), _address],
        filters=[lambda value: (value or "").strip()],
    )
    began_on = DateField(_l("First day of collecting (optional)"), [Optional()])
    ended_on = DateField(_l("Last day (optional)"), [Optional()])
    as_of = DateField(_l("Date of the number"), [InputRequired(_l("Enter a date."))])
    basis = SelectField(_l("What allows storing e-mail addresses"), default=Basis.NONE.value)
    wording = TextAreaField(
        _l("What the people who signed have read and agreed to"),
        [Length(max=LONGEST_WORDING, message=_TOO_LONG)],
        filters=[lambda value: names.clean_text(value or "", LONGEST_WORDING)],
    )

    def offer(self) -> None:
        if "basis" in self:
            self.basis.choices = [SelectChoice(one.value, words.BASES[one]) for one in Basis]

    def validate_wording(self, field: Any) -> None:
        if self.basis.data and not field.data:
            raise ValidationError(
                _("Without this wording no e-mail address may be stored. Enter it, or choose none.")
            )

    def validate_ended_on(self, field: Any) -> None:
        if field.data and self.began_on.data and field.data < self.began_on.data:
            raise ValidationError(_("The last day is before the first."))

    def validate_as_of(self, field: Any) -> None:
        if field.data and field.data > today():
            raise ValidationError(_("This day has not come yet."))

    def about(self, kind: Kind) -> About:
        """Clean from here on."""
        return About(
            kind=kind,
            source=self.source.data or "",
            as_of=self._data("as_of") or today(),
            link=self._data("link") or "",
            began_on=self._data("began_on"),
            ended_on=self._data("ended_on"),
            basis=Basis(self._data("basis") or ""),
            wording=self._data("wording") or "",
        )

    def _data(self, name: str) -> Any:
        return self[name].data if name in self else None


class SheetsForm(AboutForm):
    """Sheets that come back: ours, whose wording we know by its code, or others."""

    link = as_of = None  # type: ignore[assignment]  # WTForms' way to leave a field out
    code = SelectField(_l("The code at the foot of the sheets"))

    def fit(self, letter_id: Any) -> SheetsForm:
        self.offer()
        self.known = {paper.code(one): one for one in queries.list_paper_wordings(letter_id)}
        other = SelectChoice("", _l("Other sheets than these"))
        self.code.choices = [other, *(SelectChoice(one, one) for one in self.known)]
        return self

    def validate_wording(self, field: Any) -> None:
        if self.code.data in self.known:
            field.data = self.known[self.code.data].text
        super().validate_wording(field)


class UploadForm(AboutForm):
    """A file of signatures, and all there is to say about it."""

    kind = SelectField(_l("What kind of list this is"))
    file = FileField(_l("The file (CSV, 50 MB at most)"))

    def offer(self) -> None:
        super().offer()
        self.kind.choices = [SelectChoice(one.value, words.KINDS[one]) for one in FILES]


class FigureForm(AboutForm):
    """A number that somebody else answers for."""

    basis = wording = began_on = ended_on = None  # type: ignore[assignment]  # as above
    link = StringField(
        _l("Link to the page that shows the number"),
        [
            InputRequired(_l("Enter the link: whoever reads the number should be able to look.")),
            Length(max=sizes.LINK, message=_TOO_LONG),
            _address,
        ],
        filters=[lambda value: (value or "").strip()],
    )
    number = StringField(_l("Number of signatures there"), [InputRequired(_l("Enter a number."))])

    def validate_number(self, _field: Any) -> None:
        if not 0 < self.n < MOST:
            raise ValidationError(_("Enter a number above zero, in digits."))

    def validate_wording(self, field: Any) -> None:
        """There is none."""

    def validate_ended_on(self, field: Any) -> None:
        """There is none."""

    @property
    def n(self) -> int:
        return numbers.whole(self.number.data or "") or 0


class LineForm(Plain):
    """One line of a sheet, typed in; `fit` says of what."""

    sheet = StringField(
        _l("Sheet"), [Optional(), Length(max=LONGEST_SHEET, message=_TOO_LONG)], filters=[_line]
    )
    name = StringField(_l("Name"), filters=[_line])
    postcode = StringField(
        paper.LABELS[Field.POSTCODE],
        [Optional(), Length(max=names.POSTCODE_CHARACTERS, message=_TOO_LONG)],
        filters=[_line],
    )
    city = StringField(paper.LABELS[Field.CITY], filters=[_line])
    country = StringField(paper.LABELS[Field.COUNTRY], [Optional()], filters=[_line])
    email = StringField(
        _l("E-mail address"), [Optional()], filters=[lambda value: (value or "").strip()]
    )

    def fit(self, asked: Sequence[Field], *, keeps_addresses: bool) -> LineForm:
        """Asks what the sheet asks, in its order, as far as it may be kept."""
        for field in paper.LABELS:
            if field not in asked:
                del self[field.value]
        if not keeps_addresses:
            del self.email
        self.between = [self[field.value] for field in asked]
        return self

    def validate_country(self, field: Any) -> None:
        if field.data and not country(field.data):
            raise ValidationError(_("No country is called that. Its two letters will do, too."))

    def read(self) -> Signer | None:
        """Who signed on this line; None where something is wrong, which the fields then say."""
        if not self.validate():
            return None
        kept = {name: self[name].data or "" for name in LINE if name in self}
        found = checked(
            Person(**kept),
            country=country(self["country"].data or "") if "country" in self else "",
            sheet=self.sheet.data or "",
        )
        if isinstance(found, Signer):
            return found
        self.complain(found)
        return None

    def complain(self, problem: Problem) -> None:
        fields = {Problem.ADDRESS_ODD: "email", Problem.CITY_TOO_LONG: "city"}
        self[fields.get(problem, "name")].errors = [words.PROBLEMS[problem]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What each column of a file holds, as somebody has chosen; `mistake` is "" if that will do."""

    columns: tuple[Column, ...]
    has_header: bool
    mistake: str = ""

    @classmethod
    def of(cls, values: Sequence[str], *, has_header: bool) -> Chosen:
        known = {one.value for one in Column}
        columns = tuple(Column(one if one in known else "") for one in values)
        return cls(columns, has_header, _mistake(columns))


def _mistake(columns: Sequence[Column]) -> str:
    used = [one for one in columns if one]
    if len(used) != len(set(used)):
        return str(_("Two columns cannot hold the same. Choose “Leave out” for one of them."))
    if not columns_suffice(used):
        return str(_("Choose the column that holds the name."))
    return ""


def today() -> date:
    """Where the letter lives: what a date field shows at first, and the last day that has come."""
    return desk.letter().local(clock.now()).date()
