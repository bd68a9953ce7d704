"""Finding signatures; decisions about them with objections, reports of names, deeds to many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# By name: the column beside letter and id, and which rows alone.
FOUND_BY = {
    "country": ("country", None),
    "locale": ("locale", None),
    "partner": ("partner_id", "partner_id IS NOT NULL"),
    "name": ("public_name", "public_name IS NOT NULL"),
    "confirmed": ("confirmed_at", "confirmed_at IS NOT NULL"),
    "open": ("state", "state <> 'confirmed'"),
}


def upgrade() -> None:
    op.add_column(
        "signatures",
        sa.Column("is_flagged", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute("UPDATE signatures SET is_flagged = true WHERE CAST(reasons AS VARCHAR) <> '[]'")
    _sort_names_by_bytes()
    for name, (column, where) in FOUND_BY.items():
        _index("signatures", f"ix_signatures_{name}", ["letter_id", column, "id"], where)
    _index(
        "signatures",
        "ix_signatures_flagged",
        ["letter_id", "id"],
        "is_flagged AND state = 'confirmed'",
        on_sqlite="is_flagged = 1 AND state = 'confirmed'",
    )
    _create_decisions()
    _create_reports()
    _create_bulk_deeds()


def _sort_names_by_bytes() -> None:
    """As SQLite does: so that names beginning alike stand together, whatever the server speaks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE signatures ALTER COLUMN public_name TYPE VARCHAR COLLATE "C"')


def _index(
    table: str, name: str, columns: list[str], where: str | None, *, on_sqlite: str = ""
) -> None:
    op.create_index(
        name,
        table,
        columns,
        postgresql_where=sa.text(where) if where else None,
        sqlite_where=sa.text(on_sqlite or where) if where else None,
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("bulk_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id", "signature_id"],
            ["signatures.letter_id", "signatures.id"],
            name="fk_decisions_letter_id_signature_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", "signature_id", "id", name="pk_decisions"),
    )
    _index(
        "decisions",
        "ix_decisions_bulk",
        ["letter_id", "bulk_id", "signature_id"],
        "bulk_id IS NOT NULL",
    )
    _index(
        "decisions",
        "ix_decisions_objected",
        ["letter_id", "id"],
        "objected_at IS NOT NULL AND answered_at IS NULL",
    )


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_reports"),
        sa.UniqueConstraint("letter_id", "name_digest", name="uq_reports_letter_id_name_digest"),
    )
    _index("reports", "ix_reports_open", ["letter_id", "id"], "closed_at IS NULL")
    _index("reports", "ix_reports_closed_at", ["closed_at"], "closed_at IS NOT NULL")


def _create_bulk_deeds() -> None:
    op.create_table(
        "bulk_deeds",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_bulk_deeds"),
    )
    _index("bulk_deeds", "ix_bulk_deeds_until", ["until"], None)


def downgrade() -> None:
    for table in ("bulk_deeds", "reports", "decisions"):
        op.drop_table(table)
    for name in (*FOUND_BY, "flagged"):
        op.drop_index(f"ix_signatures_{name}", "signatures")
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE signatures ALTER COLUMN public_name TYPE VARCHAR COLLATE "default"')
    op.drop_column("signatures", "is_flagged")
