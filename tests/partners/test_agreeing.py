"""A partner is invited, accepts or declines, is asked anew, and is forgotten when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from signing.audit import Verb
from signing.audit import queries as audit
from signing.audit.queries import Wanted
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.tokens import SignatureRef
from signing.core.vault import vault
from signing.letters.models import Letter
from signing.partners import actions, agreeing, arrangement, contact, queries
from signing.partners.actions import CodeTaken
from signing.partners.agreeing import InvitationLapsed, NobodyToWriteTo, OtherText, WrittenLately
from signing.partners.arrangement import ANSWER_WITHIN, About, Text
from signing.partners.contact import Contact
from signing.partners.models import Partner, State
from signing.worker import arranging, retaining
from tests import make
from tests.conftest import Inbox

TEXT = Text(arrangement.VERSION, "en", "An arrangement.")


@pytest.fixture
def letter(app: Flask) -> Letter:
    return make.letter()


def anew(partner: Partner) -> Partner:
    db.session.expire_all()
    return queries.get(partner.letter_id, partner.id)


def accept(partner: Partner, text: Text = TEXT, digest: str = "") -> None:
    with transaction():
        found = queries.get(partner.letter_id, partner.id, to_change=True)
        agreeing.accept(found, text, digest or text.digest.hex(), "Noor Abel", "Director")


def verbs(letter: Letter) -> list[str]:
    events = audit.list_page(Wanted(letters=frozenset({letter.id})), after=None, limit=50)
    return [one.verb for one in events if one.verb.startswith("partner.")]


def test_nothing_is_credited_before_a_named_person_accepts(letter: Letter) -> None:
    partner = make.partner(letter, is_active=False)
    assert queries.find_credited(letter.id, partner.code) is None
    accept(partner)
    assert queries.find_credited(letter.id, partner.code) == partner.id
    (agreement,) = queries.list_agreements(letter.id, partner.id)
    who = contact.find_acceptor(agreement)
    assert who is not None
    assert (who.name, who.role, who.email) == ("Noor Abel", "Director", "noor@partner.example")
    assert agreement.text == TEXT.markdown
    assert agreement.digest == TEXT.digest
    assert set(verbs(letter)) == {Verb.PARTNER_INVITED, Verb.PARTNER_ACCEPTED}


def test_accepting_twice_is_accepting_once(letter: Letter) -> None:
    partner = make.partner(letter, is_active=False)
    accept(partner)
    accept(partner)
    assert len(queries.list_agreements(letter.id, partner.id)) == 1
    assert verbs(letter).count(Verb.PARTNER_ACCEPTED) == 1


def test_another_text_than_the_one_that_was_shown_binds_nobody(letter: Letter) -> None:
    partner = make.partner(letter, is_active=False)
    with pytest.raises(OtherText):
        accept(partner, digest="00" * 32)
    assert anew(partner).state == State.INVITED


def test_an_invitation_lapses_and_whom_it_went_to_is_forgotten(app: Flask, letter: Letter) -> None:
    partner = make.partner(letter, is_active=False)
    with time_machine.travel(clock.now() + ANSWER_WITHIN + timedelta(hours=1)):
        with pytest.raises(InvitationLapsed):
            accept(partner)
        retaining.retain(app.extensions["signing.settings"])
        assert contact.find(anew(partner)) is None
        with pytest.raises(NobodyToWriteTo), transaction():
            agreeing.renew_link(anew(partner), by=make.OPERATOR)


def test_a_declined_partner_is_credited_with_nothing_and_forgotten_at_once(letter: Letter) -> None:
    partner = make.partner(letter)
    with transaction():
        agreeing.decline(anew(partner))
    declined = anew(partner)
    assert declined.state == State.DECLINED
    assert contact.find(declined) is None
    assert queries.find_credited(letter.id, partner.code) is None
    with pytest.raises(InvitationLapsed):
        accept(partner)


def test_a_declined_partner_can_be_won_back(letter: Letter) -> None:
    partner = make.partner(letter)
    with transaction():
        agreeing.decline(anew(partner))
    with transaction():
        again = Contact("Ida", "ida@partner.example")
        actions.set_contact(anew(partner), again, "fr", by=make.OPERATOR)
        agreeing.renew_link(anew(partner), by=make.OPERATOR)
    assert anew(partner).state == State.INVITED
    accept(partner)
    assert anew(partner).is_active
    (agreement,) = queries.list_agreements(letter.id, partner.id)
    who = contact.find_acceptor(agreement)
    assert who is not None
    assert who.email == "ida@partner.example"


def test_a_suspended_partner_is_credited_with_nothing_until_it_is_resumed(letter: Letter) -> None:
    partner = make.partner(letter)
    for _twice in range(2):
        with transaction():
            actions.suspend(anew(partner), by=make.OPERATOR)
    assert queries.find_credited(letter.id, partner.code) is None
    assert queries.list_public(letter.id) == []
    with transaction():
        actions.resume(anew(partner), by=make.OPERATOR)
    assert queries.find_credited(letter.id, partner.code) == partner.id
    assert verbs(letter).count(Verb.PARTNER_SUSPENDED) == 1


def test_a_code_is_taken_once_in_a_letter_and_anew_in_another(letter: Letter) -> None:
    make.partner(letter)
    with pytest.raises(CodeTaken):
        make.source(letter, "green-web")
    other = make.letter("night-trains")
    assert make.source(other, "green-web").letter_id == other.id
    assert queries.find_credited(other.id, "green-web") != queries.find_credited(
        letter.id, "green-web"
    )


def test_a_new_arrangement_is_asked_for_once_and_without_an_answer_ends_the_credit(
    letter: Letter, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = make.partner(letter)
    _ = inbox.mails
    assert arranging.arrange() == 0
    monkeypatch.setattr(arrangement, "VERSION", 2)
    with inbox.later(timedelta(days=1)):
        assert arranging.arrange() == 1
        assert arranging.arrange() == 0
        assert len(inbox.mails) == 2
        asked = anew(partner)
        assert asked.is_active
        assert agreeing.may_accept(asked)
    with inbox.later(timedelta(days=33)):
        assert arranging.arrange() == 1
        assert anew(partner).state == State.SUSPENDED


def test_an_accepted_new_arrangement_stands_beside_the_old_one(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = make.partner(letter)
    monkeypatch.setattr(arrangement, "VERSION", 2)
    arranging.arrange()
    accept(partner, Text(2, "en", "Another one."))
    assert [one.version for one in queries.list_agreements(letter.id, partner.id)] == [2, 1]
    assert arranging.arrange() == 0


def test_a_new_link_voids_the_older_one_but_not_within_minutes_of_a_mail(
    letter: Letter, inbox: Inbox
) -> None:
    partner = make.partner(letter, is_active=False)
    ref = SignatureRef(letter.id, partner.id, 1)
    assert len(inbox.mails) == 1
    with pytest.raises(WrittenLately), transaction():
        agreeing.renew_link(anew(partner), by=make.OPERATOR)
    assert queries.get_linked(ref)
    inbox.let_time_pass(6)
    with transaction():
        agreeing.renew_link(anew(partner), by=make.OPERATOR)
    with pytest.raises(queries.LinkVoid):
        queries.get_linked(ref)
    assert len(inbox.mails) == 2


def test_contacts_of_partners_that_ended_go_after_a_while(letter: Letter) -> None:
    partner = make.partner(letter)
    with transaction():
        actions.suspend(anew(partner), by=make.OPERATOR)
        assert agreeing.forget_contacts() == 0
    with time_machine.travel(clock.now() + agreeing.FORGOTTEN_AFTER + timedelta(days=1)):
        with transaction():
            assert agreeing.forget_contacts() == 1
        assert contact.find(anew(partner)) is None


def test_an_erased_letter_knows_no_person_of_its_partners(letter: Letter) -> None:
    partner = make.partner(letter)
    retaining.erase(letter, by=make.OPERATOR)
    (agreement,) = queries.list_agreements(letter.id, partner.id)
    assert anew(partner).sealed is None
    assert agreement.sealed is None
    assert contact.find_acceptor(agreement) is None
    vault.forget_opened()
    assert contact.find(partner) is None  # nor by what an old backup still holds


def test_people_of_partners_are_in_no_table_in_the_clear(app: Flask, letter: Letter) -> None:
    make.partner(letter)
    from_db = str([tuple(row) for row in db.session.execute(Partner.__table__.select())])
    assert "Noor" not in from_db
    assert "noor@" not in from_db


def test_the_text_names_the_letter(letter: Letter) -> None:
    about = About(letter.controller, letter.contact, "Green", "Open roads", "https://x.example")
    assert "Road Friends" in arrangement.write(about, "en").markdown
