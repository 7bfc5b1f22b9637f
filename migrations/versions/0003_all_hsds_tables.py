"""All HSDS tables

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "funding",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
    )
    with op.batch_alter_table("funding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_funding_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_funding_service_id"), ["service_id"], unique=False)

    op.create_table(
        "meta_table_description",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("character_set", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meta_table_description")),
    )
    op.create_table(
        "metadata",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("resource_id", sa.String(length=36), nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("last_action_date", sa.String(length=40), nullable=False),
        sa.Column("last_action_type", sa.Text(), nullable=False),
        sa.Column("field_name", sa.Text(), nullable=False),
        sa.Column("previous_value", sa.Text(), nullable=False),
        sa.Column("replacement_value", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata")),
    )
    with op.batch_alter_table("metadata", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_metadata_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_table(
        "url",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_url")),
    )
    with op.batch_alter_table("url", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_url_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_url_service_id"), ["service_id"], unique=False)

    op.create_table(
        "organization_identifier",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("identifier_scheme", sa.Text(), nullable=True),
        sa.Column("identifier_type", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_identifier_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_identifier")),
    )
    with op.batch_alter_table("organization_identifier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organization_identifier_organization_id"),
            ["organization_id"],
            unique=False,
        )

    op.create_table(
        "program",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alternate_name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_program_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    with op.batch_alter_table("program", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_program_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "service_capacity",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("available", sa.Float(), nullable=False),
        sa.Column("maximum", sa.Float(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("updated", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_capacity_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_service_capacity_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_capacity")),
    )
    with op.batch_alter_table("service_capacity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_capacity_service_id"), ["service_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_service_capacity_unit_id"), ["unit_id"], unique=False)

    with op.batch_alter_table("accessibility", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("attribute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("department", sa.Text(), nullable=True))
        batch_op.drop_constraint(batch_op.f("fk_contact_service_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_contact_organization_id"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_contact_service_at_location_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_contact_location_id"), type_="foreignkey")

    with op.batch_alter_table("cost_option", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("valid_from", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("valid_to", sa.String(length=10), nullable=True))
        batch_op.alter_column("service_id", existing_type=sa.VARCHAR(length=36), nullable=False)

    with op.batch_alter_table("language", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_constraint(batch_op.f("fk_language_phone_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_language_location_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_language_service_id"), type_="foreignkey")

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("organization_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("external_identifier", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("external_identifier_type", sa.Text(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_location_organization_id"), ["organization_id"], unique=False
        )

    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("alternate_name", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("tax_status", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("tax_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("year_incorporated", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("legal_status", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("logo", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("uri", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("parent_organization_id", sa.String(length=36), nullable=True)
        )
        batch_op.create_index(
            batch_op.f("ix_organization_parent_organization_id"),
            ["parent_organization_id"],
            unique=False,
        )

    with op.batch_alter_table("phone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("extension", sa.Float(), nullable=True))
        batch_op.drop_constraint(batch_op.f("fk_phone_service_at_location_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_phone_contact_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_phone_organization_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_phone_service_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_phone_location_id"), type_="foreignkey")

    with op.batch_alter_table("required_document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("timezone", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("byweekno", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("byyearday", sa.Text(), nullable=True))
        batch_op.alter_column(
            "count", existing_type=sa.INTEGER(), type_=sa.Float(), existing_nullable=True
        )
        batch_op.alter_column(
            "interval", existing_type=sa.INTEGER(), type_=sa.Float(), existing_nullable=True
        )
        batch_op.drop_constraint(
            batch_op.f("fk_schedule_service_at_location_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_schedule_location_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_schedule_service_id"), type_="foreignkey")

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("program_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("wait_time", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("fees", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("accreditations", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("assured_date", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("assurer_email", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("licenses", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_service_program_id"), ["program_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_source"), ["source"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_service_program_id"),
            "program",
            ["program_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("service_area", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("uri", sa.Text(), nullable=True))
        batch_op.drop_constraint(batch_op.f("fk_service_area_service_id"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_service_area_service_at_location_id"), type_="foreignkey"
        )

    with op.batch_alter_table("service_at_location", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.alter_column("service_id", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.alter_column("location_id", existing_type=sa.VARCHAR(length=36), nullable=False)

    with op.batch_alter_table("taxonomy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("taxonomy_term", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("taxonomy", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("term_uri", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_taxonomy_term_parent_id"), ["parent_id"], unique=False)
        batch_op.drop_constraint(batch_op.f("fk_taxonomy_term_taxonomy_id"), type_="foreignkey")

    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("source_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.drop_column("source_hash")
        batch_op.drop_column("position")

    with op.batch_alter_table("taxonomy_term", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_taxonomy_term_taxonomy_id"),
            "taxonomy",
            ["taxonomy_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_index(batch_op.f("ix_taxonomy_term_parent_id"))
        batch_op.drop_column("term_uri")
        batch_op.drop_column("taxonomy")
        batch_op.drop_column("position")

    with op.batch_alter_table("taxonomy", schema=None) as batch_op:
        batch_op.drop_column("position")

    with op.batch_alter_table("service_at_location", schema=None) as batch_op:
        batch_op.alter_column("location_id", existing_type=sa.VARCHAR(length=36), nullable=True)
        batch_op.alter_column("service_id", existing_type=sa.VARCHAR(length=36), nullable=True)
        batch_op.drop_column("position")

    with op.batch_alter_table("service_area", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_service_area_service_at_location_id"),
            "service_at_location",
            ["service_at_location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_service_area_service_id"),
            "service",
            ["service_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_column("uri")
        batch_op.drop_column("position")

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_service_program_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_service_source"))
        batch_op.drop_index(batch_op.f("ix_service_program_id"))
        batch_op.drop_column("source")
        batch_op.drop_column("licenses")
        batch_op.drop_column("assurer_email")
        batch_op.drop_column("assured_date")
        batch_op.drop_column("accreditations")
        batch_op.drop_column("fees")
        batch_op.drop_column("wait_time")
        batch_op.drop_column("program_id")
        batch_op.drop_column("position")

    with op.batch_alter_table("schedule", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_schedule_service_id"),
            "service",
            ["service_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_schedule_location_id"),
            "location",
            ["location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_schedule_service_at_location_id"),
            "service_at_location",
            ["service_at_location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.alter_column(
            "interval", existing_type=sa.Float(), type_=sa.INTEGER(), existing_nullable=True
        )
        batch_op.alter_column(
            "count", existing_type=sa.Float(), type_=sa.INTEGER(), existing_nullable=True
        )
        batch_op.drop_column("byyearday")
        batch_op.drop_column("byweekno")
        batch_op.drop_column("timezone")
        batch_op.drop_column("position")

    with op.batch_alter_table("required_document", schema=None) as batch_op:
        batch_op.drop_column("position")

    with op.batch_alter_table("phone", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_location_id"),
            "location",
            ["location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_service_id"), "service", ["service_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_organization_id"),
            "organization",
            ["organization_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_contact_id"), "contact", ["contact_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_service_at_location_id"),
            "service_at_location",
            ["service_at_location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_column("extension")
        batch_op.drop_column("position")

    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_parent_organization_id"))
        batch_op.drop_column("parent_organization_id")
        batch_op.drop_column("uri")
        batch_op.drop_column("logo")
        batch_op.drop_column("legal_status")
        batch_op.drop_column("year_incorporated")
        batch_op.drop_column("tax_id")
        batch_op.drop_column("tax_status")
        batch_op.drop_column("alternate_name")
        batch_op.drop_column("position")

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_location_organization_id"))
        batch_op.drop_column("external_identifier_type")
        batch_op.drop_column("external_identifier")
        batch_op.drop_column("organization_id")
        batch_op.drop_column("position")

    with op.batch_alter_table("language", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_language_service_id"),
            "service",
            ["service_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_language_location_id"),
            "location",
            ["location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_language_phone_id"), "phone", ["phone_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.drop_column("position")

    with op.batch_alter_table("cost_option", schema=None) as batch_op:
        batch_op.alter_column("service_id", existing_type=sa.VARCHAR(length=36), nullable=True)
        batch_op.drop_column("valid_to")
        batch_op.drop_column("valid_from")
        batch_op.drop_column("position")

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_contact_location_id"),
            "location",
            ["location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_contact_service_at_location_id"),
            "service_at_location",
            ["service_at_location_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_contact_organization_id"),
            "organization",
            ["organization_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_contact_service_id"),
            "service",
            ["service_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_column("department")
        batch_op.drop_column("position")

    with op.batch_alter_table("attribute", schema=None) as batch_op:
        batch_op.drop_column("position")

    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.drop_column("position")

    with op.batch_alter_table("accessibility", schema=None) as batch_op:
        batch_op.drop_column("position")

    with op.batch_alter_table("service_capacity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_capacity_unit_id"))
        batch_op.drop_index(batch_op.f("ix_service_capacity_service_id"))

    op.drop_table("service_capacity")
    with op.batch_alter_table("program", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_program_organization_id"))

    op.drop_table("program")
    with op.batch_alter_table("organization_identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_identifier_organization_id"))

    op.drop_table("organization_identifier")
    with op.batch_alter_table("url", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_url_service_id"))
        batch_op.drop_index(batch_op.f("ix_url_organization_id"))

    op.drop_table("url")
    op.drop_table("unit")
    with op.batch_alter_table("metadata", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_metadata_resource_id"))

    op.drop_table("metadata")
    op.drop_table("meta_table_description")
    with op.batch_alter_table("funding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_funding_service_id"))
        batch_op.drop_index(batch_op.f("ix_funding_organization_id"))

    op.drop_table("funding")
