"""Carrying signatures out: asked for, agreed to, fetched, each written down. Nothing commits."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete

from signing.audit import Actor, Verb, log
from signing.core import clock
from signing.core.db import db
from signing.core.ids import new_id
from signing.core.vault import vault
from signing.exports import allowance, encryption, purpose, queries
from signing.exports.carrying import Begun, Carrier
from signing.exports.choice import Choice
from signing.exports.models import Export, ExportChunk, State
from signing.exports.purpose import Purpose
from signing.exports.refused import (
    DecidedAlready,
    GrownSince,
    NobodyElse,
    NothingToExport,
    NotToFetch,
    NotYours,
    OwnExport,
)
from signing.jobs import actions as jobs
from signing.jobs import queries as job_queries
from signing.jobs.models import Kind
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.mail import outbox
from signing.mail.kinds import Kind as MailKind
from signing.mail.kinds import Recipient
from signing.staff_accounts.actions import Doer
from signing.staff_accounts.roles import Act

AT_ONCE = 10_000  # more rows are written into a file by a worker
GROWTH = 1.05  # what was agreed to may have become that many times as much
AGREED_WITHIN = timedelta(days=7)
KEPT = timedelta(days=1)


def ask(letter: Letter, choice: Choice, why: Purpose, *, by: Doer, number: int) -> Export:
    """The export can be fetched, is being made, or waits for somebody else to agree.

    `number` rows fit the choice at this moment.
    """
    by.demand(Act.EXPORT, letter.id)
    if not number:
        raise NothingToExport
    letters.get_to_change(letter.id)
    needs_second = not why.key and number > allowance.left(letter.id, by.actor.id)
    if needs_second and not queries.list_seconds(letter.id, but=by.actor.id):
        raise NobodyElse
    export = _add(letter, choice, why, by=by.actor, number=number)
    _record(Verb.EXPORT_ASKED, export, letter.slug, by.actor)
    if needs_second:
        export.state, export.expires_at = State.ASKED, export.asked_at + AGREED_WITHIN
        _tell_seconds(export)
    else:
        _open(export)
    return export


def _tell_seconds(export: Export) -> None:
    """Everybody who may agree to it gets a mail; once, however many exports wait meanwhile."""
    for member in queries.list_deciding(export.letter_id, but=export.asked_by):
        to = outbox.To(export.letter_id, member.id, Recipient.MEMBER)
        outbox.put(MailKind.EXPORT_WAITING, to=to, locale=member.locale, is_owed=True)


def _add(letter: Letter, choice: Choice, why: Purpose, *, by: Actor, number: int) -> Export:
    export_id = new_id()
    export = Export(
        letter_id=letter.id,
        id=export_id,
        state=State.OVER,
        choice=choice.as_json(),
        sealed=purpose.seal(letter.id, export_id, why),
        number=number,
        asked_by=by.id,
        asked_at=clock.now(),
        is_encrypted=bool(why.key),
        is_filed=False,
        carried=0,
    )
    db.session.add(export)
    db.session.flush()
    return export


def _open(export: Export) -> None:
    """To be fetched from now on: what is small at once, what is large from a file."""
    if export.number <= AT_ONCE:
        export.state, export.expires_at = State.OPEN, clock.now() + KEPT
        return
    export.state, export.expires_at = State.MAKING, clock.now() + AGREED_WITHIN
    jobs.put(
        Kind.EXPORT,
        letter_id=export.letter_id,
        subject_id=export.id,
        member_id=export.asked_by,
    )


def approve(letter: Letter, export_id: UUID, *, by: Doer, number: int) -> None:
    """A second person agrees to what is asked, of which there are `number` rows by now."""
    export = _decide(letter, export_id, by)
    if number > export.number * GROWTH:
        raise GrownSince
    _record(Verb.EXPORT_APPROVED, export, letter.slug, by.actor)
    _open(export)


def refuse(letter: Letter, export_id: UUID, *, by: Doer) -> None:
    export = _decide(letter, export_id, by)
    export.state, export.expires_at = State.REFUSED, None
    _record(Verb.EXPORT_REFUSED, export, letter.slug, by.actor)


def _decide(letter: Letter, export_id: UUID, by: Doer) -> Export:
    by.demand(Act.EXPORT, letter.id)
    export = queries.get(letter.id, export_id, to_change=True)
    if export.asked_by == by.actor.id:
        raise OwnExport
    if export.state != State.ASKED or export.has_lapsed:
        raise DecidedAlready
    export.decided_by, export.decided_at = by.actor.id, clock.now()
    return export


def drop(letter: Letter, export_id: UUID, *, by: Doer) -> None:
    """Nothing waits to be made or fetched afterwards; what has left stays noted."""
    by.demand(Act.EXPORT, letter.id)
    export = queries.get(letter.id, export_id, to_change=True)
    if export.state in {State.OVER, State.REFUSED}:
        return
    job = job_queries.find_of(letter.id, export_id)
    if job is not None and job.is_open:
        jobs.stop(letter.id, job.id)
    delete_file(export)
    export.state = State.OVER
    _record(Verb.EXPORT_DROPPED, export, letter.slug, by.actor)


def delete_file(export: Export) -> None:
    mine = ExportChunk.letter_id == export.letter_id, ExportChunk.export_id == export.id
    db.session.execute(delete(ExportChunk).where(*mine))


def fetch(letter: Letter, export_id: UUID, *, by: Doer, number: int) -> Begun:
    """Written down before the first byte leaves; `number` rows fit by now."""
    by.demand(Act.EXPORT, letter.id)
    letters.get_to_change(letter.id)
    export = queries.get(letter.id, export_id, to_change=True)
    if export.asked_by != by.actor.id:
        raise NotYours
    if export.state != State.OPEN or export.has_lapsed:
        raise NotToFetch
    if not export.is_filed and not export.is_encrypted:
        _check_growth(export, number)
    return _leave(export, letter.slug, by.actor)


def _check_growth(export: Export, number: int) -> None:
    """Raises `GrownSince` beyond what one person may carry out alone, or a second agreed to."""
    if export.decided_by:
        most = export.number * GROWTH
    else:
        most = allowance.left(export.letter_id, export.asked_by, but=export.id)
    if number > most:
        raise GrownSince
    if not export.decided_by:
        export.number = max(export.number, number)


def carry_out(letter: Letter, choice: Choice, why: Purpose, *, by: Actor, number: int) -> Begun:
    """As `ask` and `fetch` at once, for the command line: whoever has it needs nobody's consent."""
    return _leave(_add(letter, choice, why, by=by, number=number), letter.slug, by)


def _leave(export: Export, slug: str, by: Actor) -> Begun:
    export.left_at = export.left_at or clock.now()
    if not export.is_filed:
        export.carried, export.digest, export.size, export.ended_at = 0, None, None, None
    _record(Verb.SIGNATURES_EXPORTED, export, slug, by)
    db.session.flush()
    return begun(export)


def begun(export: Export) -> Begun:
    """What a carrier needs to know; raises a refusal where the key has run out since.

    A file that takes its time holds what was agreed to, and nobody who came while it waited.
    """
    why = purpose.find(export)
    key = encryption.read(why.key.encode()) if why and why.key else None
    choice = Choice.read_json(export.choice)
    agreed = export.decided_at or export.asked_at
    until = agreed if export.state == State.MAKING else clock.now()
    return Begun(export.letter_id, export.id, choice, key, export.number, export.asked_at, until)


def finish(carrier: Carrier) -> None:
    """All of it has left."""
    export = _note_carried(carrier)
    export.ended_at = clock.now()
    export.digest, export.size = carrier.digest, carrier.size


def cut_off(carrier: Carrier, slug: str, *, by: Actor) -> None:
    """It broke off on the way; so many rows had left at most."""
    export = _note_carried(carrier)
    _record(Verb.EXPORT_CUT_OFF, export, slug, by, carried=carrier.carried)


def note_cut_off(letter: Letter, export_id: UUID, *, by: Actor) -> None:
    """A file that lies ready broke off while it was fetched."""
    export = queries.get(letter.id, export_id)
    _record(Verb.EXPORT_CUT_OFF, export, letter.slug, by)


def _note_carried(carrier: Carrier) -> Export:
    of = carrier.begun
    export = queries.get(of.letter_id, of.export_id, to_change=True)
    export.carried = carrier.carried
    return export


def begin_file(letter_id: UUID, export_id: UUID) -> Begun | None:
    """What a worker has to make; None where nobody wants it any more."""
    export = queries.get(letter_id, export_id)
    is_wanted = export.state == State.MAKING and not export.has_lapsed
    return begun(export) if is_wanted else None


def put_chunk(letter_id: UUID, export_id: UUID, number: int, piece: bytes) -> None:
    """A piece of the file, sealed for its place."""
    sealed = vault.seal(queries.chunk_place(letter_id, export_id, number), piece)
    chunk = ExportChunk(letter_id=letter_id, export_id=export_id, number=number, sealed=sealed)
    db.session.add(chunk)


def finish_file(carrier: Carrier) -> None:
    """The file is whole and can be fetched for a day; nothing, if it was let go meanwhile."""
    export = _note_carried(carrier)
    if export.state != State.MAKING:
        delete_file(export)
        return
    finish(carrier)
    export.state, export.is_filed = State.OPEN, True
    export.expires_at = clock.now() + KEPT


def note_delivery(letter: Letter, export: Export, *, by: Actor, has_names: bool = False) -> None:
    _record(Verb.EXPORT_DELIVERED, export, letter.slug, by, has_names=has_names)


def note_paper(letter: Letter, export: Export, *, by: Actor, has_names: bool) -> None:
    _record(Verb.EXPORT_DELIVERY_FETCHED, export, letter.slug, by, has_names=has_names)


def note_gone(letter: Letter, export: Export, *, by: Actor) -> None:
    _record(Verb.EXPORT_GONE_LISTED, export, letter.slug, by)


def note_preview(letter: Letter, choice: Choice, *, by: Actor, number: int) -> None:
    """Somebody looks at the first rows of what could be exported, so many at most."""
    shown = {"columns": [*choice.columns], "filters": choice.used, "number": number}
    log.record(
        Verb.EXPORT_PREVIEWED, by=by, subject=letter.slug, letter_id=letter.id, details=shown
    )


def _record(
    verb: Verb,
    export: Export,
    slug: str,
    by: Actor,
    *,
    carried: int | None = None,
    has_names: bool = False,
) -> None:
    choice = Choice.read_json(export.choice)
    details = {
        "export": str(export.id),
        "format": choice.format.value,
        "columns": [*choice.columns],
        "filters": choice.used,
        "number": export.number if carried is None else carried,
        "is_encrypted": export.is_encrypted,
    }
    if has_names:
        details["has_names"] = True
    log.record(verb, by=by, subject=slug, letter_id=export.letter_id, details=details)
