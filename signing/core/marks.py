"""The mark by which a restored database is noticed: counted up here and in the key store alike."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from signing.core.db import Base


class Mark(Base):
    """Counts up together with the key store's mark; behind it, this database was restored."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
