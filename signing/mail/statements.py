"""The statement of the hot path, built once: building it costs more than running it."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Insert,
    LargeBinary,
    String,
    Table,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from signing.core.db import Moment, insert_for
from signing.mail.models import MailState, OutgoingMail

MOST_A_DAY = 4


@cache
def put(dialect_name: str) -> Insert:
    """A mail, unless its recipient had enough. Built once: every form that is sent runs it."""
    mine = and_(
        OutgoingMail.letter_id == bindparam("letter"),
        OutgoingMail.recipient_id == bindparam("recipient"),
    )
    lately = (
        select(OutgoingMail.id)
        .where(mine, OutgoingMail.created_at > bindparam("a_pause_ago"))
        .exists()
    )
    today = (
        select(func.count())
        .select_from(OutgoingMail)
        .where(mine, OutgoingMail.created_at > bindparam("a_day_ago"))
        .scalar_subquery()
    )
    values = _values()
    row = select(*values.values()).where(~lately, today < MOST_A_DAY)
    mails = cast(Table, OutgoingMail.__table__)
    is_free = mails.c.leased_until.is_(None) | (mails.c.leased_until <= bindparam("at"))
    put_in = insert_for(dialect_name, mails).from_select(list(values), row, include_defaults=False)
    return put_in.on_conflict_do_update(
        index_elements=["letter_id", "recipient_id", "kind"],
        index_where=(mails.c.state == literal_column(f"'{MailState.WAITING}'"))
        & mails.c.broadcast_id.is_(None),
        set_={"due_at": put_in.excluded.due_at},
        where=is_free,
    )


def _values() -> dict[str, ColumnElement[Any]]:
    """What a new row holds, by column."""
    return {
        "letter_id": bindparam("letter", type_=Uuid()),
        "id": bindparam("new", type_=Uuid()),
        "kind": bindparam("kind", type_=String()),
        "recipient_kind": bindparam("recipient_kind", type_=String()),
        "recipient_id": bindparam("recipient", type_=Uuid()),
        "sealed_to": bindparam("sealed_to", type_=LargeBinary()),
        "locale": bindparam("locale", type_=String()),
        "partner_id": bindparam("partner", type_=Uuid()),
        "created_at": bindparam("at", type_=Moment()),
        "due_at": bindparam("at", type_=Moment()),
        "attempts": literal_column("0"),
        "state": literal_column(f"'{MailState.WAITING}'"),
    }
