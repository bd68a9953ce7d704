"""The marks by which a restore is noticed: counted up in the database and the key store alike.

The database's is counted up first and read last, so that it is never behind unless an older state
of it was put back. Then people may have taken back what is there again: see `replaying`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, case, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from signing.core import clock
from signing.core.db import Base, db, insert
from signing.core.vault import vault

TICKS = "ticks"  # one a minute and worker
LOST = "lost"  # ticks that an older key store, put back, did not know of
WORKER = "worker"  # when one was last at work, in seconds since 1970
A_MINUTE = 60
# So many workers may have died between the two halves of a tick.
SLACK = 10


class Mark(Base):
    """Counts up together with the key store's mark; behind it, this database was restored."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Marks:
    """Both marks; the key store's was read first."""

    keystore: int
    database: int

    @property
    def is_restored(self) -> bool:
        """An older state of the database was put back, and nobody has checked it since."""
        return self.database < self.keystore

    @property
    def lost(self) -> int:
        """By how many ticks the key store is too old: about so many minutes of one worker."""
        behind = self.database - self.keystore
        return behind if behind > SLACK else 0


def read() -> Marks:
    keystore = vault.store.read_mark(TICKS)
    return Marks(keystore, read_mark(TICKS))


def read_mark(name: str) -> int:
    """The database's."""
    return db.session.scalar(select(Mark.n).where(Mark.name == name)) or 0


def count_up(*, beyond: int = 0) -> int:
    """Count the database's mark up, to more than `beyond`; `raise_keystore` follows the commit."""
    row = insert(Mark).values(name=TICKS, n=beyond + 1)
    higher = case((Mark.n > beyond, Mark.n + 1), else_=beyond + 1)
    counted = row.on_conflict_do_update(index_elements=[Mark.name], set_={"n": higher})
    return db.session.scalars(counted.returning(Mark.n)).one()


def raise_keystore(n: int) -> None:
    """The key store's mark follows the database's."""
    vault.store.raise_mark(TICKS, n)


def note_lost(ticks: int) -> None:
    """Note that the key store was restored: what was taken back meanwhile is nowhere noted."""
    row = insert(Mark).values(name=LOST, n=ticks)
    db.session.execute(
        row.on_conflict_do_update(index_elements=[Mark.name], set_={"n": row.excluded.n})
    )


def forget_lost() -> None:
    db.session.execute(delete(Mark).where(Mark.name == LOST))


def note_worker() -> bool:
    """A worker is at work; False where another has said so within the last minute."""
    row = insert(Mark).values(name=WORKER, n=int(clock.now().timestamp()))
    noted = row.on_conflict_do_update(
        index_elements=[Mark.name],
        set_={"n": row.excluded.n},
        where=Mark.n <= row.excluded.n - A_MINUTE,
    )
    return db.session.scalar(noted.returning(Mark.n)) is not None


def worker_seen() -> datetime | None:
    """When a worker was last at work, to the minute; None: never."""
    at = read_mark(WORKER)
    return datetime.fromtimestamp(at, UTC) if at else None
