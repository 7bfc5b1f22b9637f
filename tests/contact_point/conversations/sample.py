"""Conversations, messages and a clock for tests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from threading import Barrier
from typing import TypeVar

from sqlalchemy.orm import Session

from contact_point.conversations import messages
from contact_point.conversations.messages import InboundMessage
from contact_point.settings import ROOT, Municipality, load_municipality

T = TypeVar("T")
MORNING = datetime(2026, 11, 26, 9, 0, tzinfo=timezone.utc)
"""A Thursday, ten o'clock in Stockholm."""
RIVALS = 20


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        """Begin at a moment."""
        self.now = now

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


def municipality() -> Municipality:
    """The sample municipality."""
    return load_municipality(ROOT / "municipality.toml")


def web(session: Session, clock: FakeClock, language: str = "sv") -> str:
    """A new conversation on the web page."""
    return messages.start(session, messages.WEB, language, clock)


def write(session: Session, conversation_id: str, text: str, clock: FakeClock) -> int:
    """A newcomer's message on the web page; returns its id. The text is its external id too."""
    inbound = InboundMessage(
        messages.WEB, f"{conversation_id}/{text}", text, conversation_id=conversation_id
    )
    return messages.receive(session, inbound, clock)[1]


def texts(session: Session, conversation_id: str) -> list[tuple[str, str]]:
    """(author, text) of a conversation's messages, in order."""
    return [
        (message.author, message.text)
        for message in messages.messages_after(session, conversation_id, 0)
    ]


def race(work: Callable[[int], T], rivals: int = RIVALS) -> list[T]:
    """Call `work` with 0, 1, 2 … on a thread each, all let go at once."""
    start = Barrier(rivals)

    def begin(number: int) -> T:
        start.wait(30)
        return work(number)

    with ThreadPoolExecutor(rivals) as threads:
        return list(threads.map(begin, range(rivals)))
