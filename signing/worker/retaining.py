"""Deleting what has had its time, a batch a transaction, so that signers need not wait for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from signing.audit import WORKER, Actor, log
from signing.collected import retention as collected
from signing.core import clock
from signing.core.db import scrub, transaction
from signing.core.limits import limits
from signing.core.settings import Settings
from signing.core.vault import vault
from signing.exports import carrying, papers
from signing.exports import retention as exports
from signing.jobs import actions as jobs
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.mail import figures as mail_figures
from signing.mail import outbox, refusing
from signing.moderation import bulk, reports
from signing.partners import agreeing, calls, feed
from signing.signatures import kept, retention
from signing.staff_accounts import retention as staff

# No backup of the database may be kept for longer: see docs/operators.md.
REMEMBERED = timedelta(days=366)
FEED_KEPT = timedelta(days=90)  # after the signature's end: time enough to be read
REPORTS_KEPT = timedelta(days=180)  # after somebody has looked at the name
Rule = Callable[[], int]  # one batch of it; returns how many rows went
logger = logging.getLogger(__name__)


def retain(settings: Settings) -> None:
    """Carry out every retention rule there is, by the clock of this moment."""
    now = clock.now()
    figures = {name: _in_batches(rule) for name, rule in _list_rules(settings, now)}
    figures |= {
        "left files": carrying.sweep(settings.data_dir),
        "limits": limits.forget_expired(),
        "networks": vault.forget_networks(),
        "taken back": vault.store.delete_forgotten(now - REMEMBERED),
    }
    for letter in letters.list_with_names_over(now.date()):
        with transaction():
            retention.hide_names(letter.id)
    for letter in letters.list_over(
        delivered_before=now - timedelta(days=settings.sealed_days_after_delivery),
        closed_before=now - timedelta(days=settings.sealed_days_after_closing),
    ):
        figures[letter.slug] = erase(letter, by=WORKER)
    logger.info("retention, rows deleted: %s", figures)


def _list_rules(settings: Settings, now: datetime) -> tuple[tuple[str, Rule], ...]:
    """What goes batch by batch, in this order."""
    pending_since = now - timedelta(days=settings.pending_days)
    settled_since = now - timedelta(days=settings.settled_mail_days)
    bounced_since = now - timedelta(days=settings.bounced_days)
    return (
        ("unconfirmed", lambda: retention.delete_pending(pending_since, by=WORKER)),
        ("figures of news", mail_figures.roll_up),
        ("mails", lambda: outbox.delete_settled(settled_since)),
        ("bounces", lambda: retention.forget_bounces(bounced_since)),
        ("refusing domains", refusing.delete_old),
        ("audit", log.delete_old),
        ("jobs", jobs.delete_old),
        ("collected confirmed", lambda: collected.drop_confirmed(by=WORKER)),
        ("collected forgotten", lambda: collected.undo_forgotten(by=WORKER)),
        ("collected undone", collected.sweep_undone),
        ("exports over", exports.end_over),
        ("exports", exports.delete_old),
        ("documents of deliveries", papers.delete_over),
        ("reports", lambda: reports.delete_closed(now - REPORTS_KEPT)),
        ("deeds to many", lambda: bulk.delete_old(now)),
        ("staff", staff.delete_over),
        ("contacts of partners", agreeing.forget_contacts),
        ("calls of webhooks", lambda: calls.delete_settled(settled_since)),
        ("feeds of partners", lambda: feed.forget(now - FEED_KEPT)),
    )


def erase(letter: Letter, *, by: Actor) -> int:
    """Destroy the letter's key and turn its people into numbers; returns how many there were.

    A process that dies on the way leaves nothing readable; running it again finishes the work.
    """
    with transaction():
        retention.begin_erasing(letter, by=by)
    _in_batches(lambda: retention.retire_batch(letter.id))
    _in_batches(lambda: kept.erase_batch(letter.id))
    _in_batches(lambda: reports.erase_batch(letter.id))
    _in_batches(lambda: collected.erase_batch(letter.id))
    _in_batches(lambda: exports.erase(letter.id))
    with transaction():
        retired = retention.finish_erasing(letter, by=by)
    scrub()
    return retired


def _in_batches(delete_some: Rule) -> int:
    """Repeat until nothing is left; returns how many rows went."""
    total = 0
    while True:
        with transaction():
            deleted = delete_some()
        total += deleted
        if not deleted:
            return total
