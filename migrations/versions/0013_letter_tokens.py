"""Tokens of a letter's own campaign: such a token belongs to no partner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("program_tokens") as tokens:
        tokens.alter_column("partner_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    """Tokens that nobody could hold any more go."""
    op.execute("DELETE FROM program_tokens WHERE partner_id IS NULL")
    with op.batch_alter_table("program_tokens") as tokens:
        tokens.alter_column("partner_id", existing_type=sa.Uuid(), nullable=False)
