"""Rasa's rule policy with an index: it looks only at rules whose last step can match.

Rasa compares every rule with every step of the dialogue, twice a turn. Nearly all of them fail on
the latest step's intent or action already, so rules are looked up by those two.
"""

from collections import defaultdict
from typing import Any

from rasa.core.policies import rule_policy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

Step = tuple[str | None, str | None]
"""A previous action and an intent; None where a rule leaves it open."""


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class IndexedRulePolicy(rule_policy.RulePolicy):
    """Predicts exactly what `RulePolicy` does, in less time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._indexes: dict[int, tuple[dict[str, str], int, dict[Step, dict[str, str]]]] = {}

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states or not states[-1].get(PREVIOUS_ACTION):
            # The start of a conversation fits every rule that begins there.
            return set(super()._get_possible_keys(lookup, states))
        action, intent = _step(states[-1])
        index = self._index(lookup)
        candidates: dict[str, str] = {}
        for step in {(action, intent), (action, None), (None, intent), (None, None)}:
            candidates |= index.get(step, {})
        return set(super()._get_possible_keys(candidates, states))

    def _index(self, lookup: dict[str, str]) -> dict[Step, dict[str, str]]:
        """The rules of a lookup table by their last step; made anew while training adds rules."""
        _, size, index = self._indexes.get(id(lookup), (lookup, -1, {}))
        if size != len(lookup):
            index = defaultdict(dict)
            for key, action in lookup.items():
                index[_step(self._rule_key_to_state(key)[-1])][key] = action
            # The table is kept too: its id must not come to name another one.
            self._indexes[id(lookup)] = lookup, len(lookup), index
        return index


def _step(state: State) -> Step:
    action = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
    intent = state.get(USER, {}).get(INTENT)
    return _named(action), _named(intent)


def _named(value: Any) -> str | None:
    """A name that must be there; no name where it must not or need not be."""
    return value if value and value != rule_policy.SHOULD_NOT_BE_SET else None
