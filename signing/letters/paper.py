"""What a sheet of paper says, and the sentence on it kept by version as those on the web are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from signing.core import bidi, clock, locales
from signing.core.db import db, insert
from signing.core.ids import new_id
from signing.core.refusals import Refusal
from signing.letters import markdown, wordings
from signing.letters.models import ConsentPurpose, Field, Letter, Wording
from signing.letters.queries import Reading

LABELS = {
    Field.POSTCODE: _l("Postcode"),
    Field.CITY: _l("Town"),
    Field.COUNTRY: _l("Country"),
}  # what paper can ask beyond name and e-mail, in the order of its columns


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "letter"


def columns(letter: Letter) -> list[Field]:
    """What the letter's sheets ask between name and e-mail, from the side where lines begin.

    Whoever types them in is asked for the same, in the same order.
    """
    return [field for field in LABELS if field in letter.fields]


class NoFont(Refusal):
    status = 422
    message = _l("This server has no font for this language. Its operator can install one.")


@dataclass(frozen=True, slots=True)
class Words:
    """All that stands on a sheet, in its language. `columns` are those between name and e-mail."""

    language: locales.Language
    title: str
    to: str
    summary: str
    consent: str
    code: str  # which version of the consent this is
    news: str
    name: str
    columns: tuple[str, ...]
    email: str
    news_column: str
    signature: str
    call: str
    url: str  # what the code for telephones leads to
    address: str  # the same, as short as it can be: to be typed off the paper
    privacy_url: str
    send_to: str
    contact: str
    collected_by: str
    sheet: str

    @property
    def all(self) -> str:
        """Every letter that is to be written."""
        values = (getattr(self, name) for name in self.__dataclass_fields__ if name != "language")
        return "".join("".join(one) for one in values)


def write(reading: Reading, *, url: str, address: str, privacy_url: str) -> Words:
    """The sheet in the language of the reading, the consent's wording kept; commits nothing."""
    letter, text = reading.letter, reading.translation
    with locales.speaking(text.locale) as language:
        own = partial(bidi.isolated, line=language.direction)
        wording = _keep(letter, language, _consent(letter, reading.addressee, language))
        return Words(
            language=language,
            title=text.title,
            to=_("To: %(addressee)s", addressee=own(reading.addressee)),
            summary=text.summary or markdown.paragraphs(text.body) or markdown.plain(text.body),
            consent=wording.text,
            code=code(wording),
            news=_(
                "Who ticks the box under “%(column)s” wants news about this letter by mail "
                "(from: %(controller)s).",
                column=_("News"),
                controller=own(letter.controller_name),
            ),
            name=_("Your name"),
            columns=tuple(str(LABELS[field]) for field in columns(letter)),
            email=_("E-mail"),
            news_column=_("News"),
            signature=_("Your signature"),
            call=_("Sign the letter"),
            url=url,
            address=own(address.removeprefix("https://")),
            privacy_url=own(privacy_url.removeprefix("https://")),
            send_to=_("Please send the sheets to: %(address)s", address=own(letter.controller)),
            contact=_("Contact: %(contact)s", contact=own(letter.contact)),
            collected_by=_("Collected by"),
            sheet=_("Sheet no."),
        )


def _consent(letter: Letter, addressee: str, language: locales.Language) -> str:
    own = partial(bidi.isolated, line=language.direction)
    text: str = _(
        "By signing here I ask %(controller)s to count my signature and to hand %(what)s and my "
        "signature to: %(addressee)s. This shows my political opinion, so the law asks for my "
        "explicit consent: I give it. I am %(age)s or older. I can take my consent back at any "
        "time (%(contact)s); what was done until then stays lawful.",
        controller=own(letter.controller_name),
        what=wordings.handed_over(columns(letter), language),
        addressee=own(addressee),
        age=locales.number(letter.minimum_age, language),
        contact=own(letter.contact),
    )
    return text


def _keep(letter: Letter, language: locales.Language, text: str) -> Wording:
    """The newest version of the sentence, which is this text afterwards."""
    digest = hashlib.sha256(text.encode()).digest()
    newest = _newest(letter, language)
    if newest is not None and newest.digest == digest:
        return newest
    row = {
        "letter_id": letter.id,
        "id": new_id(),
        "purpose": ConsentPurpose.PAPER,
        "locale": language.tag,
        "version": newest.version + 1 if newest else 1,
        "text": text,
        "digest": digest,
        "created_at": clock.now(),
    }
    db.session.execute(insert(Wording).values(row).on_conflict_do_nothing())
    kept = _newest(letter, language)
    assert kept is not None  # noqa: S101  # just inserted, by us or by somebody quicker
    return kept


def _newest(letter: Letter, language: locales.Language) -> Wording | None:
    mine = select(Wording).where(
        Wording.letter_id == letter.id,
        Wording.purpose == ConsentPurpose.PAPER,
        Wording.locale == language.tag,
    )
    return db.session.scalar(mine.order_by(Wording.version.desc()).limit(1))


def code(wording: Wording) -> str:
    """What the sheet carries, so that one knows later which sentence was signed."""
    return f"{wording.locale}-{wording.version}"
