"""Hiding, setting aside, restoring: the count is exact, the signer is told, nothing is forced."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from signing.audit.models import AuditEvent
from signing.core.db import db, let_go, transaction
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters.models import ConsentPurpose, Letter
from signing.moderation import actions, objections
from signing.moderation.actions import Why
from signing.moderation.models import Decision, Deed
from signing.moderation.reasons import Reason, ReasonMissing
from signing.signatures import actions as signature_actions
from signing.signatures import replaying, staff_actions
from signing.signatures.models import Show, Signature, State
from tests import make
from tests.books import Books
from tests.conftest import Inbox

BY = make.OPERATOR
INSULT = Why(Reason.INSULT)
SHOWN: dict[str, Any] = {
    "show": Show.FULL,
    "consents": (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME),
}


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


@pytest.fixture
def shown(letter: Letter) -> SignatureRef:
    return make.signature(letter, **SHOWN)


def do(deed: Deed, ref: SignatureRef, why: Why = INSULT) -> None:
    with transaction():
        actions.do(deed, ref, why, by=BY)


def look(ref: SignatureRef) -> Signature:
    let_go()
    return staff_actions.get(ref.letter_id, ref.signature_id)


def verbs() -> list[str]:
    return [*db.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id))]


def test_a_hidden_name_is_on_no_page_and_the_signature_counts(
    shown: SignatureRef, books: Books
) -> None:
    assert books.names("open-roads") == ["Zoë Lindqvist"]
    do(Deed.HIDE, shown)
    assert books.names("open-roads") == []
    assert books.total("open-roads") == 1
    assert books.balance("open-roads")
    do(Deed.SHOW, shown)
    assert books.names("open-roads") == ["Zoë Lindqvist"]
    assert books.balance("open-roads")


def test_what_is_set_aside_counts_no_more_until_it_is_restored(
    shown: SignatureRef, books: Books
) -> None:
    do(Deed.SET_ASIDE, shown)
    assert (books.total("open-roads"), books.names("open-roads")) == (0, [])
    assert books.balance("open-roads")
    do(Deed.RESTORE, shown)
    assert (books.total("open-roads"), books.names("open-roads")) == (1, ["Zoë Lindqvist"])
    assert books.balance("open-roads")


def test_restoring_does_not_show_what_was_hidden_before(shown: SignatureRef, books: Books) -> None:
    for deed in (Deed.HIDE, Deed.SET_ASIDE, Deed.RESTORE):
        do(deed, shown)
    assert (books.total("open-roads"), books.names("open-roads")) == (1, [])
    assert books.balance("open-roads")


@pytest.mark.parametrize("deed", [Deed.HIDE, Deed.SET_ASIDE])
def test_twice_is_refused_and_counts_once(shown: SignatureRef, books: Books, deed: Deed) -> None:
    do(deed, shown)
    with pytest.raises(staff_actions.AlreadyDone):
        do(deed, shown)
    assert books.balance("open-roads")
    assert books.total("open-roads") == (1 if deed is Deed.HIDE else 0)


@pytest.mark.parametrize("deed", [Deed.HIDE, Deed.SET_ASIDE])
def test_nothing_is_decided_without_a_reason(shown: SignatureRef, deed: Deed) -> None:
    with pytest.raises(ReasonMissing):
        do(deed, shown, Why())
    assert look(shown).state == State.CONFIRMED


@pytest.mark.parametrize("deed", Deed)
def test_no_deed_makes_a_pending_signature_count(letter: Letter, books: Books, deed: Deed) -> None:
    ref = make.signature(letter, is_confirmed=False, **SHOWN)
    with pytest.raises(staff_actions.AlreadyDone):
        do(deed, ref)
    assert look(ref).state == State.PENDING
    assert books.total("open-roads") == 0
    assert books.balance("open-roads")


def test_the_one_verb_that_confirms_is_the_inbox_s() -> None:
    """A law: among all verbs of staff none writes "confirmed" but for what was set aside."""
    tree = ast.parse(inspect.getsource(staff_actions))
    writing = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and ast.unparse(node) == "signature.state = State.CONFIRMED"
    }
    assert writing == {"_put_back"}
    callers = inspect.getsource(staff_actions).count("_put_back(")
    assert callers == 1 + 2  # itself; `restore` and `let_stand`, both of what was set aside


def test_a_name_that_its_signer_does_not_show_cannot_be_shown(
    shown: SignatureRef, books: Books
) -> None:
    do(Deed.HIDE, shown)
    wording = make.declaration(make.letter(), **SHOWN).consents[ConsentPurpose.SHOW_NAME]
    with transaction():
        signature_actions.show_name(shown, Show.NO, wording)
    do(Deed.SHOW, shown)
    assert look(shown).hidden_by_staff_at is None
    assert books.names("open-roads") == []
    assert books.balance("open-roads")


def test_a_signer_cannot_show_what_staff_hid(shown: SignatureRef, books: Books) -> None:
    do(Deed.HIDE, shown)
    wording = make.declaration(make.letter(), **SHOWN).consents[ConsentPurpose.SHOW_NAME]
    with transaction():
        signature_actions.show_name(shown, Show.INITIAL, wording)
        signature_actions.correct_name(shown, "Zoé Lind")
    assert books.names("open-roads") == []
    do(Deed.SHOW, shown)
    assert books.names("open-roads") == ["Zoé L."]
    assert books.balance("open-roads")


def test_a_name_that_is_not_shown_is_not_hidden(letter: Letter) -> None:
    ref = make.signature(letter)
    with pytest.raises(staff_actions.NameNotShown):
        do(Deed.HIDE, ref)


@pytest.mark.parametrize("before", [Deed.HIDE, Deed.SET_ASIDE])
def test_whoever_was_decided_about_can_still_withdraw(
    shown: SignatureRef, books: Books, before: Deed
) -> None:
    do(before, shown)
    with transaction():
        signature_actions.withdraw(shown)
    assert (books.total("open-roads"), books.rows(Decision)) == (0, 0)
    assert books.balance("open-roads")


REASONED = {
    Deed.HIDE: "we do not show your name",
    Deed.SET_ASIDE: "does not count at present",
}


@pytest.mark.parametrize("deed", REASONED)
def test_the_signer_is_told_why_and_can_object(
    shown: SignatureRef, inbox: Inbox, deed: Deed
) -> None:
    do(deed, shown)
    mail = inbox.text(inbox.mails[-1])
    assert REASONED[deed] in mail
    assert "The name insults or threatens somebody." in mail
    path = inbox.link("my-signature")
    assert path.endswith("/objection")

    client = inbox.app.test_client()
    assert "insults or threatens" in client.get(path).text
    assert client.post(path, data={"words": "That is my name."}).status_code == 303
    assert "Your objection is here" in client.get(path).text
    assert client.post(path, data={"words": "Again"}).status_code == 409

    let_go()
    decision = objections.list_open(shown.letter_id, after=None, limit=9)[0]
    assert objections.open_(decision) == "That is my name."
    assert "That is my name" not in str(decision.sealed)


def test_a_link_that_was_made_void_objects_to_nothing(shown: SignatureRef, inbox: Inbox) -> None:
    do(Deed.HIDE, shown)
    path = inbox.link("my-signature")
    renewed = update(Signature).where(Signature.id == shown.signature_id)
    with transaction():
        db.session.execute(renewed.values(link_version=2))
    assert inbox.app.test_client().post(path, data={"words": "Not me."}).status_code == 410
    assert objections.list_open(shown.letter_id, after=None, limit=9) == []


@pytest.mark.parametrize("stands", [True, False])
def test_an_objection_is_answered_by_mail(
    shown: SignatureRef, inbox: Inbox, books: Books, *, stands: bool
) -> None:
    do(Deed.SET_ASIDE, shown)
    with transaction():
        objections.object_to(shown, "")
    decision_id = objections.list_standing(shown.letter_id, shown.signature_id)[0].id
    inbox.let_time_pass()
    with transaction():
        objections.answer(shown, decision_id, stands=stands, by=BY)
    assert books.total("open-roads") == (0 if stands else 1)
    said = "it stays as it is" if stands else "counts again"
    assert said in inbox.text(inbox.mails[-1])
    assert objections.list_open(shown.letter_id, after=None, limit=9) == []
    with pytest.raises(staff_actions.AlreadyDone), transaction():
        objections.answer(shown, decision_id, stands=not stands, by=BY)
    assert books.balance("open-roads")


def test_reasons_are_mailed_however_many_mails_there_were(
    shown: SignatureRef, inbox: Inbox
) -> None:
    for deed in (Deed.HIDE, Deed.SHOW, Deed.SET_ASIDE, Deed.RESTORE, Deed.HIDE):
        do(deed, shown)
        _ = inbox.mails
    assert len(inbox.mails) == 5


def test_what_was_taken_back_before_the_mail_left_is_not_told(
    shown: SignatureRef, inbox: Inbox
) -> None:
    do(Deed.SET_ASIDE, shown)
    do(Deed.RESTORE, shown)
    assert not any("does not count" in inbox.text(mail) for mail in inbox.mails)


def test_after_a_restore_what_staff_decided_is_decided_again(
    shown: SignatureRef, letter: Letter, books: Books
) -> None:
    other = make.signature(letter, email="other@example.org", **SHOWN)
    do(Deed.HIDE, shown)
    do(Deed.SET_ASIDE, other)
    noted = vault.store.list_forgotten(None, limit=9)
    with transaction():  # as the backup has them: before anything was decided
        for ref, undo in ((shown, Deed.SHOW), (other, Deed.RESTORE)):
            actions.do(undo, ref, Why(), by=BY)
    assert books.total("open-roads") == 2
    with transaction():
        assert sum(replaying.replay(noted).values()) == 2
    with transaction():
        assert not replaying.replay(noted)
    assert (books.total("open-roads"), books.names("open-roads")) == (1, [])
    assert books.balance("open-roads")


def test_everything_is_written_down_without_anybody_s_name(
    shown: SignatureRef, letter: Letter
) -> None:
    do(Deed.HIDE, shown)
    with transaction():
        staff_actions.correct(
            shown, name="Zoe L", city="", revision=1, reason="asked_by_mail", by=BY
        )
        staff_actions.resend(shown, by=BY)
        staff_actions.withdraw(shown, reason="asked_by_mail", by=BY)
    found = ["name.hidden", "signature.corrected", "signature.mailed", "signature.withdrawn"]
    assert verbs()[-4:] == found
    for event in db.session.scalars(select(AuditEvent)):
        assert "Zo" not in str(event.details) + event.subject


@pytest.mark.parametrize(
    ("change", "kind"),
    [({"name": "Zoë L", "city": ""}, 1), ({"name": "Zoë Lindqvist", "city": ""}, 0)],
)
def test_a_correction_is_shown_and_told_if_there_is_any(
    shown: SignatureRef, inbox: Inbox, books: Books, change: dict[str, str], kind: int
) -> None:
    revision = look(shown).revision
    with transaction():
        staff_actions.correct(shown, **change, revision=revision, reason="asked_by_mail", by=BY)
    assert books.names("open-roads") == [change["name"]]
    assert sum("was corrected" in inbox.text(mail) for mail in inbox.mails) == kind
    assert books.balance("open-roads")


def test_a_correction_of_an_older_page_changes_nothing(shown: SignatureRef, books: Books) -> None:
    with transaction():
        signature_actions.correct_name(shown, "Zoé")
    with pytest.raises(staff_actions.AlreadyDone), transaction():
        staff_actions.correct(shown, name="Old", city="", revision=1, reason="asked_by_mail", by=BY)
    assert books.names("open-roads") == ["Zoé"]


RESENT: list[tuple[bool, str]] = [(False, "confirm"), (True, "my-signature")]


@pytest.mark.parametrize(("is_confirmed", "link"), RESENT)
def test_a_mail_goes_to_the_address_alone(
    letter: Letter, inbox: Inbox, link: str, *, is_confirmed: bool
) -> None:
    ref = make.signature(letter, is_confirmed=is_confirmed)
    inbox.let_time_pass()
    with transaction():
        staff_actions.resend(ref, by=BY)
    assert inbox.mails[-1]["To"] == "zoe@example.org"
    assert inbox.link(link)
