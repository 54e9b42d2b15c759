"""Keys of a file that the command line sets."""

from __future__ import annotations

import copy

import pytest

from rnntui.data.overrides import with_overrides
from rnntui.text.problems import InputError
from rnntui.text.toml import parse_toml

TEXT = "sizes.hidden = 2\n[training]\nlearning_rate = 0.1\ninitialisation = { W = 'zeros' }\n"


def test_keys_are_set_in_a_copy() -> None:
    toml = parse_toml(TEXT, "f.toml")
    before = copy.deepcopy(toml.data)
    keys = [
        "training.learning_rate=1e-3",
        "training.initialisation.V=keras",
        "data.a.b=[1]",
        "title=x",
    ]
    data = with_overrides(toml, keys).data
    assert data == {
        "sizes": {"hidden": 2},
        "training": {"learning_rate": 1e-3, "initialisation": {"W": "zeros", "V": "keras"}},
        "data": {"a": {"b": [1]}},
        "title": "x",
    }
    assert toml.data == before


@pytest.mark.parametrize("keys", [[], ["training.seed=1"], ["a.a.b=1"]])
def test_of_tables_within_tables_only_those_on_the_way_are_copied(keys: list[str]) -> None:
    toml = parse_toml("a." * 1500 + "a = 1", "f.toml")
    assert with_overrides(toml, keys).data["a"]["a"]["a"] is toml.data["a"]["a"]["a"]


@pytest.mark.parametrize("key", ["sizes.hidden.x=1", "sizes", "=1", "a..b=1"])
def test_what_sets_nothing_is_refused(key: str) -> None:
    with pytest.raises(InputError):
        with_overrides(parse_toml(TEXT, "f.toml"), [key])
