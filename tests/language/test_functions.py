"""Functions are one entry each: a definition in the language is their value, derivative and kernel."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.language.definitions import defined_value, expand
from rnntui.language.function import Function
from rnntui.language.functions import FUNCTIONS
from rnntui.language.parse import parse_expression
from rnntui.language.source_text import to_text
from rnntui.language.tree import Call
from rnntui.notation.formula import formula_text, to_formula
from rnntui.session.checks import start_training
from rnntui.text.problems import InputError

RANDOM = np.random.default_rng(3)
DEFINED = [f.name for f in FUNCTIONS.values() if f.definition]
compiles = pytest.mark.skipif(
    importlib.util.find_spec("llvmlite") is None, reason="llvmlite is an extra"
)

# by kind: a line that uses the function, on what is in (0, 1), and in a recurrence
LINES = {
    "elementwise": "q = {f}(2 * p - 0.9 * h[t-1])",
    "vector": "q = {f}(2 * p - 0.9 * h[t-1])",
    "reduce": "q = p * {f}(2 * p - 0.9 * h[t-1])",
    "dot": "q = p * {f}(p, h[t-1])",
    "loss": "q = p * {f}(p, sigmoid(h[t-1]))",
}
PAIRS = {
    "clip": "q = clip(2 * p - h[t-1], -0.2, p[0])",
    "xdivy": "q = xdivy(h[t-1], p)",
    "xlogy": "q = xlogy(h[t-1], p)",
    "mod": "q = mod(3 * h[t-1], p)",
}


def file(line: str, hidden: int = 3) -> SequenceFile:
    return parse_sequence_file(f"""
[model]
cell = '''
p = sigmoid(W @ x + U @ h[t-1] + b)
{line}
h = tanh(V @ q)
'''
readout = "y = softmax(W_y @ h + b_y)"
loss = "cross_entropy(y, target)"
[sizes]
hidden = {hidden}
[shapes]
h = [{hidden}]
p = [{hidden}]
q = [{hidden}]
[data]
one_hot = "ABC"
sequences = ["ABCAB", "CBA"]
targets = "next"
[training]
learning_rate = 0.1
batch = 2
""")


def line_of(function: Function) -> str:
    line = PAIRS.get(function.name) or LINES.get(function.kind)
    if line is None:
        line = "q = {f}(p, h[t-1])" if function.kind == "pairwise" else "q = p"
    return line.format(f=function.name)


@pytest.mark.parametrize("name", DEFINED)
def test_a_value_beside_a_definition_is_the_same(name: str) -> None:
    function = FUNCTIONS[name]
    if function.value is None:
        pytest.skip("it has none")
    for _ in range(20):
        given = [RANDOM.uniform(0.05, 0.95, 4) for _ in function.arguments]
        np.testing.assert_allclose(
            defined_value(name)(*given), function.value(*given), rtol=1e-13, atol=1e-15
        )


@pytest.mark.parametrize("name", DEFINED)
def test_a_definition_is_made_of_functions_that_come_to_primitives(name: str) -> None:
    function = FUNCTIONS[name]
    seen = {name}
    waiting = [parse_expression(f"{name}({', '.join('a' * len(function.arguments))})")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call) and (made_of := expand(node, lambda _: (3,))) is not None:
            waiting.append(made_of)
            continue
        if isinstance(node, Call):
            seen.add(node.function)
        waiting.extend(node.children())
    assert not {n for n in seen - {name} if FUNCTIONS[n].definition}


@compiles
@pytest.mark.parametrize("hidden", [3, 21])
@pytest.mark.parametrize(
    "name", [f.name for f in FUNCTIONS.values() if f.kind in LINES or f.name in PAIRS]
)
def test_compiled_it_is_what_numpy_has(name: str, hidden: int) -> None:
    from rnntui.engine.compiled_engine import CompiledEngine

    trainer, start = start_training(file(line_of(FUNCTIONS[name]), hidden))
    expected, losses = NumpyEngine(trainer).train(start, 3)
    found, ours = CompiledEngine(trainer).train(start, 3)
    assert len(losses) == 3
    np.testing.assert_allclose(ours, losses, rtol=1e-12)
    for key, value in expected.parameters.items():
        np.testing.assert_allclose(found.parameters[key], value, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "definition", ["z * sigmoid(1.5 * z)", "where(z > 0, log1p(z), -log1p(-z))"]
)
def test_adding_one_is_one_entry(definition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function = Function("own", "elementwise", None, None, definition=definition)
    monkeypatch.setitem(FUNCTIONS, "own", function)
    written = definition.replace("z", "(2 * p - 0.9 * h[t-1])")
    (trainer, start), (other, _) = (
        start_training(file(f"q = {f}")) for f in ("own(2 * p - 0.9 * h[t-1])", written)
    )
    ours, theirs = trainer.iterate(start), other.iterate(start)
    assert ours.loss == pytest.approx(theirs.loss, rel=1e-14)
    assert ours.after is not None
    assert theirs.after is not None
    for key, value in theirs.after.parameters.items():
        np.testing.assert_allclose(ours.after.parameters[key], value, rtol=1e-12, atol=1e-15)
    tree = parse_expression("own(a + b)")
    assert to_text(tree) == "own(a + b)"
    assert "own" in formula_text(to_formula(tree))
    if importlib.util.find_spec("llvmlite") is not None:
        from rnntui.engine.compiled_engine import CompiledEngine

        found, _ = CompiledEngine(trainer).train(start, 1)
        for key, value in ours.after.parameters.items():
            np.testing.assert_allclose(found.parameters[key], value, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("mse(y, target)", "mean_squared_error"), ("clamp(z, 0, 1)", "clip(z, low, high)"),
        ("sigmoidd(z)", "`sigmoid`"), ("soft_max(z)", "`softmax`"), ("dropout(z)", ""), ("foo(z)", ""),
    ],
)  # fmt: skip
def test_a_hint_is_no_other_functions_name_by_accident(written: str, hint: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_expression(written)
    (problem,) = refused.value.problems
    assert hint in problem.hint if hint else not problem.hint
