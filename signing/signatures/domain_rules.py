"""What staff decide about mail domains, each decision written down."""

from __future__ import annotations

from sqlalchemy import delete

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import count_rows, db, insert
from signing.mail.domains import Rule, a_labels
from signing.mail.models import DomainRule


def decide(domain: str, rule: Rule, *, by: Actor) -> str:
    """The domain has this rule afterwards; returns its name as it is kept (A-labels)."""
    name = a_labels(domain)
    row = insert(DomainRule).values(domain=name, rule=rule, at=clock.now())
    again = {"rule": row.excluded.rule, "at": row.excluded.at}
    db.session.execute(row.on_conflict_do_update(index_elements=["domain"], set_=again))
    log.record(Verb.DOMAIN_RULED, by=by, subject=name, details={"rule": rule.value})
    return name


def forget(domain: str, *, by: Actor) -> bool:
    """The domain has no rule afterwards; returns whether it had one."""
    name = a_labels(domain)
    had = count_rows(db.session.execute(delete(DomainRule).where(DomainRule.domain == name)))
    if had:
        log.record(Verb.DOMAIN_RULED, by=by, subject=name, details={"rule": "none"})
    return bool(had)
