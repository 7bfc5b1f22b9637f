"""A local server that speaks Telegram's Bot API, for both ways of the channel."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

Answer = tuple[int, dict[str, Any]]
_OK: Answer = (200, {"ok": True, "result": {}})


@dataclass
class BotApi:
    """Records the calls of the product; `answers` may refuse some first."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusals: list[Answer] = field(default_factory=list)
    updates: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The address for TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def sent(self, chat: int) -> list[dict[str, Any]]:
        """Messages that reached a chat."""
        return [
            body
            for method, body in list(self.calls)
            if method == "sendMessage" and str(body["chat_id"]) == str(chat)
        ]

    def wait(self, chat: int, number: int, seconds: float = 20) -> list[dict[str, Any]]:
        """Wait until a chat has got so many messages."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if len(self.sent(chat)) >= number:
                return self.sent(chat)
            time.sleep(0.02)
        raise AssertionError(f"{len(self.sent(chat))} of {number} messages: {self.sent(chat)}")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                method = self.path.rsplit("/", 1)[1]
                refused = api.refusals.pop(0) if method == "sendMessage" and api.refusals else None
                if refused is None:
                    api.calls.append((method, body))
                status, content = refused or _OK
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_args: Any) -> None: ...

        return Handler


@dataclass
class TelegramNewcomer:
    """Somebody who writes to the bot on Telegram."""

    base: str
    secret: str
    api: BotApi
    chat: int
    language: str = "en"

    def post(self, update: dict[str, Any], secret: str | None = None) -> int:
        """Deliver an update as Telegram does; returns the status."""
        request = urllib.request.Request(
            f"{self.base}/channels/telegram/webhook",
            data=json.dumps(update).encode(),
            headers={"X-Telegram-Bot-Api-Secret-Token": self.secret if secret is None else secret},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code

    def update(self, **content: Any) -> dict[str, Any]:
        """An update with the next number."""
        return {"update_id": next(self.api.updates), **content}

    def text(self, text: str) -> dict[str, Any]:
        """An update with a text of this newcomer."""
        return self.update(message=self._message(text=text))

    def write(self, text: str, replies: int = 1) -> list[dict[str, Any]]:
        """Write, and wait for so many messages."""
        return self._wait_for(replies, lambda: self.post(self.text(text)))

    def share(self, latitude: float, longitude: float) -> list[dict[str, Any]]:
        """Share a position, and wait for the answer."""
        where = {"latitude": latitude, "longitude": longitude}
        update = self.update(message=self._message(location=where))
        return self._wait_for(1, lambda: self.post(update))

    def press(self, title: str, replies: int = 1) -> list[dict[str, Any]]:
        """Press the newest button with a title."""
        for message in reversed(self.api.sent(self.chat)):
            for (button,) in message.get("reply_markup", {}).get("inline_keyboard", []):
                if button["text"] == title:
                    query = {
                        "id": f"query-{next(self.api.updates)}",
                        "data": button["callback_data"],
                        "from": {"id": self.chat, "language_code": self.language},
                        "message": self._message(text=""),
                    }
                    return self._wait_for(
                        replies, lambda query=query: self.post(self.update(callback_query=query))
                    )
        raise AssertionError(f"There is no button {title!r}")

    def _message(self, **content: Any) -> dict[str, Any]:
        return {
            "message_id": 1,
            "chat": {"id": self.chat, "type": "private"},
            "from": {"id": self.chat, "language_code": self.language},
            **content,
        }

    def _wait_for(self, replies: int, act: Callable[[], int]) -> list[dict[str, Any]]:
        before = len(self.api.sent(self.chat))
        assert act() == 200
        return self.api.wait(self.chat, before + replies)[before:]
