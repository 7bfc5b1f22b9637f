"""Puts every message into one way of writing (`contact_point/spelling.py`)."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from contact_point.spelling import normalise

NORMALISED = "normalised_text"
"""The message attribute that later components read."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TextNormaliser(GraphComponent):
    """Puts the normalised text on each message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TextNormaliser":
        """Rasa's constructor."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise messages in use."""
        for message in messages:
            message.set(NORMALISED, normalise(message.get(TEXT) or ""), add_to_output=False)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise the training messages in the same way."""
        self.process(training_data.training_examples)
        return training_data
