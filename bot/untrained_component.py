"""What the steps of understanding that learn nothing have in common."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage


class UntrainedComponent(GraphComponent):
    """A component that is made from its settings in config.yml alone."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Args: `config`: the defaults with what config.yml says instead."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "UntrainedComponent":
        """Rasa's constructor."""
        return cls(config)
