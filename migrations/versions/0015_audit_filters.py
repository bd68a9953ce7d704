"""The audit log's filters find their page along an index, however much there is in it."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FILTERS = {"subject": "subject", "actor": "actor_id", "verb": "verb"}


def upgrade() -> None:
    for name, column in FILTERS.items():
        op.create_index(f"ix_audit_events_{name}", "audit_events", [column, "at", "id"])


def downgrade() -> None:
    for name in FILTERS:
        op.drop_index(f"ix_audit_events_{name}", table_name="audit_events")
