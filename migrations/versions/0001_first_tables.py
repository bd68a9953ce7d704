"""The first tables: letters, signatures, counts, mail, audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "letters",
    "letter_slugs",
    "letter_revisions",
    "translations",
    "wordings",
    "signatures",
    "consents",
    "retired_counts",
    "count_changes",
    "tallies",
    "outgoing_mail",
    "audit_events",
)

# The audit log is only ever added to. What is older than this many months may go.
AUDIT_MONTHS = 24


def upgrade() -> None:
    _create_letters()
    _create_signatures()
    _create_counts()
    _create_mail()
    _create_audit()
    _protect_audit()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")


def _create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("default_locale", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("controller", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("minimum_age", sa.Integer(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("reply_address", sa.String(), nullable=False),
        sa.Column("newsletter", sa.String(), nullable=True),
        sa.Column("names_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("slug", name="uq_letters_slug"),
    )
    op.create_table(
        "letter_slugs",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_letter_slugs_letter_id"),
        sa.PrimaryKeyConstraint("slug", name="pk_letter_slugs"),
    )
    op.create_index("ix_letter_slugs_letter_id", "letter_slugs", ["letter_id"], unique=False)
    op.create_table(
        "letter_revisions",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("correction", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name="fk_letter_revisions_letter_id"
        ),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_letter_revisions"),
    )
    op.create_table(
        "translations",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("made_from_revision_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_translations_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "locale", name="pk_translations"),
    )
    op.create_table(
        "wordings",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_wordings_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_wordings"),
        sa.UniqueConstraint(
            "letter_id",
            "purpose",
            "locale",
            "version",
            name="uq_wordings_letter_id_purpose_locale_version",
        ),
    )


def _create_signatures() -> None:
    op.create_table(
        "signatures",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("text_revision_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_name", sa.String(), nullable=True),
        sa.Column("hidden_by_staff_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("comment_digest", sa.LargeBinary(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_signatures"),
        sa.UniqueConstraint(
            "letter_id", "address_digest", name="uq_signatures_letter_id_address_digest"
        ),
    )
    op.create_index(
        "ix_signatures_pending",
        "signatures",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_signatures_shown",
        "signatures",
        ["letter_id", "confirmed_at"],
        unique=False,
        sqlite_where=sa.text("state = 'confirmed' AND public_name IS NOT NULL"),
        postgresql_where=sa.text("state = 'confirmed' AND public_name IS NOT NULL"),
    )
    op.create_table(
        "consents",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("wording_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id", "signature_id"],
            ["signatures.letter_id", "signatures.id"],
            name="fk_consents_letter_id_signature_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "letter_id", "signature_id", "purpose", "receiver_id", name="pk_consents"
        ),
    )
    op.create_table(
        "retired_counts",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "letter_id", "locale", "country", "partner_id", "entry", "day", name="pk_retired_counts"
        ),
    )


def _create_counts() -> None:
    op.create_table(
        "count_changes",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("shown_delta", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_count_changes"),
    )
    op.create_table(
        "tallies",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "dimension", "value", "hour", name="pk_tallies"),
    )


def _create_mail() -> None:
    op.create_table(
        "outgoing_mail",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient_kind", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_to", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_outgoing_mail"),
    )
    op.create_index(
        "ix_outgoing_mail_due_at",
        "outgoing_mail",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_outgoing_mail_settled",
        "outgoing_mail",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state <> 'waiting'"),
        postgresql_where=sa.text("state <> 'waiting'"),
    )
    op.create_index(
        "ix_outgoing_mail_recipient",
        "outgoing_mail",
        ["letter_id", "recipient_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_outgoing_mail_waiting",
        "outgoing_mail",
        ["letter_id", "recipient_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _create_audit() -> None:
    op.create_table(
        "audit_events",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "id", name="pk_audit_events"),
    )


def _protect_audit() -> None:
    """Have the database itself refuse changes, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' AND OLD.at < now() - interval '{AUDIT_MONTHS} months' THEN
                RETURN OLD;
              END IF;
              RAISE EXCEPTION 'the audit log is only added to';
            END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events
            FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
            """
        )
        op.execute(
            """
            CREATE TRIGGER audit_events_kept BEFORE TRUNCATE ON audit_events
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
            """
        )
        return
    op.execute(
        """
        CREATE TRIGGER audit_events_unchanged BEFORE UPDATE ON audit_events
        BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END
        """
    )
    op.execute(
        f"""
        CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
        WHEN OLD.at >= datetime('now', '-{AUDIT_MONTHS} months')
        BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END
        """
    )
