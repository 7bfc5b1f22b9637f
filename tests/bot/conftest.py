"""The bot's components need settings, but no secrets."""

import bot  # noqa: F401 - before anything imports rasa
