"""What a language says of itself."""

import pytest

from contact_point.languages import listed


@pytest.mark.parametrize(
    ("tag", "line"),
    [
        ("sv", "pass; hyreskontrakt, om du har ett"),
        ("ar", "pass؛ hyreskontrakt, om du har ett"),
        ("fa", "pass؛ hyreskontrakt, om du har ett"),
        ("ti", "pass፤ hyreskontrakt, om du har ett"),
    ],
)
def test_parts_are_listed_with_the_sign_of_the_script(tag: str, line: str) -> None:
    assert listed(["pass", "hyreskontrakt, om du har ett"], tag) == line
