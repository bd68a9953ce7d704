"""Who gets a post is found person by person, however little the database knows of a letter."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from signing.core import clock
from signing.core.db import db
from signing.core.ids import HOUSE
from signing.news import audiences
from signing.news.models import Audience
from tests.news import telling

ONE_BY_ONE = "((letter_id = consents.letter_id) AND (id = consents.signature_id))"


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_no_plan_compares_everybody_with_everybody(app: Flask) -> None:
    """A joined table of which it has no figures yet would be read anew for each consent."""
    letter_id, asked = telling.letter().id, list[tuple[str, Any]]()
    wanted = audiences.select_next(
        letter_id, Audience.NEWS, after=HOUSE, confirmed_by=clock.now(), limit=10
    )

    def note(_c: Connection, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    db.session.execute(wanted)
    audiences.count_by_locale(letter_id, Audience.NEWS)
    event.remove(db.engine, "before_cursor_execute", note)

    with db.engine.connect() as connection:
        for statement, values in asked:
            lines = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
            plan = "\n".join(lines)
            assert ONE_BY_ONE in plan, plan
            assert "Join" not in plan, plan
            assert "Nested" not in plan, plan
