"""Making the document that goes with a delivered file: drawn a little at a time, kept sealed.

After a crash it is made anew from the beginning: no half document is ever offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from signing.core import locales
from signing.core.db import snapshot, transaction
from signing.core.later import later
from signing.core.settings import Settings
from signing.exports import papers, purpose, queries
from signing.jobs.actions import Progress
from signing.jobs.models import Job
from signing.letters import queries as letters

if TYPE_CHECKING:
    from signing.exports import delivery
else:
    delivery = later("signing.exports.delivery")


def run(job: Job, _settings: Settings) -> Iterator[Progress]:
    """Make it, unless it was let go, or is made already, or its letter was erased meanwhile."""
    paper = papers.find(job.letter_id, job.subject_id)
    if paper is None or paper.size is not None:
        return
    export = queries.get(paper.letter_id, paper.export_id)
    if purpose.find(export) is None:
        return
    rows, sample = max(export.carried, 1), list[UUID]()
    for looked_at, drawn in enumerate(delivery.draw(export)):
        sample = drawn
        yield Progress(min(looked_at * delivery.DRAWN_AT_ONCE, rows), 2 * rows)
    yield from _draw(job, sample, rows)


def _draw(job: Job, sample: list[UUID], rows: int) -> Iterator[Progress]:
    """The first half of the work was the sample; where there are names, they are the second."""
    for drawn, piece in enumerate(_pieces(job, sample)):
        if piece:
            with transaction():
                papers.keep(job.letter_id, job.subject_id, piece)
        yield Progress(min(rows + drawn * delivery.AT_ONCE, 2 * rows), 2 * rows)


def _pieces(job: Job, sample: list[UUID]) -> Iterator[bytes]:
    """The figures are as of one moment; what is drawn after it holds no session any more."""
    paper = papers.find(job.letter_id, job.subject_id)
    if paper is None:
        return iter(())
    language, has_names = locales.languages()[paper.locale], paper.has_names
    with snapshot():
        export = queries.get(paper.letter_id, paper.export_id)
        letter = letters.get(paper.letter_id)
        facts = delivery.gather(letter, export, paper.locale, sample, has_names=has_names)
    return delivery.pdf(facts, language)
