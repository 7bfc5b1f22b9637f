"""Checked claims are found however they are worded; `tests/claims/claims.tsv` was written apart
from the claims' own articles (claim, tab, language, tab, text)."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from contact_point.answers.articles import article_keys
from tests.bot.conftest import load_agent

REWORDED = Path(__file__).parent.parent / "claims" / "claims.tsv"
FOUND, ANSWERED = 0.90, 0.97


def reworded() -> list[list[str]]:
    return [line.split("\t") for line in REWORDED.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def understood(trained_model: None) -> list[tuple[str, str, str | None]]:
    """Wanted claim, intent, and the claim found."""
    agent = load_agent()

    async def read() -> list[tuple[str, str, str | None]]:
        found = []
        for wanted, _language, text in reworded():
            parsed = await agent.parse_message(text)
            claims = [each["value"] for each in parsed["entities"] if each["entity"] == "claim"]
            found.append((wanted, parsed["intent"]["name"], claims[0] if claims else None))
        return found

    return asyncio.run(read())


def test_the_set_has_a_hundred_of_all_claims() -> None:
    rows = reworded()
    assert len(rows) >= 100
    assert {wanted for wanted, _, _ in rows} == set(article_keys("rumours"))
    assert len({language for _, language, _ in rows}) >= 10
    assert min(Counter(wanted for wanted, _, _ in rows).values()) >= 4


def test_nine_of_ten_reworded_claims_are_found(
    understood: list[tuple[str, str, str | None]],
) -> None:
    """Answered, or on a button below the answer to a cry for help or to a clear question."""
    found = [topic for wanted, topic, claim in understood if claim == wanted]
    answered = sum(topic == "rumour_check" for topic in found)
    print(f"{len(found)} of {len(understood)} reworded claims found, {answered} answered at once")
    assert len(found) / len(understood) >= FOUND


def test_a_wrong_claim_is_hardly_ever_served(
    understood: list[tuple[str, str, str | None]],
) -> None:
    wrong = sum(claim not in (None, wanted) for wanted, _, claim in understood)
    assert wrong / len(understood) <= 1 - ANSWERED
