"""Long work, and figures about counts and mails that cost the same however many there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_jobs")),
    )
    op.create_index(
        "ix_jobs_due_at",
        "jobs",
        ["due_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    _create_figures()


def _create_figures() -> None:
    """Where figures are read from, whatever the number of signatures and mails."""
    op.create_index("ix_tallies_hour", "tallies", ["letter_id", "dimension", "hour"])
    op.create_index("ix_audit_events_of_letter", "audit_events", ["letter_id", "at", "id"])
    op.create_table(
        "mail_tallies",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "letter_id", "hour", "kind", "state", "error", name=op.f("pk_mail_tallies")
        ),
    )
    op.create_index("ix_mail_tallies_hour", "mail_tallies", ["hour"])
    op.create_table(
        "refusing_domains",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "day", name=op.f("pk_refusing_domains")),
    )
    op.create_index(
        "ix_suppressions_complaint",
        "suppressions",
        ["at"],
        sqlite_where=sa.text("reason = 'complaint'"),
        postgresql_where=sa.text("reason = 'complaint'"),
    )
    op.create_index(
        "ix_signatures_bounced_of_letter",
        "signatures",
        ["letter_id", "bounced_at"],
        sqlite_where=sa.text("bounced_at IS NOT NULL"),
        postgresql_where=sa.text("bounced_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_signatures_bounced_of_letter", "signatures")
    op.drop_index("ix_suppressions_complaint", "suppressions")
    op.drop_table("refusing_domains")
    op.drop_table("mail_tallies")
    op.drop_index("ix_audit_events_of_letter", "audit_events")
    op.drop_index("ix_tallies_hour", "tallies")
    op.drop_table("jobs")
