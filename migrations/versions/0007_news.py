"""News posts and broadcasts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITING = "state = 'waiting'"
# Before and after: by index name its columns and condition. News wait apart from all other mail,
# so that a confirmation never stands behind them.
WAS = {
    "uq_outgoing_mail_waiting": (["letter_id", "recipient_id", "kind"], WAITING),
    "ix_outgoing_mail_due_at": (["due_at"], WAITING),
}
IS = {
    "uq_outgoing_mail_waiting": (
        ["letter_id", "recipient_id", "kind"],
        f"{WAITING} AND broadcast_id IS NULL",
    ),
    "ix_outgoing_mail_due_at": (["due_at"], f"{WAITING} AND kind <> 'news'"),
    "ix_outgoing_mail_news_due_at": (["due_at"], f"{WAITING} AND kind = 'news'"),
    "uq_outgoing_mail_broadcast": (["letter_id", "broadcast_id", "recipient_id"], "kind = 'news'"),
}
MAILED = "withdrawn_at IS NULL AND purpose IN ('news', 'newsletter', 'follow_up')"
RUNNING = "state IN ('scheduled', 'running', 'paused')"


def upgrade() -> None:
    _create_posts()
    _create_broadcasts()
    op.add_column("outgoing_mail", sa.Column("broadcast_id", sa.Uuid(), nullable=True))
    _exchange_indexes(WAS, IS)
    op.create_index(
        "ix_consents_mailed",
        "consents",
        ["letter_id", "purpose", "signature_id"],
        sqlite_where=sa.text(MAILED),
        postgresql_where=sa.text(MAILED),
    )


def _exchange_indexes(
    before: dict[str, tuple[list[str], str]], after: dict[str, tuple[list[str], str]]
) -> None:
    for name in before:
        op.drop_index(name, "outgoing_mail")
    for name, (columns, where) in after.items():
        op.create_index(
            name,
            "outgoing_mail",
            columns,
            unique=name.startswith("uq_"),
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def _create_posts() -> None:
    op.create_table(
        "news_posts",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_news_posts")),
        sa.UniqueConstraint("letter_id", "number", name=op.f("uq_news_posts_letter_id_number")),
    )
    op.create_table(
        "news_texts",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "post_id", "locale", name=op.f("pk_news_texts")),
        sa.ForeignKeyConstraint(
            ["letter_id", "post_id"],
            ["news_posts.letter_id", "news_posts.id"],
            name=op.f("fk_news_texts_letter_id_post_id"),
            ondelete="CASCADE",
        ),
    )


def _create_broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pace", sa.Integer(), nullable=False),
        sa.Column("expected", sa.JSON(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued", sa.BigInteger(), nullable=False),
        sa.Column("queued_up_to", sa.Uuid(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name=op.f("pk_broadcasts")),
    )
    op.create_index(
        "uq_broadcasts_running",
        "broadcasts",
        ["letter_id"],
        unique=True,
        sqlite_where=sa.text(RUNNING),
        postgresql_where=sa.text(RUNNING),
    )
    op.create_table(
        "broadcast_figures",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "letter_id", "broadcast_id", "id", name=op.f("pk_broadcast_figures")
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_consents_mailed", "consents")
    op.execute("DELETE FROM outgoing_mail WHERE kind IN ('news', 'news_test')")
    _exchange_indexes(IS, WAS)
    with op.batch_alter_table("outgoing_mail") as batch:
        batch.drop_column("broadcast_id")
    for table in ("broadcast_figures", "broadcasts", "news_texts", "news_posts"):
        op.drop_table(table)
