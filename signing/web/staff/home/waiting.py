"""How much waits for a person in each of many letters: one statement for each kind of matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from signing.exports import waiting as exports
from signing.jobs import queries as jobs
from signing.jobs.models import State as JobState
from signing.letters import lagging
from signing.moderation import waiting as moderation
from signing.staff_accounts.roles import Act
from signing.web.staff.gate import Signed

Matter = Callable[[Collection[UUID]], Mapping[UUID, int]]
MATTERS: tuple[tuple[Act, Matter], ...] = (
    (Act.MODERATE, moderation.count_by_letter),
    (Act.EXPORT, exports.count_by_letter),
    (Act.TRANSLATE, lagging.count_stale),
    (Act.SEE_LETTER, lambda ids: jobs.count_by_state(ids, JobState.FAILED)),
)


def count(signed: Signed, letter_ids: Collection[UUID]) -> Counter[UUID]:
    """What the member may do something about, added up; letters with nothing are not in it."""
    waits: Counter[UUID] = Counter()
    for act, matter in MATTERS:
        mine = [one for one in letter_ids if signed.may(act, one)]
        if mine:
            waits.update(matter(mine))
    return waits
