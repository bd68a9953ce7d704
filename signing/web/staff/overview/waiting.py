"""What waits for a person, as a list of links: each number by a bounded question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from signing.core import locales
from signing.exports import waiting as exports
from signing.jobs import queries as jobs
from signing.jobs.models import State as JobState
from signing.letters import lagging
from signing.letters.models import Letter
from signing.moderation import waiting as moderation
from signing.staff_accounts.roles import Act
from signing.web.speech import spoken
from signing.web.staff import gate

MOST = 1000  # counted no further
TEXTS = "staff.texts.show"


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing to do, and where."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something that may wait: who can do it, where, how much there is, and how that is said."""

    act: Act
    endpoint: str
    count: Callable[[Letter], int]
    words: Callable[[int], str]


ITEMS = (
    Item(
        Act.MODERATE,
        "staff.queue.show",
        lambda letter: moderation.count_objections(letter.id),
        lambda n: ngettext(
            "%(n)s signer objects to a decision", "%(n)s signers object to decisions", n, n=few(n)
        ),
    ),
    Item(
        Act.MODERATE,
        "staff.queue.show",
        lambda letter: moderation.count_reports(letter.id),
        lambda n: ngettext("%(n)s name was reported", "%(n)s names were reported", n, n=few(n)),
    ),
    Item(
        Act.MODERATE,
        "staff.queue.show",
        lambda letter: moderation.count_flagged(letter.id),
        lambda n: ngettext(
            "%(n)s signature should be looked at",
            "%(n)s signatures should be looked at",
            n,
            n=few(n),
        ),
    ),
    Item(
        Act.EXPORT,
        "staff.exports.show_all",
        lambda letter: exports.count_asked(letter.id),
        lambda n: ngettext(
            "%(n)s export needs a second person", "%(n)s exports need a second person", n, n=few(n)
        ),
    ),
    Item(
        Act.SEE_LETTER,
        "staff.work.show",
        lambda letter: jobs.count_by_state([letter.id], JobState.FAILED).get(letter.id, 0),
        lambda n: ngettext(
            "%(n)s piece of long work has failed",
            "%(n)s pieces of long work have failed",
            n,
            n=few(n),
        ),
    ),
    Item(
        Act.EDIT_LETTER,
        "staff.wordings.show",
        lagging.count_unreviewed,
        lambda n: ngettext(
            "%(n)s sentence that people agree to has not been approved",
            "%(n)s sentences that people agree to have not been approved",
            n,
            n=few(n),
        ),
    ),
)


def list_of(letter: Letter, signed_in: Collection[str]) -> list[Waits]:
    """What the member who asks may do something about; empty when there is nothing."""
    signed = gate.signed()
    found = [
        Waits(item.words(n), url_for(item.endpoint, slug=letter.slug))
        for item in ITEMS
        if signed.may(item.act, letter.id) and (n := item.count(letter))
    ]
    if signed.may(Act.TRANSLATE, letter.id):
        address = url_for(TEXTS, slug=letter.slug)
        found += [Waits(words, address) for words in _lagging(letter, signed_in)]
    return found


def few(n: int) -> str:
    """The number, as far as it was counted."""
    shown = locales.number(min(n, MOST), spoken())
    return f"{shown}+" if n > MOST else shown


def _lagging(letter: Letter, signed_in: Collection[str]) -> Iterator[str]:
    lag = lagging.find(letter, [tag for tag in signed_in if tag in locales.languages()])
    if lag.stale:
        yield str(_("Made from an older original: %(languages)s", languages=_listed(lag.stale)))
    if lag.drafts:
        yield str(_("Being written: %(languages)s", languages=_listed(lag.drafts)))
    if lag.reviewed:
        yield str(_("To be published: %(languages)s", languages=_listed(lag.reviewed)))
    if lag.missing:
        yield str(
            _(
                "People sign in these languages, and there is no text: %(languages)s",
                languages=_listed(lag.missing),
            )
        )


def _listed(tags: Collection[str]) -> str:
    known = locales.languages()
    return locales.listing([known[tag].name if tag in known else tag for tag in tags], spoken())
