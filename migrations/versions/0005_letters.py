"""Letters' set-up: what the staff area can set."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _letters() -> list[sa.Column[Any]]:
    return [
        sa.Column("required", sa.JSON(), server_default='["country"]', nullable=False),
        sa.Column("countries", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("goal_grows_at", sa.Integer(), nullable=True),
        sa.Column("accent", sa.String(), server_default="", nullable=False),
        sa.Column("picture", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("delivered_to", sa.String(), server_default="", nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _translations() -> list[sa.Column[Any]]:
    return [
        sa.Column("newsletter", sa.Text(), server_default="", nullable=False),
        sa.Column("thanks", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery_note", sa.Text(), server_default="", nullable=False),
        sa.Column("picture_alt", sa.Text(), server_default="", nullable=False),
    ]


def upgrade() -> None:
    for column in _letters():
        op.add_column("letters", column)
    for column in _translations():
        op.add_column("translations", column)
    # Until now, archived meant erased.
    op.execute("UPDATE letters SET erased_at = CURRENT_TIMESTAMP WHERE state = 'archived'")
    op.create_table(
        "letter_pictures",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_pictures_letter_id")
        ),
        sa.PrimaryKeyConstraint("letter_id", "digest", "name", name=op.f("pk_letter_pictures")),
    )


def downgrade() -> None:
    op.drop_table("letter_pictures")
    for column in _translations():
        op.drop_column("translations", column.name)
    for column in _letters():
        op.drop_column("letters", column.name)
