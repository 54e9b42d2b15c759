"""Keys are their text, and know their parts."""

from __future__ import annotations

import copy
import pickle

import pytest

from rnntui.language.keys import Key, derived, grad, pre, setting, weight
from rnntui.language.parse import parse_equations, parse_expression
from rnntui.language.tree import Equation, Name


@pytest.mark.parametrize(
    ("key", "text", "operator", "of", "quantity"),
    [
        (Key("h"), "h", "", "h", "h"),
        (pre("h"), "pre(h)", "pre", "h", "h"),
        (grad("W_hh"), "grad(W_hh)", "grad", "W_hh", "W_hh"),
        (grad(pre("h")), "grad(pre(h))", "grad", "pre(h)", "h"),
        (weight("loss"), "weight(loss)", "weight", "loss", "loss"),
        (setting("beta1"), "hyper(beta1)", "hyper", "beta1", "beta1"),
        (derived("m", "W"), "m(W)", "m", "W", "W"),
    ],
)
def test_made_or_parsed_a_key_is_the_same(key, text, operator, of, quantity) -> None:
    for found in (key, Key(text), pickle.loads(pickle.dumps(key)), copy.deepcopy(key)):
        assert isinstance(found, Key)
        assert (found, found.operator, found.of, found.quantity) == (text, operator, of, quantity)
        assert isinstance(found.of, Key)
        assert {text: 1}[found] == {found: 1}[text] == 1


def test_a_key_is_taken_apart_by_matching() -> None:
    def said(key: str) -> str:
        match Key(key):
            case Key("grad", Key("pre", of)):
                return f"of the pre-activation of {of}"
            case Key("grad", of):
                return f"of {of}"
            case Key(""):
                return "a name"
        return "something else"

    assert [said(key) for key in ("grad(pre(h))", "grad(h)", "h", "m(W)")] == [
        "of the pre-activation of h", "of h", "a name", "something else",
    ]  # fmt: skip


def test_what_the_language_reads_has_keys() -> None:
    (equation,) = parse_equations("s = tanh(a)")
    assert equation.target.operator == ""
    assert parse_expression("grad(pre(s))") == Name(grad(pre("s")))
    assert Equation("grad(s)", Name("a")).target.of == "s"
