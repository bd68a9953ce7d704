"""How many SQL statements each hot path costs; a change of these numbers is a decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from signing.core.db import db
from signing.core.limits import SqlStorage, limits
from signing.letters import queries as letters
from tests import make
from tests.conftest import Inbox

# Without BEGIN and COMMIT. Warm: keys opened, wordings known, as after the first visitor.
BUDGET = {
    # letter, languages, text, count, names, wordings, corrections, news, collected elsewhere;
    # whether it is under pressure
    "letter page": 9 + 1,
    "counter": 2,  # letter, count
    # letter; all limits at once; signature, consents out, consents in, mail
    "form post": 5 + 1,
    "confirmation": 3,  # signature with letter; confirm, ledger line
}


def count(app: Flask, ask: Callable[[], object]) -> list[str]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    with app.app_context():
        storage = limits.storage
        assert isinstance(storage, SqlStorage)
        apart = [storage.engine] if storage.engine.dialect.name == "sqlite" else []
        engines = [db.engine, *apart]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    ask()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("path", ["letter page", "counter"])
def test_reading(app: Flask, client: FlaskClient, path: str) -> None:
    make.signature(make.letter())
    address = {"letter page": "/en/open-roads", "counter": "/embed/open-roads/en.json"}[path]
    seen = count(app, lambda: client.get(address))
    assert len(seen) == BUDGET[path], "\n\n".join(seen)


def test_signing_and_confirming(app: Flask, client: FlaskClient, inbox: Inbox) -> None:
    make.letter()
    wording = client.get("/en/open-roads").text.partition('name="wording" value="')[2]
    form = make.sign_form(wording=wording.partition('"')[0], show_name="full", news="y")
    client.post("/en/open-roads/sign", data=form | {"email": "warm@example.org"})
    posted = count(
        app, lambda: client.post("/en/open-roads/sign", data=form | {"email": "a@example.org"})
    )
    assert len(posted) == BUDGET["form post"], "\n\n".join(posted)
    again = count(
        app, lambda: client.post("/en/open-roads/sign", data=form | {"email": "a@example.org"})
    )
    assert again == posted  # the very same statements, whoever has signed before
    brought = form | {"from": make.partner(letters.get_by_slug("open-roads")).code}
    client.post("/en/open-roads/sign", data=brought | {"email": "warm@example.org"})
    by_partner = count(
        app, lambda: client.post("/en/open-roads/sign", data=brought | {"email": "b@example.org"})
    )
    assert by_partner == posted  # nor does it cost any to know who brought the visitor

    link = inbox.link(to="a@example.org")
    pressed = count(app, lambda: client.post(link, data={"revision": "2"}))
    assert len(pressed) == BUDGET["confirmation"], "\n\n".join(pressed)
