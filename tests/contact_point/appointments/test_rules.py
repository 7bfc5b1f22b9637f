"""The rules refuse what can't be kept."""

import pytest

from contact_point.appointments.rules import InterpreterNotice, Rules


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", 0),
        ("minutes", 20),
        ("minutes_with_interpreter", -15),
        ("notice_hours", -1),
        ("horizon_days", 0),
        ("buffer_before", 10),
        ("buffer_after", -15),
        ("daily_maximum", 0),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=field):
        Rules(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["working_days", "rare_working_days"])
def test_interpreters_can_not_be_ordered_afterwards(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        InterpreterNotice(**{field: -1})  # type: ignore[arg-type]


def test_rare_languages_need_a_longer_notice() -> None:
    notice = InterpreterNotice()
    assert (notice.days("ar"), notice.days("ti")) == (2, 5)
