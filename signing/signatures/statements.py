"""The statements of the hot paths, built once: building them costs more than running them.

Parameters carry the names of the columns; `digest` and the like are explained where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Select,
    String,
    Table,
    Update,
    Uuid,
    bindparam,
    case,
    delete,
    func,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql

from signing.core.db import Moment, insert_for
from signing.letters.models import Translation
from signing.mail.kinds import Kind
from signing.mail.models import MailState, OutgoingMail
from signing.signatures.models import Consent, Entry, Kept, KeptDecision, Signature, State

SIGNATURES = cast(Table, Signature.__table__)
CONSENTS = cast(Table, Consent.__table__)
KEPT = cast(Table, KeptDecision.__table__)

# What a new sending of the form replaces while nobody has confirmed.
RENEWED = (
    "sealed",
    "country",
    "locale",
    "comment_digest",
    "reasons",
    "is_flagged",
    "created_at",
)


@cache
def add_or_renew(dialect: str) -> Insert:
    """One row an address: new, or renewed while pending; a confirmed one stays as it is.

    Returns id and state either way, by the same statement.
    """
    row = insert_for(dialect, SIGNATURES)
    is_pending = SIGNATURES.c.state == State.PENDING.value
    renewed: dict[str, Any] = {
        name: case((is_pending, row.excluded[name]), else_=SIGNATURES.c[name]) for name in RENEWED
    }
    renewed["revision"] = case((is_pending, SIGNATURES.c.revision + 1), else_=SIGNATURES.c.revision)
    renewed |= {name: case((is_pending, new), else_=SIGNATURES.c[name]) for name, new in _came(row)}
    renewed["asked_at"] = row.excluded["asked_at"]
    return row.on_conflict_do_update(
        index_elements=["letter_id", "address_digest"], set_=renewed
    ).returning(SIGNATURES.c.id, SIGNATURES.c.state)


def _came(row: postgresql.Insert) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """How the person came, and by whom, where the form is sent again before they confirm.

    Who brought them first stays so. A program can send anybody's address: what it sent gives way
    to the form that the person fills in, and takes nothing from it.
    """
    old, new = SIGNATURES.c, row.excluded
    was_program, is_program = old.entry == Entry.API.value, new["entry"] == Entry.API.value
    first = func.coalesce(old.partner_id, new["partner_id"])
    yield "entry", case((was_program | ~is_program, new["entry"]), else_=old.entry)
    yield (
        "partner_id",
        case(
            (was_program & ~is_program, new["partner_id"]),
            (is_program & ~was_program, old.partner_id),
            else_=first,
        ),
    )


_is_pending = (
    select(SIGNATURES.c.id)
    .where(SIGNATURES.c.letter_id == bindparam("letter"))
    .where(SIGNATURES.c.id == bindparam("signature"))
    .where(SIGNATURES.c.state == State.PENDING.value)
    .exists()
)

DROP_CONSENTS: Delete = delete(CONSENTS).where(
    CONSENTS.c.letter_id == bindparam("letter"),
    CONSENTS.c.signature_id == bindparam("signature"),
    _is_pending,
)


@cache
def give_consents(dialect: str, number: int) -> Insert:
    """So many consents of one pending signature at once: `purpose_0`, `wording_0`, …"""
    choices = [
        select(
            bindparam("letter", type_=Uuid()),
            bindparam("signature", type_=Uuid()),
            bindparam(f"purpose_{i}", type_=String()),
            bindparam(f"receiver_{i}", type_=Uuid()),
            bindparam(f"wording_{i}", type_=Uuid()),
            bindparam("at", type_=Moment()),
        ).where(_is_pending)
        for i in range(number)
    ]
    columns = ["letter_id", "signature_id", "purpose", "receiver_id", "wording_id", "given_at"]
    return insert_for(dialect, CONSENTS).from_select(columns, union_all(*choices))


def _shown_text() -> Select[Any]:
    """The revision of the text in the signer's language, else in the letter's own."""
    mine = Translation.locale == bindparam("signed_in")
    return (
        select(Translation.revision_id)
        .where(Translation.letter_id == bindparam("letter"))
        .where(mine | (Translation.locale == bindparam("default_locale")))
        .order_by(case((mine, 0), else_=1))
        .limit(1)
    )


def _pressed_mail() -> Select[Any]:
    """The newest mail with such a button, one that was sent before one that still waits."""
    return (
        select(OutgoingMail.id)
        .where(OutgoingMail.letter_id == bindparam("letter"))
        .where(OutgoingMail.recipient_id == bindparam("signature"))
        .where(OutgoingMail.kind.in_([Kind.CONFIRM_SIGNATURE.value, Kind.REMINDER.value]))
        .order_by(case((OutgoingMail.state == MailState.SENT.value, 0), else_=1))
        .order_by(OutgoingMail.created_at.desc())
        .limit(1)
    )


def _decided(*deeds: Kept) -> Select[Any]:
    """When staff decided so about the address of the row at hand, if that stands."""
    return (
        select(KEPT.c.decided_at)
        .where(KEPT.c.letter_id == SIGNATURES.c.letter_id)
        .where(KEPT.c.address_digest == SIGNATURES.c.address_digest)
        .where(KEPT.c.deed.in_([deed.value for deed in deeds]))
        .correlate(SIGNATURES)
    )


# Counts only what is pending at the revision that the page with the button showed. What staff have
# decided about the address stands: it does not count again, or shows no name and is looked at if
# there is one to show.
CONFIRM: Update = (
    update(SIGNATURES)
    .where(SIGNATURES.c.letter_id == bindparam("letter"))
    .where(SIGNATURES.c.id == bindparam("signature"))
    .where(SIGNATURES.c.state == State.PENDING.value)
    .where(SIGNATURES.c.revision == bindparam("shown_revision"))
    .values(
        state=case(
            (_decided(Kept.SET_ASIDE).exists(), State.SET_ASIDE.value), else_=State.CONFIRMED.value
        ),
        confirmed_at=bindparam("at"),
        public_name=case(
            (_decided(*Kept).exists(), null()), else_=bindparam("shown_name", type_=String())
        ),
        hidden_by_staff_at=_decided(Kept.HIDE).scalar_subquery(),
        is_flagged=SIGNATURES.c.is_flagged
        | (_decided(Kept.HIDE).exists() & bindparam("shown_name", type_=String()).is_not(None)),
        text_revision_id=_shown_text().scalar_subquery(),
        confirmed_by_mail_id=_pressed_mail().scalar_subquery(),
    )
    .returning(
        SIGNATURES.c.state,
        SIGNATURES.c.public_name,
        SIGNATURES.c.hidden_by_staff_at,
        SIGNATURES.c.locale,
        SIGNATURES.c.country,
        SIGNATURES.c.entry,
        SIGNATURES.c.partner_id,
    )
)
