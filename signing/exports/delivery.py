"""The paper that goes with a delivered file: what is counted, how, and how to check it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from babel.numbers import format_percent
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from signing.collected import queries as collected
from signing.collected.queries import Shown
from signing.core import bidi, clock, fonts, locales
from signing.core.db import db
from signing.core.keystore import Forgotten
from signing.core.locales import Language
from signing.core.pages import SOFT, Pages
from signing.core.vault import vault
from signing.counts import cells
from signing.counts import queries as counts
from signing.counts.models import Dimension
from signing.exports import queries, rows
from signing.exports.models import Export
from signing.letters import queries as letters
from signing.letters.models import Letter, LetterRevision
from signing.letters.paper import NoFont
from signing.letters.queries import Reading
from signing.signatures.models import Signature, State

SAMPLE = 20
MOST_NAMES = 100_000  # twenty seconds of a worker's drawing, and six hundred pages to print
DRAWN_AT_ONCE = rows.BATCH  # rows that are looked at for the sample in between
AT_ONCE = 300  # names that are drawn before others have their turn


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row of the sample as it stands here; None where it has gone since."""

    reference: str
    locale: str | None
    country: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Names:
    """Who of the file's people shows their name, as they show it, in the order of signing."""

    number: int
    shown: list[str]  # nobody, where they are more than `MOST_NAMES`


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the paper says, as of one moment; to be read in one snapshot."""

    reading: Reading
    text_digest: str
    at: datetime
    confirmed: int
    by_locale: Mapping[str, int]
    by_country: Mapping[str, int]
    beside: list[Shown]
    bounced: int
    withdrawn: int
    export: Export
    sample: list[Drawn]
    names: Names | None = None  # where they were asked for


def draw(export: Export) -> Iterator[list[UUID]]:
    """The signatures of the sample, see `rows.draw`; holds no session between two of them."""
    ids = queries.stream_ids(export.letter_id, export.id)
    return rows.draw(export.letter_id, export.id, ids, (export.digest or b"").hex(), SAMPLE)


def gather(
    letter: Letter, export: Export, locale: str, sample: Sequence[UUID], *, has_names: bool = False
) -> Facts:
    """`export` has left whole: it has a digest. Raises `vault.Unreadable` for an erased letter."""
    reading = letters.read(letter, locale)
    digest = select(LetterRevision.body_digest).where(
        LetterRevision.letter_id == letter.id,
        LetterRevision.id == reading.translation.revision_id,
    )
    ever = counts.ever(letter.id)
    return Facts(
        reading,
        text_digest=(db.session.scalar(digest) or b"").hex(),
        at=clock.now(),
        confirmed=counts.total(letter.id).n,
        by_locale=_most_first(ever, Dimension.LOCALE),
        by_country=_most_first(ever, Dimension.COUNTRY),
        beside=collected.list_shown(letter.id),
        bounced=_count_bounced(letter),
        withdrawn=vault.store.count_forgotten(letter.id, Forgotten.WITHDRAWN),
        export=export,
        sample=_look_up(export, sample),
        names=_names(export) if has_names else None,
    )


def _names(export: Export) -> Names:
    number = queries.count_shown(export.letter_id, export.id)
    shown = queries.stream_shown(export.letter_id, export.id) if number <= MOST_NAMES else ()
    return Names(number, [*shown])


def _most_first(ever: Mapping[tuple[Dimension, str], int], wanted: Dimension) -> dict[str, int]:
    """Small ones are merged: the paper may be published."""
    found = {value: n for (dimension, value), n in ever.items() if dimension is wanted}
    return cells.merged(dict(sorted(found.items(), key=lambda one: -one[1])))


def _count_bounced(letter: Letter) -> int:
    bounced = (
        select(func.count())
        .select_from(Signature)
        .where(
            Signature.letter_id == letter.id,
            Signature.bounced_at.is_not(None),
            Signature.state == State.CONFIRMED.value,
        )
    )
    return db.session.scalar(bounced) or 0


def _look_up(export: Export, ids: Sequence[UUID]) -> list[Drawn]:
    letter_id = export.letter_id
    found = db.session.execute(
        select(Signature.id, Signature.locale, Signature.country, Signature.confirmed_at).where(
            Signature.letter_id == letter_id,
            Signature.id.in_(ids),
            Signature.state == State.CONFIRMED.value,
        )
    )
    there = {row.id: (row.locale, row.country, row.confirmed_at) for row in found}
    return [
        Drawn(rows.reference(letter_id, export.id, one), *there.get(one, (None, "", None)))
        for one in ids
    ]


def check(letter: Letter, locale: str, language: Language) -> None:
    """Raises `NoFont` where a letter would be missing on the paper in this language."""
    title = letters.read(letter, locale).translation.title
    if not fonts.can_write("".join((title, language.name, _("Country")))):
        raise NoFont


def pdf(facts: Facts, language: Language) -> Iterator[bytes]:
    """In pieces, the last of which is the document: before it, nothing, so that others may work.

    It is written in `language`, whoever is spoken to when it is asked for the next piece.
    """
    with locales.speaking(language.tag):
        pages = _begin(facts, language)
    names = facts.names or Names(0, [])
    shown = [name for one in names.shown if fonts.can_write(name := fonts.drawable(one))]
    for first in range(0, len(shown), AT_ONCE):
        pages.write_list(shown[first : first + AT_ONCE])
        yield b""
    with locales.speaking(language.tag):
        _write_left_out(pages, len(names.shown) - len(shown))
    yield bytes(pages.output())


def _begin(facts: Facts, language: Language) -> Pages:
    pages = Pages(language, facts.reading.translation.title)
    _write_head(pages, facts)
    _write_figures(pages, facts)
    _write_method(pages, facts)
    _write_file(pages, facts)
    if facts.names is not None:
        _begin_names(pages, facts.names, facts.export)
    return pages


def _write_head(pages: Pages, facts: Facts) -> None:
    reading, at = facts.reading, facts.reading.letter.local(facts.at)
    pages.write_text(reading.translation.title, size=18, is_bold=True)
    addressee = bidi.isolated(reading.addressee, pages.language.direction)
    pages.write_text(_("To: %(addressee)s", addressee=addressee), size=11)
    pages.write_text(reading.letter.controller, size=9, ink=SOFT)
    values = {"date": locales.day(at, pages.language), "number": _number(pages, facts.confirmed)}
    pages.write_heading(_("Confirmed signatures on %(date)s: %(number)s", **values), size=15)


def _write_figures(pages: Pages, facts: Facts) -> None:
    named = locales.languages()
    countries = dict(locales.countries(pages.language.tag)) | {cells.OTHER: _("Others")}
    languages = {tag: language.name for tag, language in named.items()}
    languages[cells.OTHER] = _("Others")
    for heading, figures, names in (
        (_("By language"), facts.by_locale, languages),
        (_("By country"), facts.by_country, countries),
    ):
        if not figures.keys() - {cells.OTHER}:
            continue  # a table of "Others" alone tells nobody anything
        pages.write_heading(heading)
        told = [(names.get(one) or one or "–", _number(pages, n)) for one, n in figures.items()]
        pages.write_table(told, (4, 1))
    if facts.beside:
        pages.write_heading(_("Collected on paper and elsewhere, not in this number"))
        pages.write_table([_beside(pages, one) for one in facts.beside], (4, 2, 1))


def _beside(pages: Pages, one: Shown) -> tuple[str, str, str]:
    source = bidi.isolated(one.source or _("On paper"), pages.language.direction)
    return source, locales.day(one.as_of, pages.language), _number(pages, one.number)


def _number(pages: Pages, n: int) -> str:
    return locales.number(n, pages.language)


def _write_method(pages: Pages, facts: Facts) -> None:
    pages.write_heading(_("How we count"))
    for told in (
        _(
            "A signature counts only after the button was pressed on the page that a mail to its "
            "address leads to. Opening the mail or the page does not count."
        ),
        _(
            "One e-mail address is one signature under a letter. Different spellings that reach "
            "the same inbox are one address."
        ),
        _("Names are shown as people give them. We check the address, not a passport."),
    ):
        pages.write_text(told)
    ever = facts.confirmed + facts.withdrawn
    lines = [
        (_("Addresses whose mail comes back"), facts.bounced, facts.confirmed),
        (_("Withdrawn in the past year"), facts.withdrawn, ever),
    ]
    pages.write_table([_rate(pages, *line) for line in lines], (4, 1, 1))


def _rate(pages: Pages, label: str, n: int, of: int) -> tuple[str, str, str]:
    share = n / of if of else 0
    percent = format_percent(share, format="0.0 %", locale=pages.language.babel)
    return label, _number(pages, n), percent


def _write_file(pages: Pages, facts: Facts) -> None:
    export = facts.export
    pages.write_heading(_("The file"))
    told = [
        (_("Rows"), _number(pages, export.carried)),
        (_("SHA-256 of the file"), (export.digest or b"").hex()),
        (_("SHA-256 of the letter's text"), facts.text_digest),
    ]
    pages.write_table(told, (1, 3))
    pages.write_heading(_("A sample to check"))
    pages.write_text(
        _(
            "How these rows were drawn: for each row, the SHA-256 of the file and the row's "
            "reference, one behind the other, are hashed with SHA-256; the rows with the lowest "
            "results stand here. Whoever has the file finds the same ones, and nobody could choose "
            "them beforehand."
        )
    )
    heads = (_("Reference"), _("Language"), _("Country"), _("Confirmed on"))
    pages.write_table([heads, *(_drawn(pages, one) for one in facts.sample)], (3, 2, 2, 2))


def _drawn(pages: Pages, one: Drawn) -> tuple[str, str, str, str]:
    if one.locale is None or one.confirmed_at is None:
        return one.reference, _("Withdrawn"), "", ""
    language = locales.find(one.locale)
    country = dict(locales.countries(pages.language.tag)).get(one.country, one.country)
    day = locales.day(one.confirmed_at, pages.language)
    return one.reference, language.name if language else one.locale, country, day


def _begin_names(pages: Pages, names: Names, export: Export) -> None:
    """How many of them no font here can write is said behind them."""
    pages.write_heading(_("Names"))
    values = {"names": _number(pages, names.number), "rows": _number(pages, export.carried)}
    pages.write_text(
        _("Names shown: %(names)s of %(rows)s, each as the person shows it.", **values)
        if names.number <= MOST_NAMES
        else _("Names shown: %(names)s of %(rows)s. They stand in the file.", **values)
    )


def _write_left_out(pages: Pages, left: int) -> None:
    told = ngettext(
        "%(n)s name has letters that cannot be printed here: see the file.",
        "%(n)s names have letters that cannot be printed here: see the file.",
        left,
        n=_number(pages, left),
    )
    if left:
        pages.write_text(told)
