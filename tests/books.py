"""Reading the books from outside: each question in a context of its own, as of now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask
from sqlalchemy import func, select

from signing.core.db import db, snapshot
from signing.counts import actions as count_actions
from signing.counts import queries as counts
from signing.counts.models import Dimension
from signing.letters import queries as letters
from signing.mail.models import OutgoingMail
from signing.signatures import listing
from signing.signatures import queries as signatures
from signing.signatures.models import Signature

T = TypeVar("T")


class Books:
    """What the database holds at this moment, by a letter's slug."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def total(self, slug: str) -> int:
        return self._ask(lambda: counts.total(letters.get_by_slug(slug).id).n)

    def by_locale(self, slug: str) -> dict[str, int]:
        return self._ask(lambda: counts.by_value(letters.get_by_slug(slug).id, Dimension.LOCALE))

    def names(self, slug: str) -> list[str]:
        found = self._ask(lambda: listing.list_names(letters.get_by_slug(slug).id, limit=100))
        return [one.name for one in found]

    def states(self) -> list[str]:
        """The state of every signature there is."""
        return self._ask(lambda: sorted(db.session.scalars(select(Signature.state))))

    def mails(self) -> list[tuple[str, str]]:
        """Kind and state of every mail in the outbox, oldest first."""
        asked = select(OutgoingMail.kind, OutgoingMail.state).order_by(OutgoingMail.id)
        return self._ask(lambda: [(kind, state) for kind, state in db.session.execute(asked)])

    def rows(self, table: type[db.Model]) -> int:  # type: ignore[name-defined]
        return self._ask(lambda: db.session.scalar(select(func.count()).select_from(table))) or 0

    def balance(self, slug: str) -> bool:
        """Whether tallies and ledger agree with a recount of the signatures, in every dimension."""

        def differences() -> bool:
            letter = letters.find_by_slug(slug)
            assert letter is not None
            with snapshot():
                return not count_actions.compare(letter.id, signatures.tally(letter.id))

        return self._ask(differences)

    def _ask(self, question: Callable[[], T]) -> T:
        with self.app.app_context():
            return question()
