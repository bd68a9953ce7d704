"""Who invited somebody, and who typed a line of a sheet in."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


INVITATIONS = sa.table(
    "invitations",
    sa.column("id", sa.Uuid()),
    sa.column("member_id", sa.Uuid()),
    sa.column("letter_id", sa.Uuid()),
    sa.column("inviter_id", sa.Uuid()),
    sa.column("used_at", sa.DateTime(timezone=True)),
)
EVENTS = sa.table(
    "audit_events",
    sa.column("letter_id", sa.Uuid()),
    sa.column("actor_kind", sa.String()),
    sa.column("actor_id", sa.String()),
    sa.column("verb", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("id", sa.Uuid()),
)


def upgrade() -> None:
    op.add_column("invitations", sa.Column("inviter_id", sa.Uuid(), nullable=True))
    _note_inviters()
    op.add_column("collected_signatures", sa.Column("member_id", sa.String(), nullable=True))


def _note_inviters() -> None:
    """Of invitations that wait, by the audit log: the last member who invited to that letter."""
    here = op.get_bind()
    waiting = sa.select(INVITATIONS).where(INVITATIONS.c.used_at.is_(None))
    for one in here.execute(waiting).all():
        by = here.execute(
            sa.select(EVENTS.c.actor_kind, EVENTS.c.actor_id)
            .where(EVENTS.c.verb == "member.invited", EVENTS.c.subject == str(one.member_id))
            .where(EVENTS.c.letter_id == one.letter_id)
            .order_by(EVENTS.c.id.desc())
            .limit(1)
        ).first()
        if by is not None and by.actor_kind == "member":
            noted = sa.update(INVITATIONS).where(INVITATIONS.c.id == one.id)
            here.execute(noted.values(inviter_id=UUID(by.actor_id)))


def downgrade() -> None:
    op.drop_column("collected_signatures", "member_id")
    op.drop_column("invitations", "inviter_id")
