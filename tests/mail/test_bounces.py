"""What comes back is understood by its tag, whoever wrote it; without one it says nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from signing.core.tokens import Tokens, tokens
from signing.mail import bounces, verp
from signing.mail.bounces import Bounce, Verdict
from tests.mail import returned

BOUNCES = "bounces@letters.example.org"
OLD, NEW = "o" * 40, "n" * 40


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    """As much of the application as reads a tag."""
    knows = Flask(__name__)
    knows.extensions["signing.tokens"] = Tokens([NEW], {})
    with knows.app_context():
        yield


@pytest.fixture
def mail_id() -> UUID:
    return uuid4()


def test_a_return_address_names_its_mail_in_whatever_case(mail_id: UUID) -> None:
    address = verp.sender(BOUNCES, mail_id)

    assert address.startswith("bounces+")
    assert address.endswith("@letters.example.org")
    for written in (address, address.upper()):
        assert tokens.read_tag(verp.tag_of(written)) == mail_id


def test_the_longest_bounce_address_still_is_an_address(mail_id: UUID) -> None:
    sender = verp.sender("b" * 21 + "@example.org", mail_id)

    assert len(sender.partition("@")[0]) == 64


def test_a_tag_is_made_with_the_first_key_and_read_with_all() -> None:
    mail_id = uuid4()
    before = Tokens([OLD], {}).tag(mail_id)
    rotated = Tokens([NEW, OLD], {})

    assert rotated.read_tag(before) == mail_id
    assert rotated.tag(mail_id) == Tokens([NEW], {}).tag(mail_id) != before
    assert Tokens([NEW], {}).read_tag(before) is None


def test_no_letter_of_a_tag_can_be_another() -> None:
    knows = Tokens([NEW], {})
    tag = knows.tag(uuid4())
    last = {knows.read_tag(tag[:-1] + one) for one in "abcdefghijklmnopqrstuvwxyz234567"}

    assert len(last - {None}) == 1  # the last letter has bits to spare, which say nothing
    for place in range(len(tag) - 1):
        other = "a" if tag[place] != "a" else "b"
        assert knows.read_tag(tag[:place] + other + tag[place + 1 :]) is None
    for broken in ("", tag[:-1], tag + "a", tag + "=", "ä" * 42, "1" * 42):
        assert knows.read_tag(broken) is None


@pytest.mark.parametrize(
    ("action", "status", "verdict"),
    [
        ("failed", "5.1.1", Verdict.FAILED),  # no such mailbox
        ("failed", "5.5.0", Verdict.FAILED),  # what Outlook.com says for the same
        ("failed", "5.0.0", Verdict.FAILED),
        ("failed", "5.4.4", Verdict.FAILED),  # no such host
        ("failed", "5.2.2", Verdict.PASSING),  # the box is full
        ("failed", "5.7.26", Verdict.PASSING),  # we lack SPF: the address is not to blame
        ("failed", "4.4.1", Verdict.PASSING),  # the server was away for days
        ("delayed", "4.4.1", Verdict.PASSING),
        ("relayed", "2.0.0", Verdict.PASSING),
    ],
)
def test_only_what_failed_for_good_counts_against_an_address(
    mail_id: UUID, action: str, status: str, verdict: Verdict
) -> None:
    raw = returned.dsn(verp.sender(BOUNCES, mail_id), action=action, status=status)

    assert bounces.read(raw) == Bounce(mail_id, verdict, status)


def test_the_tag_may_stand_in_the_call_or_in_the_copy_alone(mail_id: UUID) -> None:
    tag = tokens.tag(mail_id)
    plain = returned.dsn(BOUNCES)

    assert bounces.read(plain) is None
    assert bounces.read(plain, to=verp.sender(BOUNCES, mail_id)) is not None
    assert bounces.read(returned.dsn(BOUNCES, tag=tag.upper())) is not None


@pytest.mark.parametrize("sort", ["message/rfc822", "text/rfc822-headers"])
def test_a_complaint_is_one_by_its_sort(mail_id: UUID, sort: str) -> None:
    tag = tokens.tag(mail_id)

    def verdict(kind: str) -> Verdict | None:
        raw = returned.complaint("abuse@letters.example.org", tag=tag, kind=kind, sort=sort)
        found = bounces.read(raw)
        return found.verdict if found else None

    assert verdict("abuse") == verdict("fraud") == Verdict.UNWANTED
    assert verdict("not-spam") == verdict("auth-failure") == Verdict.PASSING


def test_an_answer_of_a_machine_is_no_bounce(mail_id: UUID) -> None:
    found = bounces.read(returned.answer(verp.sender(BOUNCES, mail_id)))

    assert found == Bounce(mail_id, Verdict.PASSING)


def test_a_forged_bounce_is_none() -> None:
    forged = Tokens(["f" * 40], {}).tag(uuid4())
    raw = returned.dsn(f"bounces+{forged}@letters.example.org", tag=forged)

    assert bounces.read(raw) is None
    assert bounces.read(returned.complaint(BOUNCES, tag=forged)) is None


@tries(deadline=None, max_examples=300)
@given(st.binary(max_size=2000), st.integers(0, 1200), st.binary(max_size=30))
def test_whatever_comes_is_taken_and_nothing_of_it_is_logged(
    noise: bytes, place: int, bite: bytes
) -> None:
    handler = _Heard()
    logging.getLogger().addHandler(handler)
    try:
        whole = returned.dsn(verp.sender(BOUNCES, UUID(int=7)))
        bounces.read(noise)
        bounces.read(whole[:place] + bite + whole[place:])
        bounces.read(whole[:place] + noise)
    finally:
        logging.getLogger().removeHandler(handler)
    assert handler.records == []


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
