"""One of each thing that a letter can have, so that the pages about it have something to show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from signing.cli.app import OPERATOR
from signing.collected import actions as collected
from signing.collected.models import Kind as CollectedKind
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.exports import actions as exports
from signing.exports.choice import Choice
from signing.exports.models import ExportPaper
from signing.exports.purpose import Purpose
from signing.jobs import actions as jobs
from signing.jobs.models import Kind
from signing.letters.models import Letter
from signing.moderation import bulk
from signing.moderation.bulk import Meant
from signing.moderation.models import Deed
from signing.news import broadcasts, posts
from signing.news.models import Audience
from signing.partners import actions as partners
from signing.signatures.models import Signature, State
from signing.signatures.wanted import Wanted
from signing.staff_accounts.actions import Doer
from signing.web.staff.settings.pages import GROUPS


def furnish(letter: Letter) -> dict[str, Any]:
    """What stands in the addresses of the letter's pages, by the names in their rules."""
    mine = select(Signature.id).where(Signature.letter_id == letter.id)
    confirmed = mine.where(Signature.state == State.CONFIRMED).order_by(Signature.id)
    return {
        "slug": letter.slug,
        "into": "fr",
        "locale": "en",
        "dimension": "country",
        "group": next(iter(GROUPS)),
        "signature_id": db.session.scalar(confirmed.offset(500).limit(1)),
    } | _made(letter)


def _made(letter: Letter) -> dict[str, Any]:
    """By the house's own verbs; nothing is mailed and nothing is carried out."""
    with transaction():
        partner = partners.make_code(letter.id, "leaflet", "A leaflet", by=OPERATOR)
        about = collected.About(CollectedKind.PAPER, "", clock.now().date())
        sheets = collected.begin_sheets(letter, about, by=OPERATOR)
        post = posts.write(letter, posts.Words("Half way", "Thank you."), by=OPERATOR)
        posts.publish(post, by=OPERATOR)
        flagged = Wanted(letter.id, is_flagged=True)
        deed = bulk.preview(Deed.KEEP, None, Meant(flagged), by=OPERATOR)
        why = Purpose("A figure of the benchmark", "nobody")
        export = exports.ask(letter, Choice(flagged), why, by=Doer.operator(), number=10)
        paper = ExportPaper(
            letter_id=letter.id,
            id=new_id(),
            export_id=export.id,
            locale="en",
            has_names=False,
            expires_at=clock.now() + timedelta(days=1),
        )
        db.session.add(paper)  # it could be asked for once the export has left, and that takes long
        jobs.put(Kind.BULK, letter_id=letter.id, subject_id=deed.id)
    with transaction():
        mailing = broadcasts.prepare(
            posts.get(letter.id, post.id), Audience.NEWS, broadcasts.USUAL_PACE
        )
    return {
        "partner_id": partner.id,
        "collection_id": sheets.id,
        "post_id": post.id,
        "broadcast_id": mailing.id,
        "bulk_id": deed.id,
        "export_id": export.id,
        "paper_id": paper.id,
    }
