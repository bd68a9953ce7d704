"""What partners' programs use: newsletters with their wordings, a feed, tokens, webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
UNNUMBERED = sa.text("number IS NULL")


def upgrade() -> None:
    op.add_column(
        "letters", sa.Column("most_receivers", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("partners", sa.Column("fed", sa.Integer(), nullable=False, server_default="0"))
    _create_newsletters()
    _create_deliveries()
    _create_tokens()
    _create_webhooks()


def downgrade() -> None:
    for table in ("webhook_calls", "webhooks", "program_tokens", "deliveries"):
        op.drop_table(table)
    op.drop_table("partner_newsletters")
    with op.batch_alter_table("partners") as partners:
        partners.drop_column("fed")
    with op.batch_alter_table("letters") as letters:
        letters.drop_column("most_receivers")


def _of_partner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["letter_id", "partner_id"],
        ["partners.letter_id", "partners.id"],
        name=op.f(f"fk_{table}_letter_id_partner_id"),
    )


def _create_newsletters() -> None:
    op.create_table(
        "partner_newsletters",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("wording_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _of_partner("partner_newsletters"),
        sa.PrimaryKeyConstraint("letter_id", "wording_id", name=op.f("pk_partner_newsletters")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        _of_partner("deliveries"),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "letter_id",
            "partner_id",
            "number",
            name=op.f("uq_deliveries_letter_id_partner_id_number"),
        ),
    )
    op.create_index(
        "ix_deliveries_signature", "deliveries", ["letter_id", "signature_id"], unique=False
    )
    op.create_index(
        "ix_deliveries_unnumbered",
        "deliveries",
        ["letter_id", "partner_id", "id"],
        unique=False,
        sqlite_where=UNNUMBERED,
        postgresql_where=UNNUMBERED,
    )


def _create_tokens() -> None:
    op.create_table(
        "program_tokens",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used", sa.Date(), nullable=True),
        _of_partner("program_tokens"),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_program_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_program_tokens_digest")),
    )


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        _of_partner("webhooks"),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "webhook_calls",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id", "webhook_id"],
            ["webhooks.letter_id", "webhooks.id"],
            name=op.f("fk_webhook_calls_letter_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["letter_id", "delivery_id"],
            ["deliveries.letter_id", "deliveries.id"],
            name=op.f("fk_webhook_calls_letter_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_webhook_calls")),
    )
    op.create_index(
        "ix_webhook_calls_due",
        "webhook_calls",
        ["due_at"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_webhook_calls_webhook", "webhook_calls", ["letter_id", "webhook_id"], unique=False
    )
    op.create_index(
        "ix_webhook_calls_delivery", "webhook_calls", ["letter_id", "delivery_id"], unique=False
    )
