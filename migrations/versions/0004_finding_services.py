"""Finding services

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holiday_schedule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("location_id", sa.String(length=36), nullable=True),
        sa.Column("service_at_location_id", sa.String(length=36), nullable=True),
        sa.Column("day", sa.String(length=30), nullable=True),
        sa.Column("start_date", sa.String(length=10), nullable=True),
        sa.Column("end_date", sa.String(length=10), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.String(length=20), nullable=True),
        sa.Column("closes_at", sa.String(length=20), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_schedule")),
    )
    with op.batch_alter_table("holiday_schedule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_holiday_schedule_location_id"), ["location_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_holiday_schedule_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_holiday_schedule_service_at_location_id"),
            ["service_at_location_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_holiday_schedule_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=36), nullable=True),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_account.id"],
            name=op.f("fk_directory_change_account_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_change")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_change_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "service_category",
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_category_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", "category", name=op.f("pk_service_category")),
    )
    with op.batch_alter_table("service_category", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_category_category"), ["category"], unique=False
        )

    op.create_table(
        "service_showing",
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_showing_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_showing")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE service_text USING fts5(service_id UNINDEXED, words, parts, "
            "tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        op.execute(
            "CREATE TABLE service_text (service_id VARCHAR(36) PRIMARY KEY, "
            "words tsvector NOT NULL, parts tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_service_text_words ON service_text USING gin (words)")
        op.execute("CREATE INDEX ix_service_text_parts ON service_text USING gin (parts)")


def downgrade() -> None:
    op.drop_table("service_text")
    op.drop_table("service_showing")
    with op.batch_alter_table("service_category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_category_category"))

    op.drop_table("service_category")
    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_directory_change_service_id"))

    op.drop_table("directory_change")
    with op.batch_alter_table("holiday_schedule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holiday_schedule_service_id"))
        batch_op.drop_index(batch_op.f("ix_holiday_schedule_service_at_location_id"))
        batch_op.drop_index(batch_op.f("ix_holiday_schedule_organization_id"))
        batch_op.drop_index(batch_op.f("ix_holiday_schedule_location_id"))

    op.drop_table("holiday_schedule")
