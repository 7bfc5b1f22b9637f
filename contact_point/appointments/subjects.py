"""What an appointment can be about."""

from contact_point.topics import TOPICS
from contact_point.translations import mark, translate

SUBJECTS = {
    "settling_in": mark("Settling in"),
    "housing": mark("Housing"),
    "work_and_diplomas": mark("Work and diplomas"),
    "family_and_school": mark("Family and school"),
    "rights_and_permits": mark("Rights and permits"),
    "economy": mark("Money"),
    "healthcare": mark("Healthcare"),
}
"""Subjects by key, with the name that newcomers see."""

_OF_OFFICE = {
    "rights_and_permits": "rights_and_permits",
    "legal_advice": "rights_and_permits",
    "discrimination": "rights_and_permits",
    "housing": "housing",
    "healthcare": "healthcare",
    "mental_health": "healthcare",
    "dental_care": "healthcare",
    "family_and_children": "family_and_school",
    "education": "family_and_school",
    "diploma_recognition": "work_and_diplomas",
    "work": "work_and_diplomas",
    "business": "work_and_diplomas",
    "money": "economy",
    "tax": "economy",
    "language_courses": "settling_in",
    "identity_and_registration": "settling_in",
    "community": "settling_in",
    "interpreting": "settling_in",
    "transport": "settling_in",
    "digital_help": "settling_in",
}
"""The directory's categories. Support against violence has none: it can't wait for a time."""


def subject_name(subject: str, language: str) -> str:
    """The name of a subject in a language.

    Raises:
        KeyError: for a subject that does not exist.
    """
    return translate(SUBJECTS[subject], language)


def subject_in_words(text: str, language: str) -> str | None:
    """The subject whose name was written, in the given language or in English."""
    wanted = text.strip().casefold()
    for subject, name in SUBJECTS.items():
        if wanted in (name.casefold(), subject_name(subject, language).casefold()):
            return subject
    return None


def subject_of_office(category: str) -> str | None:
    """The subject that belongs to a category of the directory."""
    return _OF_OFFICE.get(category)


def subject_of_topics(topics: list[str]) -> str | None:
    """The subject of the first topic that has one; keys that are no topics are passed over."""
    for key in topics:
        topic = TOPICS.get(key)
        if topic and topic.subject:
            return topic.subject
    return None
