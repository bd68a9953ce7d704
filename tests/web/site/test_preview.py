"""The preview of a draft: for whoever has the link, for seven days, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from signing.core import clock
from signing.core.db import transaction
from signing.letters import drafts, previews
from signing.letters.drafts import Written
from signing.letters.models import Letter
from signing.letters.pieces import Piece
from tests import make


@pytest.fixture
def letter(app: Flask) -> Letter:
    """Nobody outside sees it."""
    with transaction():
        made = drafts.add_letter("new-roads", "New roads", "ar", frozenset(), by=make.OPERATOR)
        own = Written("طرق جديدة", pieces=(Piece("", "واحد\n\n## اثنان"),), version=1)
        drafts.save(made, "ar", own, by=make.OPERATOR)
    return made


def test_an_outsider_sees_the_draft_clearly_marked_and_cannot_sign(
    app: Flask, letter: Letter
) -> None:
    address = f"/ar/new-roads/preview/{previews.make(letter.id, 'ar')}"
    answer = app.test_client().get(address)
    assert answer.status_code == 200
    assert "اثنان</h3>" in answer.text
    assert 'role="note"' in answer.text
    assert "<form" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert app.test_client().get("/ar/new-roads").status_code == 404


def test_a_link_shows_the_text_it_was_made_for_and_no_other(app: Flask, letter: Letter) -> None:
    other = make.letter()
    client, token = app.test_client(), previews.make(letter.id, "ar")
    for address in (
        f"/en/new-roads/preview/{token}",
        f"/ar/open-roads/preview/{token}",
        f"/ar/new-roads/preview/{token}x",
        f"/ar/new-roads/preview/{previews.make(other.id, 'ar')}",
        f"/de/open-roads/preview/{previews.make(other.id, 'de')}",
        f"/ar/nothing/preview/{token}",
    ):
        assert client.get(address).status_code == 404, address


def test_a_link_is_too_old_after_seven_days(app: Flask, letter: Letter) -> None:
    token = previews.make(letter.id, "ar")
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert app.test_client().get(f"/ar/new-roads/preview/{token}").status_code == 410
