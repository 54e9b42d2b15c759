"""Elman network, LSTM, GRU and every function agree with PyTorch, values and gradients.

The reference is tests/reference/pytorch.json; make_pytorch.py beside it says how it was made.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine.initialisation import draw_parameters
from rnntui.engine.trace import Trace
from rnntui.engine.training import Iteration, Trainer
from rnntui.language.functions import FUNCTIONS

REFERENCE = json.loads(
    (Path(__file__).parent.parent / "reference" / "pytorch.json").read_text(encoding="utf-8")
)
VALUES, GRADIENTS = 1e-12, 1e-10


def cell_id(cell: dict) -> str:
    return f"{cell['model']}-H{cell['hidden']}-T{len(cell['x'])}-{cell['reduction']}-{cell['seed']}"


def function_id(case: dict) -> str:
    sizes = ",".join("×".join(map(str, np.shape(a))) for a in case["arguments"].values())
    return f"{case['equation']} of {sizes}"


def toml_table(name: str, values: dict) -> str:
    """A JSON list of numbers is one in TOML too."""
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(v)}\n" for key, v in values.items())


def first_iteration(file: SequenceFile) -> Iteration:
    parameters = draw_parameters(file.program, file.parameters, file.sizes.get("hidden"), 0)
    trainer = Trainer(file.program, file.data.sequences, file.training)
    return trainer.iterate(trainer.start(parameters))


def run_cell(cell: dict) -> tuple[Iteration, Trace]:
    text = f'model = "{cell["model"]}"\n' + "\n".join(
        toml_table(name, values)
        for name, values in (
            ("sizes", {"hidden": cell["hidden"]}),
            ("data", {"values": cell["x"], "targets": cell["target"]}),
            ("parameters", cell["parameters"]),
            ("initial", cell["initial"]),
            ("training", {"reduction": cell["reduction"], "learning_rate": 0.5}),
        )
    )
    iteration = first_iteration(parse_sequence_file(text))
    return iteration, iteration.traces[0]


@pytest.mark.parametrize("cell", REFERENCE["cells"], ids=cell_id)
class TestCells:
    def test_every_state_at_every_timestep(self, cell):
        _, trace = run_cell(cell)
        for key, states in cell["states"].items():
            np.testing.assert_allclose(trace.values[key][1:], states, rtol=0, atol=VALUES)
            np.testing.assert_array_equal(trace.values[key][0], cell["initial"][key])

    def test_every_prediction_and_its_logits(self, cell):
        _, trace = run_cell(cell)
        np.testing.assert_allclose(trace.values["y"][1:], cell["y"], rtol=0, atol=VALUES)
        logits = trace.values["pre(y)"][1:]
        np.testing.assert_allclose(logits, cell["logits"], rtol=0, atol=VALUES)

    def test_the_loss_of_each_timestep_and_of_the_sequence(self, cell):
        iteration, trace = run_cell(cell)
        np.testing.assert_allclose(trace.values["loss"][1:], cell["losses"], rtol=0, atol=VALUES)
        assert trace.loss == pytest.approx(cell["loss"], rel=0, abs=12 * VALUES)
        assert iteration.loss == trace.loss

    def test_the_gradient_of_every_parameter(self, cell):
        iteration, _ = run_cell(cell)
        assert set(iteration.gradients) == set(cell["gradients"])
        for key, gradient in cell["gradients"].items():
            np.testing.assert_allclose(
                iteration.gradients[key], gradient, rtol=0, atol=GRADIENTS, err_msg=key
            )

    def test_the_gradient_of_the_initial_state(self, cell):
        _, trace = run_cell(cell)
        for key, gradient in cell["initial_gradients"].items():
            np.testing.assert_allclose(
                trace.gradients[key][0], gradient, rtol=0, atol=GRADIENTS, err_msg=key
            )

    def test_one_update_is_that_of_gradient_descent(self, cell):
        iteration, _ = run_cell(cell)
        for key, gradient in cell["gradients"].items():
            updated = np.array(cell["parameters"][key]) - 0.5 * np.array(gradient)
            np.testing.assert_allclose(
                iteration.after.parameters[key], updated, rtol=0, atol=GRADIENTS, err_msg=key
            )


def run_function(case: dict) -> Trace:
    loss = "sum(f * w)" if np.ndim(case["weights"]) else "f * w"
    text = (
        f'[model]\ncell = "f = {case["equation"]}"\nloss = "loss = {loss}"\n'
        + toml_table("data", {"length": 1})
        + toml_table("parameters", {**case["arguments"], "w": case["weights"]})
    )
    return first_iteration(parse_sequence_file(text)).traces[0]


@pytest.mark.parametrize("case", REFERENCE["functions"], ids=function_id)
class TestFunctions:
    def test_value(self, case):
        trace = run_function(case)
        np.testing.assert_allclose(trace.values["f"][1], case["value"], rtol=VALUES, atol=VALUES)

    def test_gradient_of_every_argument(self, case):
        trace = run_function(case)
        for key, gradient in case["gradients"].items():
            np.testing.assert_allclose(
                trace.parameter_gradients[key], gradient, rtol=GRADIENTS, atol=GRADIENTS
            )


def test_no_function_with_a_derivative_goes_unchecked():
    written = " ".join(case["equation"] for case in REFERENCE["functions"])
    # these have none, or are the derivative of one that is checked
    without = {"heaviside", "stop_gradient", "one_hot", "zeros", "ones", "xdivy", "argmax"}
    assert {name for name in FUNCTIONS if f"{name}(" not in written} == without
