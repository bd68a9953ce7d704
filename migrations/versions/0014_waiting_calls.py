"""Calls that wait are found webhook by webhook: those of one that is off are never looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.drop_index("ix_webhook_calls_due", table_name="webhook_calls")
    _add("ix_webhook_calls_waiting", ["letter_id", "webhook_id", "due_at"])


def downgrade() -> None:
    op.drop_index("ix_webhook_calls_waiting", table_name="webhook_calls")
    _add("ix_webhook_calls_due", ["due_at"])


def _add(name: str, columns: list[str]) -> None:
    op.create_index(name, "webhook_calls", columns, sqlite_where=WAITING, postgresql_where=WAITING)
