"""Training messages: every topic in every offered language, enough of them, none twice."""

from collections.abc import Iterator

import yaml

from bot.evaluation import OUT_OF_SCOPE
from contact_point.settings import ROOT, settings
from contact_point.topics import TOPICS

LEAST = {"answer": 15, "task": 15, "talk": 12, "safety": 30}
LEAST_OUT_OF_SCOPE = 60
"""Examples of a topic of each kind: fewer taught the model too little. What is out of scope has no
end, and what is danger must not be missed."""


def faults() -> Iterator[str]:
    """Faults in `data/nlu/<language>/*.yml`."""
    for language in settings().municipality.languages:
        counts = dict.fromkeys(TOPICS, 0)
        seen: dict[str, str] = {}
        for path in sorted((ROOT / "data" / "nlu" / language).glob("*.yml")):
            place = path.relative_to(ROOT).as_posix()
            try:
                root = yaml.compose(path.read_text(encoding="utf-8"))
            except yaml.MarkedYAMLError as error:
                line = error.problem_mark.line + 1 if error.problem_mark else 1
                yield f"{place}:{line}: {error.problem}"
                continue
            for block in _blocks(root) if isinstance(root, yaml.MappingNode) else ():
                yield from _block_faults(block, place, language, counts, seen)
        for topic, count in counts.items():
            least = LEAST_OUT_OF_SCOPE if topic == OUT_OF_SCOPE else LEAST[TOPICS[topic].kind]
            if count < least:
                folder = f"data/nlu/{language}/{TOPICS[topic].group}.yml"
                yield f"{folder}:1: {topic}: {count} examples; at least {least}"


def _blocks(root: yaml.MappingNode) -> Iterator[dict[str, yaml.Node]]:
    for key, value in root.value:
        if key.value == "nlu":
            for block in value.value:
                yield {name.value: node for name, node in block.value}


def _block_faults(
    block: dict[str, yaml.Node],
    place: str,
    language: str,
    counts: dict[str, int],
    seen: dict[str, str],
) -> Iterator[str]:
    missing = [key for key in ("intent", "examples") if key not in block]
    if missing:
        line = min(node.start_mark.line for node in block.values()) + 1
        yield f"{place}:{line}: {' and '.join(missing)}: missing in this block"
        return
    intent = block["intent"]
    line = intent.start_mark.line + 1
    if intent.value not in TOPICS:
        yield f"{place}:{line}: {intent.value!r} is not a topic of the catalogue"
        return
    metadata = yaml.safe_load(yaml.serialize(block["metadata"])) if "metadata" in block else {}
    if metadata.get("language") != language:
        yield f"{place}:{line}: metadata: write language: {language}"
    start = block["examples"].start_mark.line + 2
    for offset, example in enumerate(block["examples"].value.splitlines()):
        text = example.removeprefix("- ").strip()
        if not text:
            continue
        counts[intent.value] += 1
        key = text.casefold()
        if key in seen:
            yield f"{place}:{start + offset}: stands already at {seen[key]}"
        seen[key] = f"{place}:{start + offset} ({intent.value})"
        if text.startswith("/"):
            yield f"{place}:{start + offset}: an example can't begin with /"
