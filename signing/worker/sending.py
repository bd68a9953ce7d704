"""Sending a batch of the outbox: claim, compose, send with no transaction open, settle."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Self
from uuid import UUID

from signing.core import clock
from signing.core.db import let_go, transaction
from signing.core.settings import Settings
from signing.mail import bounces, figures, outbox, smtp, verp
from signing.mail.dkim_signing import Signer
from signing.mail.figures import Fate
from signing.mail.outbox import Claimed
from signing.mail.refusing import refusing
from signing.signatures import bounced
from signing.worker import composing, reachable
from signing.worker.composing import Broken, Mail

BATCH = 50
SETTLED_TOGETHER = 10  # at most so many are sent twice if this process dies in the act
SAFETY = timedelta(minutes=1)  # a lease that ends sooner is not begun on

log = logging.getLogger(__name__)


class Outage(Exception):
    """The mail server cannot be reached; no mail is to blame."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where mails come back to, and who vouches for them."""

    mail_from: str
    bounce_address: str = ""
    signer: Signer | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        selector, key = settings.dkim_selector, settings.dkim_key
        signer = Signer(settings.mail_domain, selector, key) if selector else None
        return cls(settings.mail_from, settings.bounce_address, signer)

    def put_round(self, message: EmailMessage, mail_id: UUID) -> str:
        """The message is ready for the wire afterwards; returns the envelope's sender."""
        sender = self.mail_from
        if self.bounce_address:
            sender = verp.sender(self.bounce_address, mail_id)
            message[verp.HEADER] = verp.tag_of(sender)
        if self.signer:
            self.signer.sign(message)
        return sender


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a mail is to be settled; and if the server called its address dead, whose that is."""

    settle: Callable[[], Fate | None]
    refused: tuple[Claimed, str] | None = None


def send_batch(
    connection: smtp.Connection, envelope: Envelope, stopping: threading.Event | None = None
) -> int:
    """Send what is due, up to a batch; returns how many mails were taken in hand.

    Mails that were not tried, because the worker is to stop or the server is away, are given
    back. Raises `Outage`.
    """
    with transaction():
        batch = outbox.claim(BATCH)
    if not batch:
        return 0
    mails = composing.compose(batch)
    asked = reachable.list_asked(mails)
    let_go()  # no transaction is open while the network is used
    mails |= reachable.list_unreachable(asked)
    waiting = list(batch)
    while waiting and not (stopping and stopping.is_set()):
        outage = _send_group(connection, envelope, waiting, mails)
        if outage is not None:
            _give_back(waiting)
            raise outage
    _give_back(waiting)
    return len(batch)


def _send_group(
    connection: smtp.Connection,
    envelope: Envelope,
    waiting: list[Claimed],
    mails: Mapping[UUID, Mail | Broken | None],
) -> Outage | None:
    """Send the next few, settle them together, and take them off what waits."""
    outcomes: list[Outcome] = []
    outage = None
    while waiting and len(outcomes) < SETTLED_TOGETHER and outage is None:
        try:
            outcomes.append(_send(connection, envelope, waiting[0], mails[waiting[0].id]))
            waiting.pop(0)
        except smtp.Unreachable as unreachable:
            outage = Outage(str(unreachable))
    with transaction():
        _mark_dead(one.refused for one in outcomes if one.refused)  # first, as who signs does
        fates = [one.settle() for one in outcomes]
        figures.note(Counter(fate for fate in fates if fate))
    return outage


def _mark_dead(refused: Iterable[tuple[Claimed, str]]) -> None:
    """As a bounce mail would: see `bounced.heed`."""
    found = [bounced.list_keys(one.letter_id, one.recipient_id, to) for one, to in refused]
    bounced.mark(key for keys in found for key in keys)


def _give_back(mails: list[Claimed]) -> None:
    if mails:
        with transaction():
            outbox.give_back(mails)


def _send(
    connection: smtp.Connection, envelope: Envelope, claimed: Claimed, mail: Mail | Broken | None
) -> Outcome:
    """Send one mail; returns how it is to be settled. Raises `smtp.Unreachable`."""
    if mail is None:
        return Outcome(lambda: outbox.settle_dropped(claimed))
    if isinstance(mail, Broken):
        log.error("mail %s not sent: %s", claimed.kind, mail.error)
        return _failed(claimed, mail.error, permanent=mail.permanent)
    if claimed.leased_until - clock.now() < SAFETY:
        return Outcome(lambda: outbox.give_back([claimed]))
    sender = envelope.put_round(mail.message, claimed.id)
    try:
        connection.send(mail.message, envelope_from=sender, to=mail.to)
    except ValueError:  # an address that no wire can carry
        return _failed(claimed, "unusable address", permanent=True)
    except smtp.Unknown as failure:
        log.warning("mail %s not sent: %s", claimed.kind, failure)
        return _failed(claimed, str(failure), permanent=failure.permanent)
    except smtp.Refused as failure:
        log.warning("mail %s not sent: %s", claimed.kind, failure)
        refusing.note(mail.to)
        is_dead = failure.permanent and bounces.is_accusing(failure.enhanced)
        refused = (claimed, mail.to) if is_dead else None
        return _failed(claimed, str(failure), permanent=failure.permanent, refused=refused)
    return Outcome(lambda: outbox.settle_sent(claimed))


def _failed(
    mail: Claimed, error: str, *, permanent: bool, refused: tuple[Claimed, str] | None = None
) -> Outcome:
    return Outcome(lambda: outbox.settle_failed(mail, error, permanent=permanent), refused)
