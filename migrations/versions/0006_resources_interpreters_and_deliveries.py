"""Interpreters as a second resource, offices, types, holds, waiting list, deliveries, figures

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATES = "('held', 'pending', 'booked', 'cancelled', 'attended', 'missed')"
_WEEKLY = ("working_interval", "absence")


def upgrade() -> None:
    _make_new_tables()
    op.rename_table("caseworker", "resource")
    _rename_key("pk_caseworker", "pk_resource")
    with op.batch_alter_table("resource") as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(12), server_default="caseworker", nullable=False)
        )
        batch_op.alter_column("subjects", existing_type=sa.JSON(), nullable=True)
        batch_op.add_column(sa.Column("email", sa.String(254), nullable=True))
        batch_op.add_column(sa.Column("feed_token", sa.String(64), nullable=True))
        batch_op.add_column(sa.Column("busy_url", sa.String(500), nullable=True))
        batch_op.add_column(sa.Column("busy_read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("busy_problem", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("places", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("video_url", sa.String(500), nullable=True))
        batch_op.add_column(sa.Column("notice_days", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint("uq_resource_feed_token", ["feed_token"])
    with op.batch_alter_table("resource") as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(12), server_default=None)
    for table in _WEEKLY:
        _rename_owner(table, "caseworker_id", "resource_id", "CASCADE")
    with op.batch_alter_table("working_interval") as batch_op:
        batch_op.add_column(sa.Column("office_id", sa.String(40), nullable=True))
        batch_op.create_foreign_key(
            "fk_working_interval_office_id", "office", ["office_id"], ["id"]
        )
    _alter_appointments()
    with op.batch_alter_table("claimed_cell") as batch_op:
        batch_op.alter_column("appointment_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("block_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_claimed_cell_block_id", "block", ["block_id"], ["id"])
        batch_op.create_index("ix_claimed_cell_block_id", ["block_id"])
        batch_op.create_check_constraint(
            op.f("ck_claimed_cell_claimant"), "(appointment_id is null) <> (block_id is null)"
        )
    op.execute("update claimed_cell set resource = replace(resource, 'caseworker:', '')")


def downgrade() -> None:
    op.execute("delete from claimed_cell where block_id is not null")
    op.execute(
        "delete from claimed_cell where appointment_id in "
        "(select id from appointment where state in ('held', 'pending'))"
    )
    op.execute(
        "delete from claimed_cell where resource in "
        "(select id from resource where kind = 'interpreter')"
    )
    op.execute("delete from waiting")
    op.execute("delete from delivery")
    op.execute("delete from appointment where state = 'held' or conversation_id is null")
    op.execute("update appointment set state = 'booked' where state <> 'cancelled'")
    op.execute("update claimed_cell set resource = 'caseworker:' || resource")
    with op.batch_alter_table("claimed_cell") as batch_op:
        batch_op.drop_constraint(op.f("ck_claimed_cell_claimant"), type_="check")
        batch_op.drop_index("ix_claimed_cell_block_id")
        batch_op.drop_constraint("fk_claimed_cell_block_id", type_="foreignkey")
        batch_op.drop_column("block_id")
        batch_op.alter_column("appointment_id", existing_type=sa.Integer(), nullable=False)
    _restore_appointments()
    with op.batch_alter_table("working_interval") as batch_op:
        batch_op.drop_constraint("fk_working_interval_office_id", type_="foreignkey")
        batch_op.drop_column("office_id")
    for table in ("appointment_event", "delivery", "waiting", "block", "other_hours"):
        op.drop_table(table)
    for table in _WEEKLY:
        op.execute(
            f"delete from {table} where resource_id in "  # noqa: S608 - names of our own
            "(select id from resource where kind = 'interpreter')"
        )
        _rename_owner(table, "resource_id", "caseworker_id", None)
    op.execute("delete from resource where kind = 'interpreter'")
    with op.batch_alter_table("resource") as batch_op:
        batch_op.drop_constraint("uq_resource_feed_token", type_="unique")
        for column in (
            "kind", "email", "feed_token", "busy_url", "busy_read_at", "busy_problem", "places",
            "video_url", "notice_days",
        ):  # fmt: skip
            batch_op.drop_column(column)
        batch_op.alter_column("subjects", existing_type=sa.JSON(), nullable=False)
    _rename_key("pk_resource", "pk_caseworker")
    op.rename_table("resource", "caseworker")
    op.drop_table("appointment_type")
    op.drop_table("office")


def _rename_key(old: str, new: str) -> None:
    """SQLite's primary keys have no names to speak of."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"alter table resource rename constraint {old} to {new}")


def _rename_owner(table: str, old: str, new: str, on_delete: str | None) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(f"fk_{table}_{old}", type_="foreignkey")
        batch_op.drop_index(f"ix_{table}_{old}")
        batch_op.alter_column(old, new_column_name=new, existing_type=sa.String(40))
    with op.batch_alter_table(table) as batch_op:
        batch_op.create_index(f"ix_{table}_{new}", [new])
        batch_op.create_foreign_key(
            f"fk_{table}_{new}", "resource", [new], ["id"], ondelete=on_delete
        )


def _alter_appointments() -> None:
    with op.batch_alter_table("appointment") as batch_op:
        batch_op.add_column(sa.Column("interpreter_id", sa.String(40), nullable=True))
        batch_op.add_column(sa.Column("wall_time", sa.DateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("place", sa.String(10), server_default="office", nullable=False)
        )
        batch_op.add_column(sa.Column("office_id", sa.String(40), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(500), nullable=True))
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(20), nullable=True))
        batch_op.add_column(sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("conversation_id", existing_type=sa.String(64), nullable=True)
        batch_op.create_foreign_key(
            "fk_appointment_interpreter_id", "resource", ["interpreter_id"], ["id"]
        )
        batch_op.create_foreign_key("fk_appointment_office_id", "office", ["office_id"], ["id"])
        batch_op.create_index("ix_appointment_expires_at", ["expires_at"])
        batch_op.drop_constraint(op.f("ck_appointment_state"), type_="check")
        batch_op.drop_constraint(op.f("ck_appointment_contact"), type_="check")
    _fill_wall_time()
    with op.batch_alter_table("appointment") as batch_op:
        batch_op.alter_column("wall_time", existing_type=sa.DateTime(), nullable=False)
        batch_op.create_check_constraint(op.f("ck_appointment_state"), f"state in {_STATES}")
        batch_op.create_check_constraint(
            op.f("ck_appointment_contact"),
            "state = 'held' or email is not null or phone is not null",
        )
        batch_op.create_check_constraint(
            op.f("ck_appointment_expiry"), "(state = 'held') = (expires_at is not null)"
        )


def _fill_wall_time() -> None:
    from datetime import timezone
    from zoneinfo import ZoneInfo

    connection = op.get_bind()
    rows = sa.table(
        "appointment",
        sa.column("id", sa.Integer()),
        sa.column("starts_at", sa.DateTime(timezone=True)),
        sa.column("zone", sa.String()),
        sa.column("wall_time", sa.DateTime()),
    )
    for key, starts_at, zone in connection.execute(
        sa.select(rows.c.id, rows.c.starts_at, rows.c.zone)
    ).all():
        instant = starts_at if starts_at.tzinfo else starts_at.replace(tzinfo=timezone.utc)
        local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        connection.execute(rows.update().where(rows.c.id == key).values(wall_time=local))


def _restore_appointments() -> None:
    with op.batch_alter_table("appointment") as batch_op:
        batch_op.drop_constraint(op.f("ck_appointment_expiry"), type_="check")
        batch_op.drop_constraint(op.f("ck_appointment_state"), type_="check")
        batch_op.drop_constraint(op.f("ck_appointment_contact"), type_="check")
        batch_op.drop_index("ix_appointment_expires_at")
        batch_op.drop_constraint("fk_appointment_interpreter_id", type_="foreignkey")
        batch_op.drop_constraint("fk_appointment_office_id", type_="foreignkey")
        for column in (
            "interpreter_id", "wall_time", "place", "office_id", "note", "expires_at", "reason",
            "late_at",
        ):  # fmt: skip
            batch_op.drop_column(column)
        batch_op.alter_column("conversation_id", existing_type=sa.String(64), nullable=False)
        batch_op.create_check_constraint(
            op.f("ck_appointment_state"), "state in ('booked', 'cancelled')"
        )
        batch_op.create_check_constraint(
            op.f("ck_appointment_contact"), "email is not null or phone is not null"
        )


def _make_new_tables() -> None:
    op.create_table(
        "office",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    op.create_table(
        "appointment_type",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("minutes_with_interpreter", sa.Integer(), nullable=False),
        sa.Column("buffer_before", sa.Integer(), nullable=False),
        sa.Column("buffer_after", sa.Integer(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("daily_maximum", sa.Integer(), nullable=True),
        sa.Column("needs_confirmation", sa.Boolean(), nullable=False),
        sa.Column("bring", sa.JSON(), nullable=False),
        sa.Column("walk_in", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_type")),
    )
    op.create_table(
        "other_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("office_id", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_hours")),
        *_owned("other_hours", "caseworker"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_other_hours_office_id"),
    )
    op.create_index("ix_other_hours_resource_id", "other_hours", ["resource_id"])
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.String(40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        *_owned("block", "caseworker"),
    )
    op.create_index("ix_block_resource_id", "block", ["resource_id"])
    op.create_table(
        "waiting",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_over", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_waiting")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name="fk_waiting_appointment_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_waiting_since", "waiting", ["since"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(60), nullable=False),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(200), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name="fk_delivery_appointment_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "appointment_id",
            "recipient",
            "event",
            "sequence",
            name="uq_delivery_appointment_id_recipient_event_sequence",
        ),
    )
    op.create_index("ix_delivery_appointment_id", "delivery", ["appointment_id"])
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    op.create_table(
        "appointment_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_event")),
    )
    op.create_index("ix_appointment_event_at", "appointment_event", ["at"])


def _owned(table: str, owner: str) -> tuple[sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(
            ["resource_id"], [f"{owner}.id"], name=f"fk_{table}_resource_id", ondelete="CASCADE"
        ),
    )
