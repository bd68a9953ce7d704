"""What is sealed for partners outlives the keys it was sealed under, and ends with its letter."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from signing.cli import rotating
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import HOUSE
from signing.core.keystore import KeyPurpose
from signing.core.rotation import HOUSE_KEPT, Rotation
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.partners import contact, hooks, queries
from signing.partners.models import Agreement, Partner, Webhook
from signing.programs import consenting
from signing.worker import retaining
from tests import make
from tests.programs.asking import agreeing, asking, lines


@pytest.fixture
def partner(app: Flask) -> Partner:
    return asking(make.letter())


def hook_of(partner: Partner) -> tuple[Webhook, str]:
    with transaction():
        return hooks.add(partner, "https://hooks.partner.example/", by=make.OPERATOR)


def rotate(moves: time_machine.Traveller) -> None:
    """As `signing keys rotate` does it, with nobody else at work."""
    rotation = Rotation(vault._get_current_object())  # type: ignore[attr-defined]
    begun = rotating.begin(rotation)
    rotating.sweep(begun.owners, lambda _rows: None)
    moves.shift(HOUSE_KEPT + timedelta(seconds=1))
    rotating.finish(rotation, begun, lambda _seconds: None)


def test_secrets_and_contacts_are_read_after_the_keys_they_were_sealed_under_have_gone(
    partner: Partner,
) -> None:
    hook, secret = hook_of(partner)
    agreeing(letters.get(partner.letter_id), partner)
    with time_machine.travel(clock.now()) as moves:
        for _ in range(3):
            rotate(moves)
        for owner in (HOUSE, partner.letter_id):
            living = [key.version for key in vault.store.list_keys(owner, KeyPurpose.SEAL)]
            assert 1 not in living
        db.session.expire_all()
        assert hooks.list_secrets(hooks.get(hook.letter_id, hook.id)) == [secret]
        who = contact.find(queries.get(partner.letter_id, partner.id))
        assert who
        assert who.email == "noor@partner.example"
        accepted = db.session.scalars(select(Agreement)).one()
        acceptor = contact.find_acceptor(accepted)
        assert acceptor
        assert acceptor.name == "Noor Abel"
        ((_id, person),) = consenting.stream(partner.letter_id, partner.id)
        assert person.email == "zoe@example.org"


def test_with_a_letter_its_partners_people_are_forgotten_and_secrets_still_sign_its_end(
    partner: Partner,
) -> None:
    hook, secret = hook_of(partner)
    agreeing(letters.get(partner.letter_id), partner)
    retaining.erase(letters.get(partner.letter_id), by=make.OPERATOR)
    db.session.expire_all()
    assert contact.find(queries.get(partner.letter_id, partner.id)) is None
    assert contact.find_acceptor(db.session.scalars(select(Agreement)).one()) is None
    assert not [*consenting.stream(partner.letter_id, partner.id)]
    assert [one.who for one in lines(partner)] == [None, None]
    assert hooks.list_secrets(hooks.get(hook.letter_id, hook.id)) == [secret]
