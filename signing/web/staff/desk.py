"""A letter's desk: the frame that all pages about one letter share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from signing.counts import queries as counts
from signing.letters import queries as letters
from signing.letters.models import Letter, State
from signing.staff_accounts import roles
from signing.staff_accounts.roles import Act
from signing.web import headers
from signing.web.speech import spoken
from signing.web.staff import gate, which_letter, words
from signing.web.staff.overview import checklist


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the desk that the navigation offers to those who may open it."""

    endpoint: str
    label: LazyString
    act: Act

    @property
    def is_current(self) -> bool:
        """Pages below it, in the same module or one named after it, count as this tab."""
        here, own = (one.rpartition(".")[0] for one in (str(request.endpoint), self.endpoint))
        return here == own or here.startswith(f"{own}_")


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of the desk that belong together: one entry of its first row, the second row of it."""

    label: LazyString
    tabs: tuple[Tab, ...]

    @property
    def is_current(self) -> bool:
        return any(tab.is_current for tab in self.tabs)

    def open_to_whoever_is_signed_in(self, letter_id: UUID) -> Group:
        """With what they may open; it leads to the first of it. Translators find their work."""
        may, is_all = gate.signed().may, not _only_translates(letter_id)
        tabs = (one for one in self.tabs if is_all or one.endpoint in TRANSLATED)
        return Group(self.label, tuple(tab for tab in tabs if may(tab.act, letter_id)))


TRANSLATED = ("staff.texts.show", "staff.phrases.show", "staff.news.show")

# In the order in which a campaign lives.
GROUPS = (
    Group(
        _l("Overview"),
        (
            Tab("staff.overview.show", _l("Overview"), Act.SEE_LETTER),
            Tab("staff.work.show", _l("Long work"), Act.SEE_LETTER),
            Tab("staff.history.show", _l("History"), Act.READ_AUDIT),
        ),
    ),
    Group(
        _l("Letter"),
        (
            Tab("staff.texts.show", _l("Texts"), Act.TRANSLATE),
            Tab("staff.phrases.show", _l("Small texts"), Act.TRANSLATE),
            Tab("staff.settings.show", _l("Settings"), Act.EDIT_LETTER),
            Tab("staff.wordings.show", _l("Wordings"), Act.SEE_LETTER),
            Tab("staff.states.show", _l("State"), Act.EDIT_LETTER),
        ),
    ),
    Group(_l("News"), (Tab("staff.news.show", _l("News"), Act.SEE_LETTER),)),
    Group(
        _l("Signatures"),
        (
            Tab("staff.signatures.show", _l("Signatures"), Act.SEE_SIGNATURES),
            Tab("staff.queue.show", _l("To look at"), Act.MODERATE),
            Tab("staff.collected.show", _l("Paper"), Act.SEE_LETTER),
            Tab("staff.exports.show_all", _l("Exports"), Act.EXPORT),
        ),
    ),
    Group(
        _l("Partners"),
        (
            Tab("staff.partners.show_all", _l("Partners"), Act.MANAGE_PARTNERS),
            Tab("staff.programs.show", _l("Programs"), Act.MANAGE_TOKENS),
        ),
    ),
)


def _only_translates(letter_id: UUID) -> bool:
    return roles.only_translates(gate.signed().known.held, letter_id)


def entrance(letter: Letter) -> str:
    """Where whoever opens the letter begins: with its figures, or with what they translate."""
    endpoint = TRANSLATED[0] if _only_translates(letter.id) else "staff.overview.show"
    return url_for(endpoint, slug=letter.slug)


def letter() -> Letter:
    """The letter in the address, whatever its state; the gate has seen that one may."""
    return letters.get_by_any_slug(which_letter.slug() or "")


def _following(own: Letter) -> checklist.Step | None:
    """What comes next for a draft of which something was just done."""
    is_asked = own.state == State.DRAFT and bool(request.args.get("done"))
    return checklist.of(own).following if is_asked else None


def page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """A page in the letter's frame; `letter` and `title` are there for every template."""
    own = values.pop("letter", None) or letter()
    groups = (group.open_to_whoever_is_signed_in(own.id) for group in GROUPS)
    html = render_template(
        template,
        letter=own,
        title=letters.get_title(own, spoken().tag),
        state_name=words.LETTER_NAMES[State(own.state)],
        count=counts.total(own.id).n,
        is_wrong=status in {409, 422},
        following=_following(own),
        entrance=entrance(own),
        desk_groups=[group for group in groups if group.tabs],
        **values,
    )
    return headers.with_script(make_response(html, status))
