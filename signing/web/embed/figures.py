"""The count with its finished texts in one language: the source of every form that others show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from signing.core import clock, locales
from signing.core.links import absolute
from signing.core.locales import Language
from signing.counts import queries as counts
from signing.letters.models import Letter


@dataclass(frozen=True, slots=True)
class Count:
    """What every form shows; texts are finished in `language`."""

    letter: Letter
    language: Language
    n: int
    goal: int | None  # none once nobody can sign any more
    as_of: datetime
    count_text: str
    label: str  # a word for what is counted
    sentence: str
    call: str
    url: str


def count(letter: Letter, language: Language, code: str = "") -> Count:
    """The present number of this letter, said in this language; its link names who shows it."""
    total = counts.total(letter.id)
    text = locales.number(total.n, language)
    takes_signatures = letter.takes_signatures(clock.now())
    with locales.speaking(language.tag):
        return Count(
            letter=letter,
            language=language,
            n=total.n,
            goal=letter.goal_at(total.n) if takes_signatures else None,
            as_of=total.as_of or letter.created_at,
            count_text=text,
            label=ngettext("signature", "signatures", total.n),
            sentence=people(total.n, language),
            call=_("Sign the letter") if takes_signatures else _("To the letter"),
            url=absolute("site.letters.show", locale=language.tag, slug=letter.slug)
            + (f"?from={code}" if code else ""),
        )


def people(n: int, language: Language) -> str:
    """The sentence that so many have signed."""
    with locales.speaking(language.tag):
        sentence: str = ngettext(
            "%(count)s person has signed",
            "%(count)s people have signed",
            n,
            count=locales.number(n, language),
        )
    return sentence
