"""What kinds, states and columns of collected signatures are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from signing.collected.columns import Column, Problem
from signing.collected.models import Basis, Kind, State

KINDS = {
    Kind.PAPER: _l("On paper"),
    Kind.OPENPETITION: _l("openPetition"),
    Kind.CHANGE: _l("change.org"),
    Kind.OTHER: _l("Another place"),
    Kind.FIGURE: _l("A number only"),
}
STATES = {
    State.UPLOADED: _l("Waits for its columns"),
    State.READING: _l("Being read; does not count yet"),
    State.READ: _l("Read; waits for you to look and does not count yet"),
    State.COUNTED: _l("Counts"),
    State.REPLACED: _l("Replaced by a newer number"),
    State.UNDONE: _l("Removed; does not count"),
}
BASES = {
    Basis.NONE: _l("None: do not store e-mail addresses"),
    Basis.CONSENT: _l("Their explicit consent (GDPR art. 6 and 9)"),
    Basis.INTEREST: _l("Legitimate interest that they were told of"),
}
COLUMNS = {
    Column.NOTHING: _l("Leave out"),
    Column.NAME: _l("Whole name"),
    Column.FIRST_NAME: _l("First name"),
    Column.LAST_NAME: _l("Last name"),
    Column.EMAIL: _l("E-mail address"),
    Column.CITY: _l("Town"),
    Column.POSTCODE: _l("Postcode"),
    Column.COUNTRY: _l("Country"),
}
PROBLEMS = {
    Problem.NO_NAME: _l("There is no name."),
    Problem.NAME_TOO_LONG: _l("The name is too long: 100 characters at most."),
    Problem.NAME_ODD: _l("An address or a link stands where the name should be."),
    Problem.ADDRESS_ODD: _l("This is no complete e-mail address."),
    Problem.CITY_TOO_LONG: _l("The name of the town is too long."),
    Problem.NO_TABLE: _l("From here on this is no table: the whole file was thrown away."),
}
