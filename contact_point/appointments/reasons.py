"""Why staff cancel an appointment, as the newcomer reads it."""

from contact_point.translations import mark

REASONS: dict[str, str] = {
    "caseworker_ill": mark("Your caseworker is ill."),
    "caseworker_away": mark("Your caseworker is away."),
    "office_closed": mark("The office is closed that day."),
    "interpreter_missing": mark("No interpreter can come."),
    "other": mark("Something has come up at the contact point."),
}
"""Reasons by key, each a whole sentence."""
