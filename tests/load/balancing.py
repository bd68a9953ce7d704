"""The books after a crowd: nothing acknowledged is lost or counts twice, all mail was sent."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select, update

from signing.core import clock
from signing.core.db import count_rows, db, transaction
from signing.core.vault import vault
from signing.letters import queries as letters
from signing.mail.models import MailState, OutgoingMail
from signing.signatures.address import normalised
from signing.signatures.models import Signature, State
from tests.books import Books
from tests.browser.served import Installation
from tests.load.crowd import Crowd

SETTLE_SECONDS = 30.0
CONFIRM = "confirm_signature"


@dataclass(frozen=True)
class Figures:
    """What happened; that nothing was lost and nothing counted twice has been asserted."""

    crowd: Crowd
    held: int
    twice: int

    def __str__(self) -> str:
        crowd = self.crowd
        return (
            f"{len(crowd.pressed)} cycles, {len(crowd.signed)} signed, 0 lost, 0 counted twice, "
            f"{crowd.cut} requests cut off, {crowd.put_off} put off, "
            f"{self.held} mails in killed hands, {self.twice} mails sent twice"
        )


def balance(installation: Installation, crowd: Crowd) -> Figures:
    """Once all mail is sent: everything that the crowd was told is so, and no more than that."""
    held = _end_leases(installation)
    _wait_until_all_is_sent(installation)
    states = _states(installation, crowd)
    books = Books(installation.app)
    assert len(states) == books.rows(Signature)
    assert crowd.signed <= states.keys()
    assert all(states[address] == State.CONFIRMED for address in crowd.pressed)
    twice = _check_mails(installation, states)
    assert books.balance(crowd.slug)
    assert books.total(crowd.slug) == Counter(states.values())[State.CONFIRMED]
    assert books.total(crowd.slug) == len(crowd.pressed)  # they press until it is acknowledged
    return Figures(crowd, held, twice)


def _end_leases(installation: Installation) -> int:
    """As if ten minutes had passed for the mails that killed workers had in hand."""
    with installation.app.app_context(), transaction():
        leased = select(OutgoingMail.id).where(OutgoingMail.leased_until > clock.now())
        waiting = leased.where(OutgoingMail.state == MailState.WAITING)
        free = waiting.with_for_update(skip_locked=True)  # else a worker and we wait for each other
        ended = update(OutgoingMail).where(OutgoingMail.id.in_(free))
        return count_rows(db.session.execute(ended.values(leased_until=clock.now())))


def _wait_until_all_is_sent(installation: Installation) -> None:
    books = Books(installation.app)
    until = time.monotonic() + SETTLE_SECONDS
    while any(state == MailState.WAITING for _kind, state in books.mails()):
        assert time.monotonic() < until, installation.worker.log
        time.sleep(0.2)


def _states(installation: Installation, crowd: Crowd) -> dict[str, str]:
    """The state of each signature by its address, found again by the digest of each."""
    with installation.app.app_context():
        letter = letters.get_by_slug(crowd.slug)
        rows = db.session.execute(select(Signature.address_digest, Signature.state)).all()
        by_digest = dict(rows)
        assert len(by_digest) == len(rows)  # one signature an address
        digests = {one: vault.digest(letter.id, normalised(one)) for one in crowd.tried}
        return {one: by_digest[digest] for one, digest in digests.items() if digest in by_digest}


def _check_mails(installation: Installation, states: dict[str, str]) -> int:
    """Everybody got the mail, nobody more than twice; returns how many came twice."""
    mails = installation.mail.received
    assert states.keys() <= {mail.to[0] for mail in mails}
    times = Counter(mail.message["Message-ID"] for mail in mails)
    counted = Counter(times.values())
    assert counted.keys() <= {1, 2}
    assert set(Books(installation.app).mails()) <= {
        (CONFIRM, MailState.SENT),
        (CONFIRM, MailState.DROPPED),  # confirmed with the mail that a killed worker had sent
    }
    return counted[2]
