"""A backup is put back: what is no signature and was ended in between stays ended, too."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from signing.collected import actions as collections
from signing.collected import entering
from signing.collected import queries as collected
from signing.collected.actions import About
from signing.collected.columns import Signer
from signing.collected.models import CollectedSignature, Collection, Kind
from signing.collected.person import Person
from signing.collected.retention import sweep_undone
from signing.core import clock
from signing.core.db import db, let_go, transaction
from signing.core.vault import vault
from signing.exports import actions as exports
from signing.exports.choice import Choice
from signing.exports.models import Export
from signing.exports.purpose import Purpose
from signing.letters.models import Letter
from signing.news import posts
from signing.news import queries as news
from signing.news.models import State as NewsState
from signing.partners import actions as partners
from signing.partners import agreeing, hooks, tokens
from signing.partners import queries as partner_queries
from signing.partners.models import Scope, Token, Webhook
from signing.partners.models import State as PartnerState
from signing.signatures.wanted import Wanted
from signing.staff_accounts import actions as members
from signing.staff_accounts import sessions
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.models import Member, StaffSession
from signing.staff_accounts.models import State as MemberState
from signing.worker.loop import Worker
from tests import make, staff
from tests.cli.conftest import Signing, Taken
from tests.conftest import Inbox
from tests.news import telling

PAPER = About(Kind.PAPER, "Market square", date(2026, 3, 1))


def sheets(letter: Letter, *names: str) -> tuple[Collection, list[UUID]]:
    """A collection of paper with these people in it."""
    with transaction():
        made = collections.begin_sheets(letter, PAPER, by=make.OPERATOR)
        rows = [
            entering.enter(made, Signer(Person(name=name), "", "", "1"), by=make.OPERATOR).id
            for name in names
        ]
    return made, [one for one in rows if one]


def numbers() -> list[tuple[str, int]]:
    rows = db.session.execute(select(Collection.state, Collection.number).order_by(Collection.id))
    return [(state, n) for state, n in rows]


def count(table: type[db.Model]) -> int:  # type: ignore[name-defined]
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_what_staff_and_partners_ended_stays_ended(
    app: Flask, inbox: Inbox, back_up: Taken, signing: Signing
) -> None:
    letter = make.letter()
    telling.signer(letter)
    paper, rows = sheets(letter, "Ada Quist", "Ben Low", "Cy Vale")
    other, _rows = sheets(letter, "Dee Moss")
    post, stays = telling.post(letter), telling.post(letter, "Another")
    mailing = telling.started(stays, due_at=clock.now() + timedelta(days=1))
    green, blue = make.partner(letter), make.partner(letter, "blue-web")
    with transaction():
        tokens.make(green, "CRM", [Scope.HOOKS], timedelta(days=9), by=make.OPERATOR)
        hook, _secret = hooks.add(green, "https://green.example/hook", by=make.OPERATOR)
    owner, gone = staff.member(), staff.member("ben@example.org")
    with transaction():
        sessions.open_(owner, "")
        doer = Doer(members.actor(owner.id), Doer.operator().held)
        exports.ask(letter, Choice(Wanted(letter.id)), Purpose("Count", "Us"), by=doer, number=1)
    letter_id, post_id, stays_id, mailing_id = letter.id, post.id, stays.id, mailing.id
    green_id, blue_id, hook_id, gone_id = green.id, blue.id, hook.id, gone.id
    paper_id, other_id = paper.id, other.id
    token_id = db.session.scalars(select(Token.id)).one()
    inbox.worker = Worker(app)
    _ = inbox.mails
    before = back_up()
    inbox.worker = Worker(app)
    _ = inbox.mails
    with transaction():
        entering.remove(collected.get(letter_id, paper_id), rows[0], by=make.OPERATOR)
        collections.undo(collected.get(letter_id, other_id), by=make.OPERATOR)
        posts.withdraw(posts.get(letter_id, post_id), by=make.OPERATOR)
        tokens.revoke(partner_queries.get(letter_id, green_id), token_id, by=make.OPERATOR)
        hooks.remove(hooks.get(letter_id, hook_id), by=make.OPERATOR)
        partners.suspend(partner_queries.get(letter_id, green_id), by=make.OPERATOR)
        agreeing.decline(partner_queries.get(letter_id, blue_id))
        members.end(gone_id, by=Doer.operator())

    before.put_back()
    assert numbers() == [("counted", 3), ("counted", 1)]
    told = signing("restore", "check")

    assert told.returncode == 0, told.stderr
    for line in (
        "removed:collected: 1 done again", "undone:collection: 1 done again",
        "withdrawn:news: 1 done again", "revoked:token: 1 done again",
        "removed:webhook: 1 done again", "suspended:partner: 1 done again",
        "declined:partner: 1 done again", "ended:member: 1 done again",
        "1 mailings paused", "1 exports let go", "1 sessions of staff ended",
    ):  # fmt: skip
        assert line in told.stdout
    let_go()
    db.session.expire_all()
    assert numbers() == [("counted", 2), ("undone", 1)]
    assert not posts.get(letter_id, post_id).is_published
    assert posts.get(letter_id, stays_id).is_published
    assert news.get_broadcast(letter_id, mailing_id).state == NewsState.PAUSED
    assert db.session.scalars(select(Token.revoked_at)).one() is not None
    assert (count(Webhook), count(StaffSession)) == (0, 0)
    states = [partner_queries.get(letter_id, one).state for one in (green_id, blue_id)]
    assert states == [PartnerState.SUSPENDED, PartnerState.DECLINED]
    ended = db.session.get(Member, gone_id)
    assert ended is not None
    assert ended.state == MemberState.ENDED
    with transaction():
        sweep_undone()
    let_go()
    assert count(CollectedSignature) == 2
    assert db.session.scalars(select(Export.state)).one() == "over"

    again = signing("restore", "check")
    assert again.returncode == 0, again.stderr
    assert "again" not in again.stdout
    assert "paused" not in again.stdout


def test_what_was_begun_anew_is_not_ended_by_an_older_note(app: Flask) -> None:
    letter = make.letter()
    green, post = make.partner(letter), telling.post(letter)
    _owner, gone = staff.member(), staff.member("ben@example.org")
    with transaction():
        partners.suspend(green, by=make.OPERATOR)
        partners.resume(green, by=make.OPERATOR)
        posts.withdraw(post, by=make.OPERATOR)
        posts.publish(post, by=make.OPERATOR)
        members.end(gone.id, by=Doer.operator())
    staff.invitation("ben@example.org")
    assert vault.store.list_forgotten(None, limit=9) == []
