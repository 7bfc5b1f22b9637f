"""The same results as Rasa's runner, for whatever is asked of the graph."""

from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core import processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner

from bot import graph_runner
from bot.graph_runner import OrderedGraphRunner


class Sum(GraphComponent):
    """Adds up what it gets."""

    @classmethod
    def create(cls, *_args: Any, **_kwargs: Any) -> "Sum":
        return cls()

    def run(self, first: int = 0, second: int = 0) -> int:
        return first + second + 1


def _node(**needs: str) -> SchemaNode:
    return SchemaNode(needs=needs, uses=Sum, constructor_name="create", fn="run", config={})


def _schema(links: list[tuple[int, int]]) -> GraphSchema:
    """Node n needs one or two nodes before it, or the input."""
    nodes = {}
    for number, (first, second) in enumerate(links):
        nodes[f"n{number}"] = _node(
            first=f"n{first % number}" if number else "given",
            second=f"n{second % number}" if number else "given",
        )
    return GraphSchema(nodes)


def _runner(kind: type[DaskGraphRunner], schema: GraphSchema) -> DaskGraphRunner:
    return kind.create(schema, Mock(), ExecutionContext(schema, "model"))


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=8), st.data()
)
def test_results_are_those_of_rasa(links: list[tuple[int, int]], data: st.DataObject) -> None:
    schema = _schema(links)
    targets = data.draw(st.lists(st.sampled_from(sorted(schema.nodes)), min_size=1, unique=True))
    ordered, dask = (_runner(kind, schema) for kind in (OrderedGraphRunner, DaskGraphRunner))
    for given_value in (1, 5):  # the order that is kept must not keep results
        inputs = {"given": given_value}
        assert ordered.run(inputs, targets) == dask.run(inputs, targets)


def test_a_missing_input_is_told() -> None:
    runner = _runner(OrderedGraphRunner, _schema([(0, 0)]))
    with pytest.raises(GraphRunError, match="Expected input 'given'"):
        runner.run({}, ["n0"])


def test_agents_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "DaskGraphRunner", DaskGraphRunner)
    graph_runner.install()
    assert processor.DaskGraphRunner is OrderedGraphRunner
