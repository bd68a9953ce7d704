"""A letter with one row of all that a staff page's address can name, by the real verbs."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from signing.collected import actions as collected
from signing.collected import entering
from signing.collected import person as collected_person
from signing.collected.actions import About
from signing.collected.columns import Signer
from signing.collected.models import Kind as Source
from signing.core.db import db, transaction
from signing.core.tokens import SignatureRef
from signing.exports import actions as exports
from signing.exports.choice import Choice
from signing.exports.purpose import Purpose
from signing.jobs import actions as jobs
from signing.jobs.models import Kind
from signing.letters import queries as letters
from signing.letters.models import ConsentPurpose, Letter
from signing.moderation import bulk, objections, reports
from signing.moderation.bulk import Meant
from signing.moderation.models import Decision, Deed, Report
from signing.moderation.reasons import Reason
from signing.moderation.reports import Said
from signing.news.models import Audience
from signing.partners import hooks, tokens
from signing.partners.models import Partner, Scope
from signing.signatures.models import Show
from signing.signatures.wanted import Wanted
from signing.staff_accounts.actions import Doer
from tests import make
from tests.news import telling

Ids = dict[str, UUID]


def letter(slug: str = "open-roads") -> tuple[Letter, Ids]:
    """The letter, and the ids of its rows by the names that addresses have for them."""
    made = telling.letter(slug=slug) if slug != "open-roads" else telling.letter()
    ref = make.signature(
        made,
        email="shown@example.org",
        show=Show.FULL,
        consents=(ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME, ConsentPurpose.NEWS),
    )
    partner = make.partner(made, logo=True)
    ids = {"signature_id": ref.signature_id, "partner_id": partner.id}
    ids |= _programs(partner)
    ids |= _news(made) | _deeds(made, ref) | _collected(made) | _exported(made)
    return letters.get(made.id), ids


def _programs(partner: Partner) -> Ids:
    """Made as asked for by staff."""
    by = Doer.operator().actor
    with transaction():
        tokens.make(partner, "CRM", {Scope.SIGNATURES}, timedelta(days=1), by=by)
        hook, _secret = hooks.add(partner, "https://green.example/hook", by=by)
    (token,) = tokens.list_all(partner.letter_id, partner.id)
    return {"token_id": token.id, "hook_id": hook.id}


def _news(made: Letter) -> Ids:
    post = telling.post(made, into=("fr",))
    mailing = telling.prepared(post, Audience.NEWS)
    return {"post_id": post.id, "broadcast_id": mailing.id}


def _deeds(made: Letter, ref: SignatureRef) -> Ids:
    """A deed to many that waits, a job, a report and an objection."""
    hidden = make.decided(made, Deed.HIDE, email="hidden@example.org")
    with transaction():
        objections.object_to(hidden, "That is my real name.")
        reports.put(made.id, Said("Zoë Lindqvist", "That is me."), Reason.INVENTED)
        meant = Meant(Wanted(made.id), (ref.signature_id,))
        deed = bulk.preview(Deed.HIDE, Reason.INSULT, meant, by=make.OPERATOR)
        job = jobs.put(Kind.BULK, letter_id=made.id, subject_id=deed.id)
    objected = select(Decision.id).where(Decision.letter_id == made.id)
    reported = select(Report.id).where(Report.letter_id == made.id)
    return {
        "bulk_id": deed.id,
        "job_id": job.id,
        "objection": db.session.scalars(objected).one(),
        "report": db.session.scalars(reported).one(),
    }


def _collected(made: Letter) -> Ids:
    about = About(Source.PAPER, "", date(2026, 3, 1))
    who = Signer(collected_person.Person("Ada Quist", "Ulm"), address="paper@example.org")
    with transaction():
        sheets = collected.begin_sheets(made, about, by=make.OPERATOR)
        row = entering.enter(sheets, who, by=make.OPERATOR)
    assert row.id is not None
    return {"collection_id": sheets.id, "row_id": row.id}


def _exported(made: Letter) -> Ids:
    why = Purpose("To hand over", "The council")
    with transaction():
        export = exports.ask(made, Choice(Wanted(made.id)), why, by=Doer.operator(), number=1)
    return {"export_id": export.id}
