"""The index may only leave out rules that could not have matched."""

import json
from typing import Any
from unittest.mock import Mock

from hypothesis import given
from hypothesis import strategies as st
from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy

from bot.rule_policy import IndexedRulePolicy

_ACTIONS = ["action_listen", "utter_answer", "booking_form", "..."]
_INTENTS = ["greet", "taxes", "inform"]


def _sub_state(key: str, values: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={key: st.sampled_from([*values, SHOULD_NOT_BE_SET])})


_STATES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "prev_action": _sub_state("action_name", _ACTIONS),
            "user": _sub_state("intent", _INTENTS),
            "slots": _sub_state("requested_slot", ["name", "slot"]),
        },
    ),
    min_size=1,
    max_size=3,
)


def _policy(kind: type[RulePolicy]) -> RulePolicy:
    return kind(kind.get_default_config(), Mock(), Mock(), Mock(), lookup={})


@given(st.lists(_STATES, max_size=12), _STATES)
def test_the_same_rules_apply(rules: list[list[dict[str, Any]]], states: list[Any]) -> None:
    lookup = {json.dumps(rule, sort_keys=True): "utter_answer" for rule in rules}
    expected = _policy(RulePolicy)._get_possible_keys(lookup, states)
    assert _policy(IndexedRulePolicy)._get_possible_keys(lookup, states) == expected


def test_rules_that_training_adds_are_found() -> None:
    policy, lookup = _policy(IndexedRulePolicy), {}
    states = [{"user": {"intent": "greet"}, "prev_action": {"action_name": "action_listen"}}]
    assert policy._get_possible_keys(lookup, states) == set()
    lookup[json.dumps(states)] = "utter_menu"
    assert policy._get_possible_keys(lookup, states) == {json.dumps(states)}
