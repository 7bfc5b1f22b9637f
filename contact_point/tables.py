"""Every table of the product in one place, for migrations and tests."""

import contact_point.appointments.tables
import contact_point.conversations.tables
import contact_point.dialogues
import contact_point.directory.categorising
import contact_point.directory.changes
import contact_point.directory.full_text
import contact_point.directory.tables
import contact_point.notices
import contact_point.staff
import contact_point.unanswered  # noqa: F401
from contact_point.database import Base

ALL_TABLES = Base.metadata.tables
"""All tables by name."""
