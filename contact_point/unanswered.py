"""What newcomers asked that found no answer, so that editors know what to write next.

Texts are stored without personal data, apart from their conversations, and for a limited time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import LargeBinary, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contact_point.clock import Clock
from contact_point.database import Base, UtcDateTime
from contact_point.redaction import redacted

KEPT_FOR = timedelta(days=180)
_ALIKE = 0.8
"""Cosine from which two questions mean much the same."""
_MAX_SHOWN = 5
_MAX_READ = 5000


class UnansweredQuestion(Base):
    """A question; `vector` is its meaning, 8-bit numbers."""

    __tablename__ = "unanswered_question"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Group:
    """Questions that mean much the same, in one language."""

    language: str
    count: int
    latest: datetime
    texts: tuple[str, ...]
    """The latest wordings, newest first."""


def note(session: Session, text: str, language: str, vector: bytes, clock: Clock) -> None:
    """Remember a question without personal data, and forget the old ones."""
    now = clock()
    session.execute(delete(UnansweredQuestion).where(UnansweredQuestion.asked_at < now - KEPT_FOR))
    session.add(
        UnansweredQuestion(asked_at=now, language=language, text=redacted(text), vector=vector)
    )


def groups(session: Session) -> list[Group]:
    """The questions by language and meaning, most often asked first."""
    questions = session.scalars(
        select(UnansweredQuestion).order_by(UnansweredQuestion.id.desc()).limit(_MAX_READ)
    ).all()
    by_language: dict[str, list[UnansweredQuestion]] = {}
    for question in questions:
        by_language.setdefault(question.language, []).append(question)
    found = [
        _group(language, members)
        for language, some in by_language.items()
        for members in _alike(some)
    ]
    return sorted(found, key=lambda group: (-group.count, -group.latest.timestamp()))


def _alike(questions: Sequence[UnansweredQuestion]) -> list[list[UnansweredQuestion]]:
    """Each question joins the first group whose first question is near enough."""
    vectors = np.stack([np.frombuffer(each.vector, np.int8) for each in questions])
    unit = vectors / (np.linalg.norm(vectors.astype(np.float32), axis=1, keepdims=True) + 1e-9)
    firsts: list[int] = []
    members: list[list[UnansweredQuestion]] = []
    for index, question in enumerate(questions):
        near = unit[firsts] @ unit[index] if firsts else np.zeros(0)
        if len(near) and near.max() >= _ALIKE:
            members[int(near.argmax())].append(question)
        else:
            firsts.append(index)
            members.append([question])
    return members


def _group(language: str, members: Sequence[UnansweredQuestion]) -> Group:
    texts = dict.fromkeys(member.text for member in members)
    return Group(language, len(members), members[0].asked_at, tuple(texts)[:_MAX_SHOWN])
