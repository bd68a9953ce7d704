"""Partners, their arrangement, codes; later touches, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_partners()
    _create_touches()
    op.add_column("outgoing_mail", sa.Column("partner_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as mails:
        mails.drop_column("partner_id")
    for table in ("touch_counts", "touches", "partner_logos", "partner_agreements", "partners"):
        op.drop_table(table)


def _create_partners() -> None:
    op.create_table(
        "partners",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("locales", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("accepted_version", sa.Integer(), nullable=False),
        sa.Column("asked_version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_partners")),
        sa.UniqueConstraint("letter_id", "code", name=op.f("uq_partners_letter_id_code")),
    )
    op.create_table(
        "partner_agreements",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "partner_id"],
            ["partners.letter_id", "partners.id"],
            name=op.f("fk_partner_agreements_letter_id_partner_id"),
        ),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_partner_agreements")),
        sa.UniqueConstraint(
            "letter_id",
            "partner_id",
            "version",
            name=op.f("uq_partner_agreements_letter_id_partner_id_version"),
        ),
    )
    op.create_table(
        "partner_logos",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "partner_id"],
            ["partners.letter_id", "partners.id"],
            name=op.f("fk_partner_logos_letter_id_partner_id"),
        ),
        sa.PrimaryKeyConstraint("letter_id", "partner_id", name=op.f("pk_partner_logos")),
    )


def _create_touches() -> None:
    op.create_table(
        "touches",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id", "signature_id"],
            ["signatures.letter_id", "signatures.id"],
            name=op.f("fk_touches_letter_id_signature_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", "signature_id", "partner_id", name=op.f("pk_touches")),
    )
    op.create_table(
        "touch_counts",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "letter_id", "partner_id", "day", "locale", name=op.f("pk_touch_counts")
        ),
    )
