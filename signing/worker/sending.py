"""Sending a batch of the outbox: claim, compose, send with no transaction open, settle."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from signing.core import clock
from signing.core.db import let_go, transaction
from signing.mail import outbox, smtp
from signing.mail.outbox import Claimed
from signing.worker import composing
from signing.worker.composing import Broken, Mail

BATCH = 50
SETTLED_TOGETHER = 10  # at most so many are sent twice if this process dies in the act
SAFETY = timedelta(minutes=1)  # a lease that ends sooner is not begun on

log = logging.getLogger(__name__)


class Outage(Exception):
    """The mail server cannot be reached; no mail is to blame."""


def send_batch(
    connection: smtp.Connection, mail_from: str, stopping: threading.Event | None = None
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
    let_go()  # no transaction is open while the network is used
    waiting = list(batch)
    while waiting and not (stopping and stopping.is_set()):
        outage = _send_group(connection, mail_from, waiting, mails)
        if outage is not None:
            _give_back(waiting)
            raise outage
    _give_back(waiting)
    return len(batch)


def _send_group(
    connection: smtp.Connection,
    mail_from: str,
    waiting: list[Claimed],
    mails: Mapping[UUID, Mail | Broken | None],
) -> Outage | None:
    """Send the next few, settle them together, and take them off what waits."""
    settles: list[Callable[[], None]] = []
    outage = None
    while waiting and len(settles) < SETTLED_TOGETHER and outage is None:
        try:
            settles.append(_send(connection, mail_from, waiting[0], mails[waiting[0].id]))
            waiting.pop(0)
        except smtp.Unreachable as unreachable:
            outage = Outage(str(unreachable))
    with transaction():
        for settle in settles:
            settle()
    return outage


def _give_back(mails: list[Claimed]) -> None:
    if mails:
        with transaction():
            outbox.give_back(mails)


def _send(
    connection: smtp.Connection, mail_from: str, claimed: Claimed, mail: Mail | Broken | None
) -> Callable[[], None]:
    """Send one mail; returns how it is to be settled. Raises `smtp.Unreachable`."""
    if mail is None:
        return lambda: outbox.settle_dropped(claimed)
    if isinstance(mail, Broken):
        error = f"cannot be composed: {mail.error}"
        log.error("mail %s %s", claimed.kind, error)
        return lambda: outbox.settle_failed(claimed, error, permanent=False)
    if claimed.leased_until - clock.now() < SAFETY:
        return lambda: outbox.give_back([claimed])
    try:
        connection.send(mail.message, envelope_from=mail_from, to=mail.to)
    except ValueError:  # an address that no wire can carry
        return lambda: outbox.settle_failed(claimed, "unusable address", permanent=True)
    except (smtp.Refused, smtp.Unknown) as failure:
        reason, permanent = str(failure), failure.permanent
        log.warning("mail %s not sent: %s", claimed.kind, reason)
        return lambda: outbox.settle_failed(claimed, reason, permanent=permanent)
    return lambda: outbox.settle_sent(claimed)
