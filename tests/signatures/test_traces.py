"""What is left of somebody who has gone: nothing that could be read, and few ids."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from signing.core.db import Base, db, transaction
from signing.core.tokens import SignatureRef
from signing.letters import queries as letters
from signing.signatures import actions, credit
from signing.worker import retaining
from tests import make, staff
from tests.exports.carrying_out import carry_out, choice
from tests.web.staff import furnished


def tables_with(ref: SignatureRef) -> set[str]:
    """Where the signature's id stands, whatever the column is called."""
    staff.look_anew()
    found = set()
    for table in Base.metadata.sorted_tables:
        rows = [repr(tuple(row)) for row in db.session.execute(select(table))]
        told = (str(ref.signature_id), ref.signature_id.hex, repr(ref.signature_id.bytes)[2:-1])
        if any(one in row for row in rows for one in told):
            found.add(table.name)
    return found


@pytest.fixture
def ref(app: Flask) -> SignatureRef:
    """Somebody of whom there is a row wherever there can be one."""
    letter, ids = furnished.letter()
    ref = SignatureRef(letter.id, ids["signature_id"])
    other = make.partner(letter, "blue")
    with transaction():
        credit.add_touch(ref, other.id)
    carry_out(choice(letter))
    assert {"signatures", "consents", "touches", "exported"} <= tables_with(ref)
    return ref


def test_whoever_withdraws_stands_in_exports_that_left_and_nowhere_else(ref: SignatureRef) -> None:
    with transaction():
        actions.withdraw(ref)
    assert tables_with(ref) == {"exported"}  # so that their receivers learn of it


def test_of_an_erased_letter_nobody_is_known_by_any_id(ref: SignatureRef) -> None:
    retaining.erase(letters.get(ref.letter_id), by=make.OPERATOR)
    assert tables_with(ref) == set()
