"""Training data as Rasa gets it: every message, once in each language."""

from pathlib import Path

from rasa.shared.nlu.constants import INTENT, TEXT

from bot.language_identifier import training_language
from bot.training_messages import NLU, TrainingMessages, blocks


def test_every_message_with_its_topic_and_language() -> None:
    read = {
        (message.get(TEXT), message.get(INTENT), training_language(message))
        for message in TrainingMessages().get_nlu_data().training_examples
    }
    written = {
        (text, block["intent"], path.parent.name)
        for path in NLU.glob("*/*.yml")
        for block, texts in blocks(path)
        for text in texts
    }
    assert len(written) > 30_000
    assert read == written


def test_the_same_text_in_two_languages_is_two_messages() -> None:
    shared = [
        training_language(message)
        for message in TrainingMessages().get_nlu_data().training_examples
        if message.get(TEXT) == "sfi"
    ]
    assert len(shared) == len(set(shared)) > 1


def test_the_rules_are_read() -> None:
    importer = TrainingMessages(domain_path="domain.yml")
    assert importer.get_stories().story_steps


def test_a_file_is_read_block_by_block(tmp_path: Path) -> None:
    file = tmp_path / "housing.yml"
    file.write_text(
        "nlu:\n- intent: find_housing\n  examples: |\n    - en lägenhet\n    - rum\n",
        encoding="utf-8",
    )
    assert [(block["intent"], texts) for block, texts in blocks(file)] == [
        ("find_housing", ["en lägenhet", "rum"])
    ]
