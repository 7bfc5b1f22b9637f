"""A newcomer on the web channel, over real HTTP."""

import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

WAIT_SECONDS = 20


class Newcomer:
    """Writes, presses buttons, reads."""

    def __init__(self, base: str, language: str = "sv") -> None:
        self.base = base
        self.cursor = 0
        self.state = "bot"
        self.language = language
        self.token = ""
        self.token = self.call("POST", "/chat/conversations", {"language": language})["token"]

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One request; raises urllib.error.HTTPError on a refusal."""
        chosen = self.token if token is None else token
        request = urllib.request.Request(
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {chosen}"} if chosen else {}),
        )
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as response:
            return json.load(response)

    def write(self, text: str) -> list[dict[str, Any]]:
        """Send a text and wait for what is said to it."""
        return self.send({"text": text})

    def press(self, title: str) -> list[dict[str, Any]]:
        """Press the newest button with a title."""
        for message in reversed(self.everything()):
            for index, button in enumerate(message.get("buttons", [])):
                if button == title:
                    return self.send({"button": {"message": message["cursor"], "index": index}})
        raise AssertionError(f"There is no button {title!r}")

    def everything(self) -> list[dict[str, Any]]:
        """All messages of the conversation."""
        return list(self.call("GET", "/chat/messages?after=0")["messages"])

    def wait(self, count: int = 1) -> list[dict[str, Any]]:
        """The next messages that others say."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            content = self.call("GET", f"/chat/messages?after={self.cursor}")
            said = [each for each in content["messages"] if each["author"] != "newcomer"]
            if len(said) >= count:
                self.cursor = content["messages"][-1]["cursor"]
                self.state, self.language = content["state"], content["language"]
                return said
            time.sleep(0.02)
        raise AssertionError("Nothing was said")

    def send(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        self.cursor = self.call("POST", "/chat/messages", {"id": uuid.uuid4().hex, **content})[
            "cursor"
        ]
        return self.wait()


def refused(newcomer: Newcomer, method: str, path: str, body: Any = None, token: str = "") -> int:
    """The status of a request that is refused."""
    try:
        newcomer.call(method, path, body, token)
    except urllib.error.HTTPError as error:
        return error.code
    return 200
