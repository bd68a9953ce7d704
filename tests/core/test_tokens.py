"""Links that prove themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from signing.core.tokens import LinkBroken, LinkExpired, Purpose, SignatureRef, Tokens

OLD, NEW = "o" * 40, "n" * 40
AGES = {Purpose.CONFIRM: timedelta(days=14), Purpose.MANAGE: timedelta(days=400)}
REFS = st.builds(SignatureRef, st.uuids(), st.uuids(), st.integers(0, 255))
REF = SignatureRef(UUID(int=1), UUID(int=2))


@given(REFS)
def test_what_was_made_is_read(ref: SignatureRef) -> None:
    tokens = Tokens([NEW], AGES)
    assert tokens.read(Purpose.CONFIRM, tokens.make(Purpose.CONFIRM, ref)) == ref


@given(REFS, st.data())
def test_no_letter_of_a_token_can_be_changed(ref: SignatureRef, data: st.DataObject) -> None:
    tokens = Tokens([NEW], AGES)
    token = tokens.make(Purpose.CONFIRM, ref)
    at = data.draw(st.integers(0, len(token) - 2))  # the last one holds bits that mean nothing
    other = data.draw(st.characters(codec="ascii", categories=["L", "N"]))
    changed = token[:at] + other + token[at + 1 :]
    if changed != token:
        with pytest.raises((LinkBroken, LinkExpired)):
            tokens.read(Purpose.CONFIRM, changed)


@given(st.text())
def test_rubbish_is_a_broken_link(text: str) -> None:
    with pytest.raises(LinkBroken):
        Tokens([NEW], AGES).read(Purpose.CONFIRM, text)


def test_a_token_of_one_purpose_is_no_token_of_another() -> None:
    tokens = Tokens([NEW], AGES)
    with pytest.raises(LinkBroken):
        tokens.read(Purpose.MANAGE, tokens.make(Purpose.CONFIRM, REF))


def test_older_keys_verify_and_the_first_one_signs() -> None:
    before, after = Tokens([OLD], AGES), Tokens([NEW, OLD], AGES)
    assert after.read(Purpose.MANAGE, before.make(Purpose.MANAGE, REF)) == REF
    with pytest.raises(LinkBroken):
        before.read(Purpose.MANAGE, after.make(Purpose.MANAGE, REF))


def test_an_old_link_still_says_whose_it_was() -> None:
    tokens = Tokens([NEW], AGES)
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC)):
        token = tokens.make(Purpose.CONFIRM, REF)
    with time_machine.travel(datetime(2026, 1, 14, tzinfo=UTC)):
        assert tokens.read(Purpose.CONFIRM, token) == REF
    with (
        time_machine.travel(datetime(2026, 1, 16, tzinfo=UTC)),
        pytest.raises(LinkExpired) as expired,
    ):
        tokens.read(Purpose.CONFIRM, token)
    assert expired.value.ref == REF
