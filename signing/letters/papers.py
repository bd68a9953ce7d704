"""The documents that data protection law wants: templates, filled from a letter and its site.

What no machine can know stays marked for a person: `MARK`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signing.core import locales
from signing.core.refusals import Refusal
from signing.letters import queries, wordings
from signing.letters.models import ConsentPurpose, Field, Letter, Translation

INDEX = "README.md"  # says what the templates are for; none itself
MARK = "[… to be filled in by a person"
ASKED = {
    Field.COUNTRY: "country",
    Field.POSTCODE: "postcode",
    Field.CITY: "town",
    Field.ORGANISATION: "organisation",
    Field.COMMENT: "comment",
}
GIVEN_ON = set(ASKED) - {Field.COMMENT}  # what the addressee gets besides the name


class PapersThere(Refusal):
    """Somebody may have filled in what is there; `names` are the files."""

    status = 409

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = names

    def __str__(self) -> str:
        return f"There already: {', '.join(self.names)}. --force writes them anew."


@dataclass(frozen=True, slots=True)
class Site:
    """What the documents say of the installation. Days are whole numbers."""

    name: str
    operator: str
    operator_address: str
    operator_contact: str
    base_url: str
    is_https: bool
    mail_from: str
    mail_server: str
    mail_is_encrypted: bool
    signs_mail: bool
    reads_bounces: bool
    asks_dns: bool
    database: str
    key_store: str
    limits_store: str
    pending_days: int
    manage_days: int
    confirm_days_after_closing: int
    names_days: int
    closed_days: int
    delivered_days: int
    mail_days: int
    bounced_days: int
    reminder_days: int
    mails_a_day: int
    calm_a_minute: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What the documents say of the letter, in English; empty where there is nothing of it."""

    slug: str
    title: str
    address: str
    state: str
    addressee: str
    controller: str
    controller_name: str
    contact: str
    languages: str
    own_words: str  # languages in which the campaign adds to the privacy notice
    goal: str
    since: str
    closes: str
    names_until: str
    minimum_age: int
    asked: str
    given_on: str
    takes_comment: bool
    takes_reminders: bool
    newsletter: str
    most_receivers: int  # partners that may offer a newsletter of their own
    consents: Mapping[str, str]  # the words by purpose


def describe(letter: Letter, translations: Sequence[Translation], *, address: str) -> Subject:
    """The letter as the documents tell of it; `address` is its page."""
    original = next((one for one in translations if one.locale == letter.default_locale), None)
    if original is None:
        raise queries.NothingPublished
    shown = wordings.list_shown(letter, locales.SOURCE)
    asked = [ASKED[one] for one in Field if one in letter.fields]
    given_on = [ASKED[one] for one in Field if one in letter.fields and one in GIVEN_ON]
    return Subject(
        slug=letter.slug,
        title=_line(original.title),
        address=address,
        state=letter.state,
        addressee=_line(letter.to),
        controller=_line(letter.controller),
        controller_name=_line(letter.controller_name),
        contact=letter.contact,
        languages=_languages(one.locale for one in translations),
        own_words=_languages(one.locale for one in translations if one.privacy),
        goal=locales.number(letter.goal, _english()) if letter.goal else "",
        since=_day(letter.opens_at or letter.created_at),
        closes=_day(letter.closes_at),
        names_until=_day(letter.names_until),
        minimum_age=letter.minimum_age,
        asked=locales.listing(["name", "e-mail address", *asked], _english()),
        given_on=locales.listing(["name", *given_on], _english()),
        takes_comment=Field.COMMENT in letter.fields,
        takes_reminders=letter.takes_reminders,
        newsletter=_line(letter.newsletter or ""),
        most_receivers=letter.most_receivers,
        consents={one.value: _line(shown[one].text) for one in ConsentPurpose if one in shown},
    )


def _english() -> locales.Language:
    return locales.languages()[locales.SOURCE]


def _day(day: date | None) -> str:
    return locales.day(day, _english()) if day else ""


def _languages(tags: Iterable[str]) -> str:
    names = sorted(locales.languages()[tag].babel.get_display_name("en") or tag for tag in tags)
    return locales.listing(names, _english()) if names else ""


def _line(text: str) -> str:
    """In one line, so that it fits into a table of Markdown."""
    return " ".join(text.split()).replace("|", "\\|")


def fill(templates: Path, *, letter: Subject, site: Site, today: date) -> dict[str, str]:
    """Every document by its file's name; a placeholder that is not known is an error."""
    environment = reader(templates)
    return {
        name: environment.get_template(name).render(letter=letter, site=site, today=_day(today))
        for name in sorted(environment.list_templates())
        if name != INDEX
    }


def reader(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # Markdown for a person's desk, no page
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["person"] = lambda known, what: known or f"{MARK}: {what}]"
    return environment


def count_marks(text: str) -> int:
    """How many places wait for a person."""
    return len(re.findall(re.escape(MARK), text))


def keep(papers: Mapping[str, str], folder: Path, *, force: bool = False) -> None:
    """All documents are in the folder afterwards; each appears there when it is whole.

    Raises `PapersThere` where one is there already, unless told to write it anew.
    """
    there = [name for name in papers if (folder / name).exists()]
    if there and not force:
        raise PapersThere(there)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        made = Path(stack.enter_context(TemporaryDirectory(dir=folder, prefix=".papers-")))
        for name, text in papers.items():
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        for name in papers:
            (made / name).replace(folder / name)
