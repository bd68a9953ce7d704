"""Whoever downloads slowly holds no transaction open, and gets nobody who came meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from signing.collected import queries as collected
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.core.settings import Settings
from signing.exports import actions
from signing.exports.models import Export, ExportChunk
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import queries as partners
from signing.partners.models import Partner
from signing.programs import consenting
from signing.signatures import actions as signatures
from tests import make, staff
from tests.collected import elsewhere
from tests.collected.elsewhere import PLACE
from tests.programs.asking import agreeing, asking

EXPORTS = "/staff/letters/open-roads/exports"
ASKED = {
    "preset": "delivery",
    "consent": "news",
    "format": "csv",
    "reason": "Handing over",
    "receiver": "The council",
}
SHEETS = {"source": "Market square", "code": "", "basis": "", "wording": ""}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter(fields=("country",))


@pytest.fixture
def partner(letter: Letter) -> Partner:
    return asking(letter)


@pytest.fixture
def owner(app: Flask) -> staff.Browser:
    return staff.browser(app, staff.member())


def begin(owner: staff.Browser, path: str) -> TestResponse:
    """The answer in the session of the test, none of it read so far."""
    return FlaskClient.open(
        owner.client, path, method="POST", data={"csrf_token": owner.token()}, buffered=False
    )


def sheet(owner: staff.Browser, *names: str) -> str:
    place = f"{PLACE}/{elsewhere.id_of(owner.post(f'{PLACE}/paper', **SHEETS))}"
    for name in names:
        owner.post(f"{place}/enter", sheet="1", name=name, city="Ulm")
    return place


def lists(partner: Partner) -> tuple[str, str]:
    return (
        f"{PLACE}/export",
        f"/staff/letters/open-roads/partners/{partner.id}/programs/list",
    )


def filed(owner: staff.Browser, settings: Settings) -> str:
    """An export whose file a worker has made, in several pieces."""
    page = str(owner.post(EXPORTS, **ASKED).headers["Location"])
    elsewhere.work(settings)
    export = db.session.scalars(select(Export)).one()
    with transaction():
        actions.put_chunk(export.letter_id, export.id, 1, b"more")
    assert len(db.session.scalars(select(ExportChunk.number)).all()) == 2
    return page


def test_no_transaction_is_open_while_a_piece_leaves(
    owner: staff.Browser,
    letter: Letter,
    partner: Partner,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    monkeypatch.setattr(collected, "BATCH", 2)
    monkeypatch.setattr(consenting, "A_PAGE", 2)
    refs = [agreeing(letter, partner, email=f"a{n}@example.org") for n in range(3)]
    sheet(owner, "Ada", "Ben", "Cleo")
    page = filed(owner, settings)
    with transaction():
        signatures.withdraw(refs[0])
    pieces = {f"{page}/fetch": 2, f"{page}/gone": 2, "/staff/audit/export": 10}
    pieces |= dict(zip(lists(partner), (4, 3), strict=True))
    for path, at_least in pieces.items():
        with begin(owner, path) as answer:
            assert answer.status_code == 200, path
            seen = 0
            for _piece in answer.response:
                seen += 1
                assert not db.session().in_transaction(), (path, seen)
        assert seen >= at_least, path
        staff.look_anew()


def come(app: Flask, owner: staff.Browser, place: str, ids: tuple[UUID, UUID], name: str) -> None:
    """Somebody confirms, somebody is typed in, and a collection is begun."""
    with app.app_context():
        letter_id, partner_id = ids
        partner = partners.get(letter_id, partner_id)
        agreeing(letters.get(letter_id), partner, email=f"{new_id()}@example.org", name=name)
        owner.post(f"{place}/enter", sheet="1", name=name, city="Ulm")
        sheet(owner, name)


def test_who_comes_during_a_download_is_not_carried_out(
    app: Flask, owner: staff.Browser, letter: Letter, partner: Partner
) -> None:
    place, ids = sheet(owner), (letter.id, partner.id)
    with ThreadPoolExecutor(1) as others:  # they have sessions of their own
        others.submit(come, app, owner, place, ids, "Early").result()
        for number, path in enumerate(lists(partner)):
            with begin(owner, path) as answer:
                pieces = iter(answer.response)
                told = [next(pieces)]  # the heads of the columns: nobody has been read yet
                others.submit(come, app, owner, place, ids, f"Late {number}").result()
                text = str([*told, *pieces])
            assert ("Early" in text, f"Late {number}" in text) == (True, False), path
            assert f"Late {number}" in owner.post(path).text, path
