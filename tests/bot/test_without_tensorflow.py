"""The product runs without TensorFlow."""

import sys

from bot.without_tensorflow import Placeholder


def test_tensorflow_is_a_placeholder() -> None:
    import tensorflow as tf

    assert tf.keras.layers.Dense is Placeholder
    assert tf.function(len) is not None
    assert not hasattr(sys.modules["tensorflow"], "__file__")


def test_rasa_imports_every_component() -> None:
    from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS

    assert len(DEFAULT_COMPONENTS) > 20
