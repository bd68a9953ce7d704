"""What the columns of a file hold, and a row as somebody who signed elsewhere. Pure.

The headings are those of openPetition's and change.org's lists, of our own exports, and of what
people write by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from email_validator import EmailNotValidError

from signing.collected.person import Person
from signing.core import cells, locales
from signing.signatures import names
from signing.signatures.address import normalised


class Column(StrEnum):
    """What a column holds; the rest of a file is not kept."""

    NOTHING = ""
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    CITY = "city"
    POSTCODE = "postcode"
    COUNTRY = "country"


HEADINGS = {
    Column.NAME: "name, full name, fullname, vollständiger name, vor- und nachname, nom complet, "
    "nombre completo, nombre y apellidos, unterzeichner, unterzeichner/in, signer, signatory",
    Column.FIRST_NAME: "first name, firstname, first, given name, vorname, prénom, prenom, nombre",
    Column.LAST_NAME: "last name, lastname, last, surname, family name, nachname, familienname, "
    "nom, nom de famille, apellido, apellidos",
    Column.EMAIL: "email, e-mail, mail, email address, e-mail address, e-mail-adresse, "
    "emailadresse, mailadresse, courriel, adresse e-mail, correo, correo electrónico",
    Column.CITY: "city, town, ort, stadt, wohnort, ville, commune, ciudad, localidad",
    Column.POSTCODE: "postcode, post code, postal code, postal_code, zip, zip code, zipcode, plz, "
    "postleitzahl, code postal, código postal",
    Column.COUNTRY: "country, country code, land, staat, pays, país, pais",
}
_BY_HEADING = {
    heading.strip(): column for column, listed in HEADINGS.items() for heading in listed.split(",")
}


class Problem(StrEnum):
    """Why a row cannot be used."""

    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    NAME_ODD = "name_odd"  # it holds an address or a link
    ADDRESS_ODD = "address_odd"
    CITY_TOO_LONG = "city_too_long"
    NO_TABLE = "no_table"  # from this row on: nothing of the file is brought in


_OF_NAMES = {
    names.Fault.NO_LETTER: Problem.NO_NAME,
    names.Fault.TOO_LONG: Problem.NAME_TOO_LONG,
    names.Fault.ADDRESS: Problem.NAME_ODD,
}


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signed elsewhere: clean from here on. `address` is normalised, "" for none."""

    person: Person
    country: str = ""
    address: str = ""
    sheet: str = ""


def guess(headings: Sequence[str]) -> list[Column]:
    """What each column holds, as far as its heading tells; nothing is there twice."""
    found: list[Column] = []
    for heading in headings:
        column = _BY_HEADING.get(_folded(heading), Column.NOTHING)
        found.append(Column.NOTHING if column in found else column)
    if Column.FIRST_NAME in found and Column.LAST_NAME not in found and Column.NAME in found:
        found[found.index(Column.NAME)] = Column.LAST_NAME  # openPetition: Vorname, Name
    return found


def suffice(columns: Sequence[Column]) -> bool:
    """Whether a name can be made of them, and each is there once."""
    used = [one for one in columns if one]
    return len(used) == len(set(used)) and bool({Column.NAME, Column.LAST_NAME} & set(used))


def has_headings(first: Sequence[str]) -> bool:
    return any(guess(first)) and not any("@" in cell for cell in first)


def _folded(heading: str) -> str:
    return " ".join(heading.strip().strip("*:").casefold().split())


def signer(
    row: Sequence[str], columns: Sequence[Column], *, keeps_addresses: bool
) -> Signer | Problem:
    """Who signed in this row, or what is wrong with it."""
    named = zip(columns, row, strict=False)
    read = {column: cells.unsafe(cell) for column, cell in named if column}
    parts = (read.get(one, "") for one in (Column.NAME, Column.FIRST_NAME, Column.LAST_NAME))
    email = read.get(Column.EMAIL, "") if keeps_addresses else ""
    return checked(
        Person(
            name=names.clean_line(" ".join(parts)),
            city=names.clean_line(read.get(Column.CITY, "")),
            postcode=names.clean_line(read.get(Column.POSTCODE, ""))[: names.POSTCODE_CHARACTERS],
            email=email.strip(),
        ),
        country=country(read.get(Column.COUNTRY, "")),
    )


def checked(person: Person, *, country: str = "", sheet: str = "") -> Signer | Problem:
    """The person with the address as we recognise it, or what is wrong."""
    if fault := names.find_fault(person.name):
        return _OF_NAMES[fault]
    if len(person.city) > names.CITY_CHARACTERS:
        return Problem.CITY_TOO_LONG
    try:
        address = normalised(person.email) if person.email else ""
    except EmailNotValidError:
        return Problem.ADDRESS_ODD
    return Signer(person, country, address, sheet)


def country(text: str) -> str:
    """The code of a country by its code or its name in any of our languages; "" for others."""
    wanted = text.strip()
    code = wanted.upper()
    return code if code in locales.country_codes() else _countries().get(wanted.casefold(), "")


@cache
def _countries() -> dict[str, str]:
    return {
        name.casefold(): code
        for tag in locales.languages()
        for code, name in locales.countries(tag)
    }
