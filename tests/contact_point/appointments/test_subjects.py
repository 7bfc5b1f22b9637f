"""Subjects found in what newcomers write."""

import pytest

from contact_point.appointments.subjects import (
    SUBJECTS,
    subject_in_words,
    subject_name,
    subject_of_office,
    subject_of_topics,
)
from contact_point.topics import TOPICS


def test_every_subject_has_a_name() -> None:
    assert [subject_name(subject, "en") for subject in SUBJECTS][:2] == ["Settling in", "Housing"]


def test_a_subject_is_known_by_its_name() -> None:
    assert subject_in_words(" housing ", "en") == "housing"
    assert subject_in_words("the moon", "en") is None


@pytest.mark.parametrize("topic", [topic for topic in TOPICS.values() if topic.subject])
def test_every_topics_subject_exists(topic: object) -> None:
    assert topic.subject in SUBJECTS  # type: ignore[attr-defined]


def test_offices_lead_to_subjects() -> None:
    offices = {topic.office for topic in TOPICS.values() if topic.office}
    assert {subject_of_office(office) for office in offices} <= set(SUBJECTS)
    assert subject_of_office("dental_care") == "healthcare"
    assert subject_of_office("violence_support") is None


def test_the_first_topic_with_a_subject_decides() -> None:
    assert subject_of_topics(["nlu_fallback", "greet", "find_housing", "taxes"]) == "housing"
    assert subject_of_topics(["greet"]) is None
