"""Signatures collected on paper and elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HAS_ADDRESS = sa.text("address_digest IS NOT NULL")
HAS_NAME = sa.text("name_digest IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "collections",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), nullable=False),
        sa.Column("faulty", sa.BigInteger(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("has_header", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("rows_read", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_collections")),
    )
    _create_signatures()
    op.create_table(
        "collected_uploads",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_collected_uploads")),
    )
    op.create_index(
        op.f("ix_collected_uploads_collection_id"), "collected_uploads", ["collection_id"]
    )


def _create_signatures() -> None:
    op.create_table(
        "collected_signatures",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=True),
        sa.Column("name_digest", sa.LargeBinary(), nullable=True),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_collected_signatures")),
    )
    op.create_index(
        "ix_collected_signatures_of", "collected_signatures", ["letter_id", "collection_id", "id"]
    )
    op.create_index(
        "uq_collected_signatures_address",
        "collected_signatures",
        ["letter_id", "address_digest"],
        unique=True,
        sqlite_where=HAS_ADDRESS,
        postgresql_where=HAS_ADDRESS,
    )
    op.create_index(
        "ix_collected_signatures_name",
        "collected_signatures",
        ["letter_id", "name_digest"],
        sqlite_where=HAS_NAME,
        postgresql_where=HAS_NAME,
    )


def downgrade() -> None:
    op.drop_table("collected_uploads")
    op.drop_table("collected_signatures")
    op.drop_table("collections")
