"""Models of many equations: time in proportion to them, no formula too deep, a bound with its place."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from rnntui.cli import main
from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine.compiled_engine import can_compile, compiler_available
from rnntui.engine.trace import Trace, compute_trace
from rnntui.language.parse import MOST_EQUATIONS, MOST_NODES, parse_equations
from rnntui.session.checks import start_training
from rnntui.text.problems import InputError


def sequence_file(lines: list[str], sizes: str = "hidden = 2") -> SequenceFile:
    cell = "\n".join(lines)
    text = f"[model]\ncell = '''\n{cell}\n'''\nloss = \"squared_error(y, target)\"\n"
    data = "[data]\nvalues = [[0.1, 0.2], [0.3, -0.4], [0.3, 0.5]]\ntargets = [0.1, 0.2, 0.3]\n"
    return parse_sequence_file(f"{text}[sizes]\n{sizes}\n{data}")


def chain(n: int) -> list[str]:
    """Each equation needs the one before and its own past."""
    lines = [f"h{k} = tanh(w{k} * h{k - 1} + u{k} * h{k}[t-1])" for k in range(1, n)]
    return ["h0 = tanh(w0 * x[0])", *lines, f"y = h{n - 1}"]


def circle(n: int) -> list[str]:
    """A long way round from timestep to timestep, of one multiple after the other."""
    lines = [f"h{k} = tanh(w{k} * h{k - 1})" for k in range(1, n)]
    return [f"h0 = tanh(w0 * x[0] + h{n - 1}[t-1])", *lines, f"y = h{n - 1}"]


def used_by_all(n: int) -> list[str]:
    """One state that every other quantity uses."""
    lines = [f"h{k} = tanh(A{k} * h{k - 1} + B{k} * h0[t-1])" for k in range(1, n)]
    return ["h0 = tanh(W @ x + U @ h0[t-1])", *lines, f"y = sum(h{n - 1})"]


def unrelated(n: int) -> list[str]:
    """Quantities of which nothing tells the shape."""
    return [*(f"h{k} = tanh(b{k} + c{k})" for k in range(n)), "y = h0 * x[0]"]


SCALARS = "[shapes]\nh = []\ny = []"
KINDS = pytest.mark.parametrize("kind", [chain, circle, used_by_all, unrelated])


def traced(file: SequenceFile) -> Trace:
    _, state = start_training(file)
    return compute_trace(file.program, file.data.sequences[0], state.parameters)


def calls(lines: list[str]) -> int:
    """How many calls of functions it takes to read the equations and compute with them."""
    profile = cProfile.Profile()
    profile.runcall(lambda: traced(sequence_file(lines)))
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@KINDS
def test_work_grows_with_the_number_of_equations(kind: Callable[[int], list[str]]) -> None:
    traced(sequence_file(kind(3)))  # what is done only once
    small, large = calls(kind(60)), calls(kind(120))
    assert large < 2.3 * small


@KINDS
def test_no_formula_is_too_deep_for_python(kind: Callable[[int], list[str]]) -> None:
    trace = traced(sequence_file(kind(550)))
    assert np.isfinite(trace.loss)
    assert trace.fault() is None


def test_a_sum_of_very_many_gradients_is_the_sum() -> None:
    """∂L/∂h of a state that 300 equations use at t-1, beside the same model written with vectors."""
    n = 300
    many = [f"a{k} = v{k} * h[t-1]" for k in range(n)]
    groups = [range(start, start + 50) for start in range(0, n, 50)]
    sums = [f"s{k} = " + " + ".join(f"a{j}" for j in group) for k, group in enumerate(groups)]
    total = " + ".join(f"s{k}" for k in range(len(groups)))
    state = "h = tanh(w * x[0] + 0.01 * h[t-1])"
    written = sequence_file([state, *many, *sums, f"y = {total}"], SCALARS)
    with_vectors = sequence_file(
        [state, f"y = dot(v, concat({', '.join(['h[t-1]'] * n)}))"], SCALARS
    )
    sequence = written.data.sequences[0]
    v = np.linspace(0.1, 1, n)
    parameters = {"w": np.array(0.7), **{f"v{k}": v[k] for k in range(n)}}
    found = compute_trace(
        written.program, sequence, {k: np.array(p) for k, p in parameters.items()}
    )
    expected = compute_trace(with_vectors.program, sequence, {"w": np.array(0.7), "v": v})
    np.testing.assert_allclose(found.gradients["h"], expected.gradients["h"], rtol=1e-12)
    np.testing.assert_allclose(found.parameter_gradients["w"], expected.parameter_gradients["w"])


def test_more_equations_than_are_computed_are_refused_where_they_begin() -> None:
    parse_equations("\n".join(f"h{k} = x" for k in range(MOST_EQUATIONS)))
    with pytest.raises(InputError) as refused:
        parse_equations("\n".join(f"h{k} = x" for k in range(3 * MOST_EQUATIONS)))
    (problem,) = refused.value.problems
    assert "more than 2,000 equations" in problem.message
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (MOST_EQUATIONS + 1, 1)


def test_longer_equations_than_are_computed_are_refused_where_they_begin() -> None:
    line = "h{} = " + " + ".join(["x"] * 100)  # 199 nodes
    most = MOST_NODES // 199
    parse_equations("\n".join(line.format(k) for k in range(most)))
    with pytest.raises(InputError, match=f"line {most + 1}, column 1: .* more than 50,000 names"):
        parse_equations("\n".join(line.format(k) for k in range(most + 50)))


def test_of_many_wrong_lines_the_first_are_told() -> None:
    with pytest.raises(InputError) as refused:
        parse_equations("\n".join(["nothing"] * 1000))
    assert len(refused.value.problems) == 20


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 10_000 + "x" + ")" * 10_000,
        " + ".join(["x"] * 5_000),
        " + ".join(["x"] * 200_000),
        "-" * 10_000 + "x",
        "tanh(" * 5_000 + "x" + ")" * 5_000,
        "x" + ".T" * 10_000,
        "x" + "[0]" * 10_000,
        " ** ".join(["x"] * 5_000),
        " < ".join(["x"] * 5_000),
        "concat(" + ", ".join(["x"] * 100_000) + ")",
    ],
    ids=lambda text: text[:8] + str(len(text)),
)
def test_a_formula_that_is_too_deep_or_too_long_is_one_message(expression: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_equations(f"h = {expression}")
    (problem,) = refused.value.problems
    assert problem.place is not None
    assert problem.place.line == 1
    assert len(str(problem)) < 500


@pytest.mark.skipif(not compiler_available(), reason="llvmlite is an extra")
def test_hundreds_of_equations_are_compiled_as_they_are() -> None:
    from rnntui.engine.compiled_engine import CompiledEngine

    trainer, start = start_training(sequence_file(chain(100)))
    expected = trainer.iterate(start)
    began = time.process_time()
    engine = CompiledEngine(trainer)
    assert time.process_time() - began < 10
    found, (loss,) = engine.train(start, 1)
    assert loss == pytest.approx(expected.loss, rel=1e-12)
    assert expected.after is not None
    for key, value in expected.after.parameters.items():
        np.testing.assert_allclose(found.parameters[key], value, rtol=1e-12, atol=1e-15)


def test_too_many_equations_are_not_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnntui.engine.compiled_engine.MOST_COMPILED", 150)
    assert not can_compile(sequence_file(chain(60)).program)
    path = tmp_path / "f.toml"
    lines = "\n".join(chain(60))
    path.write_text(
        f"[model]\ncell = '''\n{lines}\n'''\nloss = \"squared_error(y, target)\"\n"
        "[data]\nvalues = [[0.1], [0.3]]\ntargets = [0.1, 0.2]\n[training]\nlearning_rate = 0.0\n"
    )
    result = CliRunner().invoke(main, ["train", str(path), "--engine", "compiled"])
    assert result.exit_code == 2
    if compiler_available():
        assert "the model has more than 150 equations, forward and backward" in result.stderr
