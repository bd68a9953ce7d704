"""Trust: suppressions, rules about domains, limits, and what a restore is noticed by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = {
    "letters": ("work", "takes_reminders"),
    "translations": ("privacy",),
    "signatures": ("confirmed_by_mail_id",),
}


def upgrade() -> None:
    # auto, on or off: whether whoever signs proves work
    op.add_column("letters", sa.Column("work", sa.String(), nullable=False, server_default="auto"))
    op.add_column(
        "letters",
        sa.Column("takes_reminders", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    # The campaign's own words in the privacy notice, in Markdown.
    op.add_column(
        "translations", sa.Column("privacy", sa.Text(), nullable=False, server_default="")
    )
    # The mail whose button was pressed: evidence of the consent (GDPR art. 7(1)).
    op.add_column("signatures", sa.Column("confirmed_by_mail_id", sa.Uuid(), nullable=True))
    # Few rows ever bounce, and no other costs this index anything.
    op.create_index(
        "ix_signatures_bounced",
        "signatures",
        ["bounced_at"],
        unique=False,
        sqlite_where=sa.text("bounced_at IS NOT NULL"),
        postgresql_where=sa.text("bounced_at IS NOT NULL"),
    )
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        _create_limits()


def _create_tables() -> None:
    op.create_table(
        "suppressions",
        sa.Column("house_digest", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("house_digest", "scope", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "domain_rules",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_rules")),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )


def _create_limits() -> None:
    """Not in the write-ahead log, and so on no replica; gone after a crash, which is no loss.

    SQLite keeps its limits in a file of their own.
    """
    op.create_table(
        "limits",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limits")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_limits_expires_at", "limits", ["expires_at"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_table("limits")
    for table in ("marks", "domain_rules", "suppressions"):
        op.drop_table(table)
    op.drop_index("ix_signatures_bounced", table_name="signatures")
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
