"""Reporting a name under a letter: no account, and nobody has to say who they are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from signing.core.db import transaction
from signing.core.vault import Unreadable
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.moderation import reports
from signing.moderation.reasons import WORDS, Reason
from signing.moderation.reports import Said
from signing.signatures import names
from signing.web import headers
from signing.web.site.letters import alternates
from signing.web.speech import spoken

bp = Blueprint("reporting", __name__, url_prefix="/<locale:locale>/<slug:slug>/report")
# What a visitor can know of a name.
OFFERED = (Reason.SOMEBODY_ELSE, Reason.INSULT, Reason.ADVERTISING, Reason.NO_NAME)
KEPT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent."""

    name: str = ""
    why: str = ""
    words: str = ""

    def mistakes(self) -> list[tuple[str, str]]:
        """Ids of fields with what is wrong with them."""
        found = []
        if not self.name:
            found.append(("name", _("Enter the name that you want to report.")))
        if len(self.name) > names.NAME_CHARACTERS:
            found.append(("name", _("The name is too long: 100 characters at most.")))
        if self.why not in OFFERED:
            found.append(("why", _("Choose what is wrong with the name.")))
        if len(self.words) > names.COMMENT_CHARACTERS:
            found.append(("words", _("The comment is too long: 1,000 characters at most.")))
        return found


@bp.get("")
def show(slug: str) -> ResponseReturnValue:
    """How to have somebody look at a name."""
    response = make_response(_page(letters.get_by_slug(slug), Typed(), []))
    return headers.share(response, KEPT_SECONDS, stale_seconds=KEPT_SECONDS)


def _page(letter: Letter, typed: Typed, mistakes: list[tuple[str, str]]) -> str:
    reading = letters.read(letter, spoken().tag)
    return render_template(
        "site/report.html",
        letter=letter,
        reading=reading,
        alternates=alternates(reading, "site.reporting.show"),
        typed=typed,
        mistakes=mistakes,
        errors=dict(mistakes),
        reasons={one: WORDS[one] for one in OFFERED},
        longest=names.COMMENT_CHARACTERS,
    )


@bp.post("")
def send(slug: str) -> ResponseReturnValue:
    """Whether such a name is there is not said: the answer is the same for all."""
    letter = letters.get_by_slug(slug)
    typed = Typed(
        names.clean_line(request.form.get("name", "")),
        request.form.get("why", ""),
        names.clean_text(request.form.get("words", "")),
    )
    if mistakes := typed.mistakes():
        return headers.personal(make_response(_page(letter, typed, mistakes), 422))
    try:
        with transaction():
            reports.put(letter.id, Said(typed.name, typed.words), Reason(typed.why))
    except Unreadable:
        raise letters.NoSuchLetter from None  # erased: no names are shown any more
    return redirect(url_for(".sent", slug=letter.slug), 303)


@bp.get("/sent")
def sent(slug: str) -> ResponseReturnValue:
    letter = letters.get_by_slug(slug)
    reading = letters.read(letter, spoken().tag)
    page = render_template(
        "site/reported.html",
        letter=letter,
        reading=reading,
        alternates=alternates(reading, "site.reporting.sent"),
    )
    return headers.personal(make_response(page))
