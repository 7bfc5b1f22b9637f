"""Short dated notices of the staff: they greet newcomers until they end; crises come first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from sqlalchemy import Boolean, ForeignKey, Integer, Select, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from contact_point.clock import Clock
from contact_point.conversations import messages
from contact_point.conversations.tables import Conversation
from contact_point.database import Base, UtcDateTime
from contact_point.languages import LANGUAGES
from contact_point.settings import Municipality
from contact_point.translations import mark, translate

MAX_CHARACTERS = 600
_TITLES = {True: mark("Important notice"), False: mark("Notice")}


class NoticeError(ValueError):
    """A notice can't be published; `reason` is "text", "too_long", "ends" or "language"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Notice(Base):
    """What newcomers are told from `starts_at` until `ends_at`."""

    __tablename__ = "notice"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's form

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    is_crisis: Mapped[bool] = mapped_column(Boolean)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_account.id", ondelete="SET NULL")
    )
    texts: Mapped[list["NoticeText"]] = relationship(cascade="all, delete-orphan")


class NoticeText(Base):
    """A notice in one language."""

    __tablename__ = "notice_text"

    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class NoticeView:
    """A notice as staff see it."""

    id: int
    is_crisis: bool
    starts_at: datetime
    ends_at: datetime
    texts: Mapping[str, str]


def publish(
    session: Session,
    texts: Mapping[str, str],
    ends_at: datetime,
    is_crisis: bool,
    author_id: int | None,
    municipality: Municipality,
    clock: Clock,
) -> int:
    """Publish a notice now; returns its id. Empty texts are left out.

    Raises:
        NoticeError: when the municipality's first language has no text, a text is too long, is in
            a language that isn't offered, or the end has passed.
    """
    written = {tag: text.strip() for tag, text in texts.items() if text.strip()}
    if municipality.languages[0] not in written:
        raise NoticeError("text")
    if not set(written) <= set(municipality.languages):
        raise NoticeError("language")
    if any(len(text) > MAX_CHARACTERS for text in written.values()):
        raise NoticeError("too_long")
    now = clock()
    if ends_at <= now:
        raise NoticeError("ends")
    notice = Notice(
        is_crisis=is_crisis,
        starts_at=now,
        ends_at=ends_at,
        author_id=author_id,
        texts=[NoticeText(language=tag, text=text) for tag, text in written.items()],
    )
    session.add(notice)
    session.flush()
    return notice.id


def end(session: Session, notice_id: int, clock: Clock) -> None:
    """Let a notice end now."""
    now = clock()
    session.execute(
        update(Notice).where(Notice.id == notice_id, Notice.ends_at > now).values(ends_at=now)
    )


def current(session: Session, clock: Clock) -> list[NoticeView]:
    """The notices that have not ended, crises first, then the newest."""
    notices = session.scalars(_current(clock)).all()
    return [
        NoticeView(
            notice.id,
            notice.is_crisis,
            notice.starts_at,
            notice.ends_at,
            {each.language: each.text for each in notice.texts},
        )
        for notice in notices
    ]


def are_due(session: Session, conversation_id: str, clock: Clock) -> bool:
    """Whether a crisis has not been told in a conversation yet."""
    seen = select(Conversation.last_notice).where(Conversation.id == conversation_id)
    waiting = _current(clock).where(Notice.is_crisis, Notice.id > seen.scalar_subquery())
    return session.scalars(waiting.limit(1)).first() is not None


def tell(
    session: Session, conversation_id: str, municipality: Municipality, clock: Clock
) -> list[int]:
    """Say in a conversation what it was not told yet; returns the ids of the messages."""
    newest = session.scalar(select(func.max(Notice.id)).where(Notice.ends_at > clock()))
    if newest is None:
        return []
    place = session.execute(
        select(Conversation.language, Conversation.last_notice).where(
            Conversation.id == conversation_id
        )
    ).first()
    if place is None:
        return []
    new = session.scalars(_current(clock).where(Notice.id > place.last_notice)).all()
    if not new:
        return []
    latest = max(notice.id for notice in new)
    told = session.execute(
        # Another stream of the same conversation may tell it at the same moment.
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.last_notice < latest)
        .values(last_notice=latest)
    )
    if not told.rowcount:  # type: ignore[attr-defined]
        return []
    replies = [
        {
            "text": shown(notice, place.language, municipality),
            "kind": "crisis" if notice.is_crisis else "notice",
        }
        for notice in new
    ]
    return messages.say(session, conversation_id, "notice", replies, clock())


def shown(notice: Notice, language: str, municipality: Municipality) -> str:
    """A notice as Markdown in a language; where that is missing, honestly in the first language."""
    texts = {each.language: each.text for each in notice.texts}
    title = translate(_TITLES[notice.is_crisis], language)
    day = notice.starts_at.astimezone(municipality.zone).date()
    lines = [f"**{title}, {format_date(day, 'long', locale=language)}**"]
    if language not in texts:
        written = municipality.languages[0]
        only = translate(
            "This is not translated yet. In {language}:",
            language,
            language=LANGUAGES[written].own_name,
        )
        lines.append(only)
    lines.append(texts.get(language) or texts[municipality.languages[0]])
    return "\n\n".join(lines)


def _current(clock: Clock) -> Select[tuple[Notice]]:
    return (
        select(Notice)
        .where(Notice.ends_at > clock())
        .order_by(Notice.is_crisis.desc(), Notice.id.desc())
    )
