"""Rasa's command line without TensorFlow, without telemetry: `python -m bot run …`."""

import os
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
warnings.filterwarnings("ignore", message=".*declarative_base.*")
# It is: bot.rule_policy's is one.
warnings.filterwarnings("ignore", message="'RulePolicy' is not included")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

if __name__ == "__main__":
    from rasa.__main__ import main

    from bot import graph_runner

    graph_runner.install()
    main()
