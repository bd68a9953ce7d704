"""A letter's desk: the frame that all pages about one letter share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from signing.counts import queries as counts
from signing.letters import queries as letters
from signing.letters.models import Letter, State
from signing.staff_accounts.roles import Act
from signing.web import headers
from signing.web.speech import spoken
from signing.web.staff import gate, words


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the desk that the navigation offers to those who may open it."""

    endpoint: str
    label: LazyString
    act: Act

    @property
    def is_current(self) -> bool:
        """Pages below it, in the same module, count as this tab."""
        return str(request.endpoint).rpartition(".")[0] == self.endpoint.rpartition(".")[0]


TABS = (Tab("staff.overview.show", _l("Overview"), Act.SEE_LETTER),)


def letter() -> Letter:
    """The letter in the address, whatever its state; the gate has seen that one may."""
    return letters.get_by_any_slug(str((request.view_args or {})["slug"]))


def page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """A page in the letter's frame; `letter` and `title` are there for every template."""
    own = values.pop("letter", None) or letter()
    tabs = [tab for tab in TABS if gate.signed().may(tab.act, own.id)]
    html = render_template(
        template,
        letter=own,
        title=letters.get_title(own, spoken().tag),
        state_name=words.LETTER_NAMES[State(own.state)],
        count=counts.total(own.id).n,
        tabs=tabs,
        **values,
    )
    return headers.with_script(make_response(html, status))
