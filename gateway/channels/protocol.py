"""What a messaging app's adapter does; `telegram.py` is the model for others."""

from typing import Protocol

from aiohttp import web

from contact_point.conversations.tables import Conversation, Message


class DeliveryFailed(Exception):  # noqa: N818 - what happened
    """A message could not be delivered.

    `retry_after` (seconds) where the app says when to try again; `permanent` when trying again
    is of no use, for example because the newcomer has blocked the bot.
    """

    def __init__(
        self, reason: str, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        super().__init__(reason)
        self.retry_after, self.permanent = retry_after, permanent


class Channel(Protocol):
    """A messaging app: takes messages in by a webhook, delivers messages to a contact."""

    name: str

    async def webhook(self, request: web.Request) -> web.Response:
        """Verify the raw request, store its messages, answer 200; nothing slow before that."""

    async def deliver(self, conversation: Conversation, message: Message) -> None:
        """Send one message.

        Raises:
            DeliveryFailed: to be tried again, or not, as it says.
        """
