"""What runs inside the Rasa server."""

from bot import without_tensorflow  # noqa: F401 - before anything imports rasa
