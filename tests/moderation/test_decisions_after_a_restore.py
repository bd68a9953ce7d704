"""On a database that was restored from a backup, what staff had decided stands as before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from signing.core import clock
from signing.core.db import db, let_go, transaction
from signing.core.keystore import Forgotten, TakenBack
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.core.vault import vault
from signing.letters.models import ConsentPurpose, Letter
from signing.moderation import actions, confirming
from signing.moderation.actions import Why
from signing.moderation.models import Deed
from signing.moderation.reasons import Reason
from signing.signatures import actions as signature_actions
from signing.signatures import replaying, staff_actions
from signing.signatures.models import KeptDecision, Show, State
from tests import make
from tests.books import Books
from tests.conftest import Inbox

SHOWN: dict[str, Any] = {
    "show": Show.FULL,
    "consents": (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME),
}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


def confirm(ref: SignatureRef) -> None:
    with transaction():
        confirming.confirm(ref, revision=1, grace=timedelta())


def state_of_another(letter: Letter, **values: Any) -> str:
    """What becomes of a signature that is signed now."""
    ref = make.signature(letter, is_confirmed=False, **SHOWN | values)
    confirm(ref)
    let_go()
    return staff_actions.get(ref.letter_id, ref.signature_id).state


def replay(ref: SignatureRef, *taken: Forgotten) -> None:
    """As on a database that was restored from a backup."""
    with transaction():
        replaying.replay(
            [TakenBack(ref.letter_id, ref.signature_id, what, clock.now()) for what in taken]
        )


def test_after_a_restore_what_was_decided_and_withdrawn_is_known_again(
    letter: Letter, books: Books
) -> None:
    ref = make.decided(letter, Deed.SET_ASIDE)
    noted = vault.store.list_forgotten(None, limit=9)
    with transaction():  # as the backup has it: before anything was decided
        actions.do(Deed.RESTORE, ref, Why(), by=make.OPERATOR)
    with transaction():
        replaying.replay(noted)
        signature_actions.withdraw(ref)
    assert state_of_another(letter) == State.SET_ASIDE
    assert books.balance("open-roads")


def test_what_the_backup_had_not_confirmed_yet_is_decided_about_when_it_is(
    client: FlaskClient, letter: Letter, books: Books, inbox: Inbox
) -> None:
    """Without the reason, which the backup does not know; so its signers can object to it."""
    said = {
        "b@b.example": (Forgotten.STAFF_HIDDEN, "we do not show your name"),
        "a@a.example": (Forgotten.SET_ASIDE, "does not count at present"),
    }
    for email, (what, told) in said.items():
        ref = make.signature(letter, is_confirmed=False, email=email, **SHOWN)
        replay(ref, what)
        confirm(ref)
        mail = inbox.text(inbox.mails[-1])
        assert told in mail
        assert "The reason" not in mail
        page = f"/en/my-signature/{tokens.make(Purpose.MANAGE, ref)}/objection"
        assert "Decided on" in client.get(page).text
        assert client.post(page, data={"words": "It is my name."}).status_code == 303
    assert (books.total("open-roads"), books.names("open-roads")) == (1, [])
    assert books.balance("open-roads")


def test_a_restore_keeps_what_was_decided_whatever_else_its_signer_did_later(
    letter: Letter, books: Books
) -> None:
    pending = make.signature(letter, is_confirmed=False, email="a@a.example", **SHOWN)
    replay(pending, Forgotten.SET_ASIDE, Forgotten.WITHDRAWN)
    assert state_of_another(letter, email="a@a.example") == State.SET_ASIDE
    shown = make.signature(letter, **SHOWN)
    replay(shown, Forgotten.HIDDEN, Forgotten.STAFF_HIDDEN)
    wording = make.declaration(letter, **SHOWN).consents[ConsentPurpose.SHOW_NAME]
    with transaction():
        signature_actions.show_name(shown, Show.FULL, wording)
    assert books.names("open-roads") == []
    assert books.balance("open-roads")


def test_a_replay_does_not_forget_the_reason(letter: Letter, books: Books) -> None:
    make.decided(letter, Deed.SET_ASIDE)
    with transaction():
        replaying.replay(vault.store.list_forgotten(None, limit=9))
    assert db.session.scalars(select(KeptDecision.reason)).all() == [Reason.INSULT]
