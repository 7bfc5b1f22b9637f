"""The bot's components need settings, but no secrets."""

import logging

import bot  # noqa: F401 - before anything imports rasa

# isort: split
from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

from bot import graph_runner
from command_line import train


def load_agent() -> Agent:
    """The trained model, as a Rasa server has it."""
    configure_structlog(logging.ERROR)
    graph_runner.install()
    return Agent.load(str(train.model_path()))
