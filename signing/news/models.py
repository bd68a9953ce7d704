"""Posts, their texts in each language, and the broadcasts by which they were mailed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base
from signing.letters.models import ConsentPurpose


class Audience(StrEnum):
    """Whom a broadcast is for: those who gave this consent, and have not taken it back."""

    NEWS = ConsentPurpose.NEWS.value
    NEWSLETTER = ConsentPurpose.NEWSLETTER.value
    FOLLOW_UP = ConsentPurpose.FOLLOW_UP.value  # once in a letter's life


class State(StrEnum):
    DRAFT = "draft"  # prepared and counted; nobody gets it
    SCHEDULED = "scheduled"  # begins at `due_at`
    RUNNING = "running"
    PAUSED = "paused"  # by a person; goes on where it was
    DONE = "done"  # every mail was put and tried
    STOPPED = "stopped"  # by a person, for good


OPEN = (State.SCHEDULED, State.RUNNING, State.PAUSED)
_OPEN = text("state IN ('scheduled', 'running', 'paused')")


class NewsPost(Base):
    __tablename__ = "news_posts"
    __table_args__ = (UniqueConstraint("letter_id", "number"),)

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]  # within the letter: what its address says
    locale: Mapped[str]  # of its original
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class NewsText(Base):
    """A post in one language, the original too."""

    __tablename__ = "news_texts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "post_id"],
            ["news_posts.letter_id", "news_posts.id"],
            ondelete="CASCADE",
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    post_id: Mapped[UUID] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]  # two people at once do not overwrite each other unseen
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]  # shown and mailed from then on

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class Broadcast(Base):
    """A post on its way to everybody who asked for such mail. It holds no person."""

    __tablename__ = "broadcasts"
    __table_args__ = (
        Index(
            "uq_broadcasts_running",
            "letter_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    post_id: Mapped[UUID]
    audience: Mapped[str]
    state: Mapped[str]
    pace: Mapped[int]  # mails an hour; 0: as fast as the mail server takes them
    expected: Mapped[dict[str, int]] = mapped_column(JSON)  # people by language, at `counted_at`
    counted_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]  # who has confirmed by then gets it
    queued: Mapped[int] = mapped_column(BigInteger)  # mails put into the outbox so far
    queued_up_to: Mapped[UUID]  # the last signature that was looked at
    queued_at: Mapped[datetime | None]  # when the last of them was put
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def total(self) -> int:
        """How many people were to get it when they were counted."""
        return sum(self.expected.values())
