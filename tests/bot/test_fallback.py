"""When the bot is sure enough."""

import pytest

from bot.fallback import Fallback

FALLBACK = Fallback(Fallback.get_default_config())


def ranking(*places: tuple[str, float]) -> list[dict[str, object]]:
    return [{"name": name, "confidence": confidence} for name, confidence in places]


@pytest.mark.parametrize(
    ("places", "is_sure"),
    [
        ([("taxes", 0.9), ("find_job", 0.05)], True),
        ([("taxes", 0.4), ("find_job", 0.1)], True),
        ([("taxes", 0.4), ("find_job", 0.35)], False),
        ([("taxes", 0.3), ("find_job", 0.1)], False),
        ([("insult", 0.5), ("taxes", 0.1)], False),
        ([("greet", 0.9), ("taxes", 0.1)], True),
    ],
)
def test_sure(places: list[tuple[str, float]], is_sure: bool) -> None:
    ranked = ranking(*places)
    assert FALLBACK.is_sure(ranked[0], ranked) is is_sure
