"""Finds the translatable strings of domain.yml for Babel: texts and button titles."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

Message = tuple[int, str, str, list[str]]


def extract_domain(
    fileobj: BinaryIO, _keywords: object, _comment_tags: object, options: object
) -> Iterator[Message]:
    """Babel extraction method: (line, function, message, comments) of each string."""
    root = yaml.compose(fileobj.read().decode("utf-8"))
    for key, node in _children(root):
        if key == "responses":
            for name, variants in _children(node):
                for variant in variants.value:
                    yield from _texts(name, variant)


def _texts(response: str, variant: yaml.MappingNode) -> Iterator[Message]:
    for key, node in _children(variant):
        if key == "text" and node.value:
            yield node.start_mark.line + 1, "gettext", node.value, [response]
        elif key == "buttons":
            for button in node.value:
                yield from (
                    (title.start_mark.line + 1, "gettext", title.value, [response])
                    for name, title in _children(button)
                    if name == "title"
                )


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, value) for key, value in node.value)
