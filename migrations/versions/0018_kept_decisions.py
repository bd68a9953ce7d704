"""What staff decided about an address stands, also when whoever signed withdraws and signs anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Of each address and deed the newest decision that stands.
STANDING = """
    INSERT INTO kept_decisions (
        letter_id, address_digest, deed, reason, source, bulk_id, decided_at
    )
    SELECT s.letter_id, s.address_digest, d.deed, d.reason, d.source, d.bulk_id, d.decided_at
    FROM decisions AS d
    JOIN signatures AS s ON s.letter_id = d.letter_id AND s.id = d.signature_id
    WHERE d.ended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM decisions AS newer
        WHERE newer.letter_id = d.letter_id AND newer.signature_id = d.signature_id
        AND newer.deed = d.deed AND newer.ended_at IS NULL AND newer.id > d.id
    )
"""
# What a restore hid or set aside once more, without knowing why any longer.
REPLAYED = """
    INSERT INTO kept_decisions (
        letter_id, address_digest, deed, reason, source, bulk_id, decided_at
    )
    SELECT s.letter_id, s.address_digest, '{deed}', '', '', NULL,
        COALESCE(s.hidden_by_staff_at, s.asked_at)
    FROM signatures AS s
    WHERE {stands} AND NOT EXISTS (
        SELECT 1 FROM kept_decisions AS k
        WHERE k.letter_id = s.letter_id AND k.address_digest = s.address_digest
        AND k.deed = '{deed}'
    )
"""


def upgrade() -> None:
    op.create_table(
        "kept_decisions",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("bulk_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "address_digest", "deed", name="pk_kept_decisions"),
    )
    op.execute(STANDING)
    op.execute(REPLAYED.format(deed="hide", stands="s.hidden_by_staff_at IS NOT NULL"))
    op.execute(REPLAYED.format(deed="set_aside", stands="s.state = 'set_aside'"))


def downgrade() -> None:
    op.drop_table("kept_decisions")
