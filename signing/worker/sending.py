"""Sending a batch of the outbox: claim, compose, send with no transaction open, settle."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from signing.core import clock
from signing.core.db import db, transaction
from signing.mail import outbox, smtp
from signing.mail.outbox import Claimed
from signing.worker import composing
from signing.worker.composing import Broken, Mail

BATCH = 50
SETTLED_TOGETHER = 10  # at most so many are sent twice if this process dies in the act
SAFETY = timedelta(minutes=1)  # a lease that ends sooner is not begun on

log = logging.getLogger(__name__)


def send_batch(connection: smtp.Connection, mail_from: str) -> int:
    """Send what is due, up to a batch; returns how many mails were taken in hand."""
    with transaction():
        batch = outbox.claim(BATCH)
    if not batch:
        return 0
    mails = composing.compose(batch)
    db.session.commit()  # nothing was written: let go of what was read before the network is used
    for start in range(0, len(batch), SETTLED_TOGETHER):
        group = batch[start : start + SETTLED_TOGETHER]
        outcomes = [_send(connection, mail_from, mail, mails[mail.id]) for mail in group]
        with transaction():
            for settle in outcomes:
                settle()
    return len(batch)


def _send(
    connection: smtp.Connection, mail_from: str, claimed: Claimed, mail: Mail | Broken | None
) -> Callable[[], None]:
    """Send one mail; returns how it is to be settled."""
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
    except smtp.Refused as refused:
        reason, permanent = str(refused), refused.permanent
        log.warning("mail %s refused: %s", claimed.kind, reason)
        return lambda: outbox.settle_failed(claimed, reason, permanent=permanent)
    except (smtp.Unreachable, smtp.Unknown) as unreachable:
        reason = str(unreachable)
        log.warning("mail %s not sent: %s", claimed.kind, reason)
        return lambda: outbox.settle_failed(claimed, reason, permanent=False)
    return lambda: outbox.settle_sent(claimed)
