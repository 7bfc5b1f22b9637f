"""The rules refuse what can't be kept."""

import pytest

from contact_point.appointments.rules import Rules


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", 0),
        ("minutes", 20),
        ("minutes_with_interpreter", -15),
        ("notice_hours", -1),
        ("interpreter_notice_hours", -1),
        ("horizon_days", 0),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=field):
        Rules(**{field: value})
