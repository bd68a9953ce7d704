"""Whoever was decided about withdraws and signs anew: what was decided stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from signing.core import migrating
from signing.core.db import db, let_go, transaction
from signing.core.settings import Settings
from signing.core.tokens import Purpose, SignatureRef, tokens
from signing.core.vault import vault
from signing.letters.models import ConsentPurpose, Letter
from signing.moderation import actions, bulk, confirming, objections
from signing.moderation.actions import Why
from signing.moderation.bulk import Meant
from signing.moderation.models import Deed
from signing.moderation.reasons import Reason
from signing.signatures import actions as signature_actions
from signing.signatures import staff_actions
from signing.signatures.models import KeptDecision, Show, Signature, State
from signing.signatures.wanted import Wanted
from signing.staff_accounts.roles import Held, Role
from signing.worker import retaining
from tests import make, staff
from tests.books import Books
from tests.conftest import Inbox

SHOWN: dict[str, Any] = {
    "show": Show.FULL,
    "consents": (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME),
}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


def withdraw(ref: SignatureRef) -> None:
    with transaction():
        signature_actions.withdraw(ref)


def sign_again(letter: Letter, **values: Any) -> SignatureRef:
    ref = make.signature(letter, is_confirmed=False, **SHOWN | values)
    with transaction():
        confirming.confirm(ref, revision=1, grace=timedelta())
    return ref


def look(ref: SignatureRef) -> Signature:
    let_go()
    return staff_actions.get(ref.letter_id, ref.signature_id)


def take_back(deed: Deed, ref: SignatureRef) -> None:
    with transaction():
        actions.do(deed, ref, Why(), by=make.OPERATOR)


def test_a_name_that_staff_hid_is_hidden_still_and_somebody_looks(
    app: Flask, letter: Letter, books: Books, inbox: Inbox
) -> None:
    withdraw(make.decided(letter, Deed.HIDE))
    assert books.rows(Signature) == 0
    again = sign_again(letter, name="Rude Insult", email="zoe@EXAMPLE.org")
    row = look(again)
    assert (row.state, row.public_name, row.is_flagged) == (State.CONFIRMED, None, True)
    assert (books.total("open-roads"), books.names("open-roads")) == (1, [])
    assert "we do not show your name" in inbox.text(inbox.mails[-1])
    moderator = staff.browser(app, staff.member(held=[Held(Role.MODERATOR)]))
    assert "It has signed anew" in moderator.get("/staff/letters/open-roads/queue").text

    take_back(Deed.SHOW, again)
    assert books.names("open-roads") == ["Rude Insult"]
    withdraw(again)
    sign_again(letter)
    assert books.names("open-roads") == ["Zoë Lindqvist"]
    assert books.balance("open-roads")


def test_what_was_set_aside_counts_no_more_by_being_signed_again(
    letter: Letter, books: Books, inbox: Inbox
) -> None:
    withdraw(make.decided(letter, Deed.SET_ASIDE))
    for _time in range(2):
        again = sign_again(letter)
        assert look(again).state == State.SET_ASIDE
        assert books.total("open-roads") == 0
        told = inbox.text(inbox.mails[-1])
        assert "does not count at present" in told
        assert "The name insults or threatens somebody." in told
        withdraw(again)
    again = sign_again(letter)
    with transaction():
        objections.object_to(again, "It is my name.")
    decision = objections.list_standing(letter.id, again.signature_id)[0]
    with transaction():
        objections.answer(again, decision.id, stands=False, by=make.OPERATOR)
    assert books.rows(KeptDecision) == 0
    assert (books.total("open-roads"), books.names("open-roads")) == (1, ["Zoë Lindqvist"])
    withdraw(again)
    sign_again(letter)
    assert books.total("open-roads") == 1
    assert books.balance("open-roads")


def test_both_decisions_stand_together(letter: Letter, books: Books) -> None:
    ref = make.decided(letter, Deed.HIDE)
    with transaction():
        actions.do(Deed.SET_ASIDE, ref, Why(Reason.INVENTED), by=make.OPERATOR)
    withdraw(ref)
    again = sign_again(letter)
    assert books.total("open-roads") == 0
    take_back(Deed.RESTORE, again)
    assert (books.total("open-roads"), books.names("open-roads")) == (1, [])
    take_back(Deed.SHOW, again)
    assert books.names("open-roads") == ["Zoë Lindqvist"]
    assert books.balance("open-roads")


def test_the_page_with_the_button_says_so_and_the_form_does_not(
    client: FlaskClient, letter: Letter, inbox: Inbox, books: Books
) -> None:
    hidden = make.decided(letter, Deed.HIDE, email="hidden@example.org")
    page = f"/en/my-signature/{tokens.make(Purpose.MANAGE, hidden)}/withdraw"
    assert "so that signing again does not undo it" in client.get(page).text
    aside = make.decided(letter, Deed.SET_ASIDE, email="aside@example.org")
    for ref in (hidden, aside):
        withdraw(ref)
    said = {
        "new@example.org": ("", "Your signature counts."),
        "hidden@example.org": ("have hidden your name", "have hidden your name"),
        "aside@example.org": ("it does not count at present", "it does not count at present"),
    }
    answers = set()
    for address, (before, after) in said.items():
        form = make.sign_form(email=address, show_name="full")
        answer = client.post("/en/open-roads/sign", data=form)
        answers.add((answer.status_code, answer.headers["Location"].partition("?")[0][:20]))
        link = inbox.link(to=address)
        assert before in client.get(link).text
        pressed = client.post(link, data={"revision": "1"}, follow_redirects=True)
        assert after in pressed.text
    assert after in client.post(link, data={"revision": "1"}, follow_redirects=True).text
    assert after in client.get(link, follow_redirects=True).text
    assert len(answers) == 1
    assert books.total("open-roads") == 2
    assert books.balance("open-roads")


def test_nothing_but_a_digest_and_the_decision_is_kept_and_it_goes_with_the_letter(
    letter: Letter, books: Books
) -> None:
    withdraw(make.decided(letter, Deed.SET_ASIDE))
    with db.engine.connect() as connection:
        kept = connection.execute(select(KeptDecision.__table__)).mappings().one()
    assert {*kept} == {
        "letter_id", "address_digest", "deed", "reason", "source", "bulk_id", "decided_at"
    }  # fmt: skip
    assert kept["address_digest"] == vault.digest(letter.id, "zoe@example.org")
    other = make.letter("night-trains")
    assert look(sign_again(other)).state == State.CONFIRMED
    retaining.erase(letter, by=make.OPERATOR)
    assert books.rows(KeptDecision) == 0


def test_undoing_a_deed_to_many_ends_what_was_kept_of_those_who_withdrew(
    letter: Letter, books: Books
) -> None:
    gone, signed = (make.signature(letter, email=f"{i}@example.org", **SHOWN) for i in range(2))
    with transaction():
        meant = Meant(Wanted(letter.id))
        done = bulk.preview(Deed.SET_ASIDE, Reason.REPEATED, meant, by=make.OPERATOR)
        bulk.start(done, by=make.OPERATOR)
    for ref in (gone, signed):
        withdraw(ref)
    sign_again(letter, email="1@example.org")
    with transaction():
        undoing = bulk.preview_undoing(bulk.get(letter.id, done.id), by=make.OPERATOR)
        bulk.start(undoing, by=make.OPERATOR)
    sign_again(letter, email="0@example.org")
    assert (books.total("open-roads"), books.rows(KeptDecision)) == (2, 0)
    assert books.balance("open-roads")


def test_who_wants_no_name_shown_hears_nothing_of_a_hidden_one_and_can_object(
    letter: Letter, books: Books, inbox: Inbox
) -> None:
    withdraw(make.decided(letter, Deed.HIDE))
    again = sign_again(letter, show=Show.NO, consents=(ConsentPurpose.SIGN,))
    assert not look(again).is_flagged
    with transaction():
        objections.object_to(again, "It is my name.")
    decision = objections.list_standing(letter.id, again.signature_id)[0]
    with transaction():
        objections.answer(again, decision.id, stands=False, by=make.OPERATOR)
    assert (books.rows(KeptDecision), books.names("open-roads")) == (0, [])
    told = "".join(inbox.text(mail) for mail in inbox.mails)
    assert "show your name" not in told
    assert "name is shown" not in told
    assert books.balance("open-roads")


def test_what_is_taken_back_while_somebody_confirms_does_not_stand(
    letter: Letter, books: Books, inbox: Inbox
) -> None:
    first = make.decided(letter, Deed.HIDE)
    with transaction():
        actions.do(Deed.SET_ASIDE, first, Why(Reason.INVENTED), by=make.OPERATOR)
    withdraw(first)
    for deed, total, names in ((Deed.SET_ASIDE, 1, []), (Deed.HIDE, 1, ["Zoë Lindqvist"])):
        ref = make.signature(letter, is_confirmed=False, **SHOWN)
        with transaction():
            assert signature_actions.confirm(ref, revision=1, grace=timedelta()).is_decided
            db.session.execute(delete(KeptDecision).where(KeptDecision.deed == deed))
            assert actions.decide_again(ref) is (deed is Deed.SET_ASIDE)
        assert (books.total("open-roads"), books.names("open-roads")) == (total, names)
        assert not look(ref).is_flagged or not names
        withdraw(ref)
    assert books.balance("open-roads")


def test_what_was_decided_before_this_table_was_there_is_in_it_after_the_upgrade(
    letter: Letter, settings: Settings, books: Books
) -> None:
    stands = make.decided(letter, Deed.SET_ASIDE, email="stands@example.org")
    both = make.decided(letter, Deed.HIDE, email="both@example.org")
    with transaction():
        actions.do(Deed.SET_ASIDE, both, Why(Reason.INVENTED), by=make.OPERATOR)
    ended = make.decided(letter, Deed.HIDE, email="ended@example.org")
    take_back(Deed.SHOW, ended)
    replayed = make.signature(letter, email="replayed@example.org")
    with transaction():  # as a restore does, which knows no reason
        staff_actions.take_out(staff_actions.get(letter.id, replayed.signature_id))
    let_go()
    migrating.downgrade(settings, "0017")
    migrating.upgrade(settings)
    withdraw(stands)
    assert books.rows(KeptDecision) == 4
    again = sign_again(letter, email="stands@example.org")
    assert objections.list_standing(letter.id, again.signature_id)[0].reason == Reason.INSULT
