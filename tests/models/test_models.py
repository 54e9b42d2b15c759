"""The shipped models: each loads and binds, its gradients are right, and it computes its equations."""

from __future__ import annotations

import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_numpy import RECURRENCES, sigmoid

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine.initialisation import draw_parameters
from rnntui.engine.training import Iteration, Trainer, TrainingState
from rnntui.models.library import load_model, model_names

REFERENCE = Path(__file__).parent.parent / "reference"
ADAM = json.loads((REFERENCE / "adam_fixture.json").read_text(encoding="utf-8"))
STACKED = json.loads((REFERENCE / "stacked_lstm.json").read_text(encoding="utf-8"))
HIDDEN, INPUTS, LENGTH = 3, 2, 5
STEP = 1e-6  # of central differences

Array = np.ndarray


def toml_table(name: str, values: dict[str, Any]) -> str:
    """A JSON list of numbers is one in TOML too."""
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(v)}\n" for key, v in values.items())


def sequence_file(
    head: str, x: Any, target: Any, hidden: int, parameters: dict[str, Any] | None = None
) -> SequenceFile:
    """A file with one sequence and the mean loss over its timesteps."""
    text = "\n".join(
        [
            head,
            toml_table("sizes", {"hidden": hidden}),
            toml_table("data", {"values": np.array(x).tolist(), "targets": np.array(target).tolist()}),
            toml_table("parameters", {k: np.array(v).tolist() for k, v in (parameters or {}).items()}),
            toml_table("training", {"reduction": "mean"}),
        ]
    )  # fmt: skip
    return parse_sequence_file(text)


def iterate(file: SequenceFile, parameters: dict[str, Array]) -> Iteration:
    trainer = Trainer(file.program, file.data.sequences, file.training)
    return trainer.iterate(TrainingState(0, parameters))


def first(file: SequenceFile) -> Iteration:
    return iterate(file, draw_parameters(file.program, file.parameters, None, 0))


def random_parameters(file: SequenceFile, seed: int) -> dict[str, Array]:
    generator = np.random.default_rng(seed)
    shapes = file.program.shapes
    return {key: generator.normal(0, 0.7, shapes[key]) for key in file.model.parameters}


def random_case(name: str, seed: int) -> tuple[SequenceFile, dict[str, Array]]:
    """A small sequence for a model, with targets that fit its readout."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(LENGTH, INPUTS))
    target = generator.dirichlet(np.ones(2), LENGTH)
    if name.startswith("carousel"):
        target = target[:, 0]
    file = sequence_file(f'model = "{name}"', x, target, HIDDEN)
    return file, random_parameters(file, seed)


def central_differences(file: SequenceFile, parameters: dict[str, Array], key: str) -> Array:
    """∂L/∂key by its definition, from the loss alone."""
    gradient = np.zeros(parameters[key].shape)
    for place in np.ndindex(*gradient.shape):
        losses = []
        for sign in (1, -1):
            moved = parameters[key].copy()
            moved[place] += sign * STEP
            losses.append(iterate(file, {**parameters, key: moved}).loss)
        gradient[place] = (losses[0] - losses[1]) / (2 * STEP)
    return gradient


@pytest.mark.parametrize("name", model_names())
class TestEveryModel:
    def test_it_says_what_it_is_and_where_it_is_from(self, name):
        model = load_model(name)
        assert model.title
        assert any(year in model.source for year in map(str, range(1980, 2030)))
        assert all(equation.description for equation in model.equations)
        assert all(equation.role for equation in model.equations)

    def test_it_binds_with_the_shapes_of_the_data_and_the_hidden_size(self, name):
        file, _ = random_case(name, 0)
        shapes = file.program.shapes
        assert shapes["loss"] == ()
        for state in file.model.states:
            assert shapes[state] == (() if name.startswith("carousel") else (HIDDEN,))


# all but lstm-1997, whose gradients are truncated: see TestLstm1997
@pytest.mark.parametrize("name", [name for name in model_names() if name != "lstm-1997"])
@pytest.mark.parametrize("seed", [1, 2])
def test_gradients_are_central_differences(name, seed):
    file, parameters = random_case(name, seed)
    gradients = iterate(file, parameters).gradients
    assert set(gradients) == set(parameters)
    for key in parameters:
        expected = central_differences(file, parameters, key)
        np.testing.assert_allclose(gradients[key], expected, rtol=1e-5, atol=1e-8, err_msg=key)


class TestSrn:
    @pytest.mark.parametrize("key", ["srn", "srn3"])
    def test_the_first_update_of_the_fixture(self, key):
        fixture = ADAM[key]
        names = {"W_ih": "W", "W_hh": "U", "b_h": "b", "W_hy": "V", "b_y": "c", "H0": "H0"}
        parameters = {ours: np.transpose(fixture["init"][its]) for ours, its in names.items()}
        iteration = first_of_fixture("srn", fixture, parameters)
        for ours, its in names.items():
            np.testing.assert_allclose(
                iteration.gradients[ours], np.transpose(fixture["first"]["grads"][its]),
                rtol=0, atol=1e-10, err_msg=ours,
            )  # fmt: skip

    def test_the_initial_state_is_learned(self):
        file, parameters = random_case("srn", 4)
        trace = iterate(file, parameters).traces[0]
        np.testing.assert_array_equal(trace.values["h"][0], np.tanh(parameters["H0"]))
        slope = 1 - np.tanh(parameters["H0"]) ** 2
        np.testing.assert_allclose(
            trace.parameter_gradients["H0"], slope * trace.gradients["h"][0], rtol=1e-14
        )


class TestLstmOneBias:
    def test_the_first_update_of_the_fixture(self):
        fixture = ADAM["lstm"]
        iteration = first_of_fixture("lstm-one-bias", fixture, by_gate(fixture["init"]))
        for key, gradient in by_gate(fixture["first"]["grads"]).items():
            np.testing.assert_allclose(
                iteration.gradients[key], gradient, rtol=0, atol=1e-10, err_msg=key
            )

    def test_it_is_pytorchs_with_the_sum_of_both_biases(self):
        file, parameters = random_case("lstm", 5)
        single = {k: v for k, v in parameters.items() if not k.startswith(("b_i", "b_h"))}
        for gate in "ifgo":
            single[f"b_{gate}"] = parameters[f"b_i{gate}"] + parameters[f"b_h{gate}"]
        other, _ = random_case("lstm-one-bias", 5)
        one, two = iterate(file, parameters).traces[0], iterate(other, single).traces[0]
        for key in ("c", "h", "y", "loss"):
            np.testing.assert_allclose(one.values[key], two.values[key], rtol=1e-13)


def by_gate(values: dict[str, Any]) -> dict[str, Array]:
    """The fixture's W, U and b, whose columns are the gates i, f, g, o, under our names."""
    found = {"W_hy": np.transpose(values["V"]), "b_y": np.array(values["c"])}
    for its, ours in (("W", "W_i{}"), ("U", "W_h{}"), ("b", "b_{}")):
        for gate, part in zip("ifgo", np.split(np.array(values[its]), 4, axis=-1), strict=True):
            found[ours.format(gate)] = part.T
    return found


def first_of_fixture(name: str, fixture: dict, parameters: dict[str, Array]) -> Iteration:
    """The fixture's first iteration; loss, hidden state and probabilities are held against it."""
    unit, sequence, expected = np.eye(fixture["K"]), fixture["first"]["seq"], fixture["first"]
    file = sequence_file(
        f'model = "{name}"', unit[sequence[:-1]], unit[sequence[1:]], fixture["H"], parameters
    )
    iteration = first(file)
    values = iteration.traces[0].values
    assert iteration.loss == pytest.approx(expected["loss"], rel=0, abs=1e-12)
    np.testing.assert_allclose(values["h"][1:], expected["hidden"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(values["y"][1:], expected["probs"], rtol=0, atol=1e-12)
    return iteration


class TestLstm1997:
    def test_its_gradients_are_those_with_the_recurrent_inputs_held_fixed(self):
        """What stop_gradient means: h[t-1] comes in from outside, as numbers."""
        file, parameters = random_case("lstm-1997", 6)
        iteration = iterate(file, parameters)
        trace = iteration.traces[0]
        text = tomllib.loads(
            (resources.files("rnntui.models") / "lstm-1997.toml").read_text(encoding="utf-8")
        )
        cell = text["cell"].replace("@ x", f"@ x[:{INPUTS}]")
        cell = cell.replace("stop_gradient(h[t-1])", f"x[{INPUTS}:]")
        assert "h[t-1]" not in cell
        head = "\n".join(
            ["[model]", f"cell = '''{cell}'''", f"readout = '''{text['readout']}'''",
             f"loss = '''{text['loss']}'''", "[model.shapes]", 'c = ["hidden"]', 'h = ["hidden"]']
        )  # fmt: skip
        x = np.hstack([trace.values["x"][1:], trace.values["h"][:-1]])
        held = sequence_file(head, x, trace.values["target"][1:], HIDDEN)
        assert iterate(held, parameters).loss == pytest.approx(iteration.loss, abs=1e-15)
        for key in parameters:
            expected = central_differences(held, parameters, key)
            np.testing.assert_allclose(
                iteration.gradients[key], expected, rtol=1e-5, atol=1e-8, err_msg=key
            )

    def test_the_cell_state_alone_carries_gradients_back(self):
        file, parameters = random_case("lstm-1997", 7)
        trace = iterate(file, parameters).traces[0]
        slope = 2 * trace.values["o"] * sigmoid(trace.values["c"]) * sigmoid(-trace.values["c"])
        own = trace.gradients["h"] * slope  # what c gets from its own timestep
        for t in range(1, LENGTH):
            np.testing.assert_allclose(
                trace.gradients["c"][t], own[t] + trace.gradients["c"][t + 1], rtol=1e-12
            )

    def test_the_papers_squashing_functions(self):
        file, parameters = random_case("lstm-1997", 8)
        large = {key: 40 * value for key, value in parameters.items()}
        values = iterate(file, large).traces[0].values
        assert np.all(np.abs(values["g"]) <= 2)
        assert np.abs(values["g"]).max() == pytest.approx(2)
        np.testing.assert_allclose(values["h"], values["o"] * np.tanh(values["c"] / 2), atol=1e-15)


@pytest.mark.parametrize("name", model_names())
def test_its_values_are_those_of_the_recurrence_written_in_numpy(name):
    assert name in RECURRENCES, f"write {name} in in_numpy.py, as its paper has it"
    file, parameters = random_case(name, 11)
    trace = iterate(file, parameters).traces[0]
    steps = list(RECURRENCES[name](parameters, trace.values["x"][1:]))
    assert {*file.model.states, "y"} <= set(steps[0])
    for t, step in enumerate(steps, 1):
        for key, value in step.items():
            np.testing.assert_allclose(
                trace.values[key][t], value, rtol=0, atol=1e-13, err_msg=f"{key} at t = {t}"
            )


class TestEchoState:
    def test_only_the_readout_of_an_echo_state_network_is_trained(self):
        text = """
            model = "echo-state"
            sizes = { hidden = 4 }
            data = { values = [1, 0, -1, 2], targets = [0, 1, 0, -1] }
            parameters = { leak = 0.5 }
            training = { fixed = ["W_ih", "W_hh", "b_h", "leak"] }
        """
        iteration = first(parse_sequence_file(text))
        before, after = iteration.before.parameters, iteration.after.parameters
        changed = {key for key in before if not np.array_equal(before[key], after[key])}
        assert changed == {"W_xy", "W_hy", "b_y"}


class TestStackedLstmAgainstPyTorch:
    def iteration(self) -> Iteration:
        case = STACKED
        return first(
            sequence_file(
                'model = "lstm-stacked"', case["x"], case["target"], case["hidden"], case["parameters"]
            )
        )  # fmt: skip

    def test_values(self):
        iteration = self.iteration()
        values = iteration.traces[0].values
        assert iteration.loss == pytest.approx(STACKED["loss"], rel=0, abs=1e-12)
        for key, expected in {**STACKED["states"], "y": STACKED["y"]}.items():
            np.testing.assert_allclose(values[key][1:], expected, rtol=0, atol=1e-12, err_msg=key)

    def test_gradients(self):
        iteration = self.iteration()
        assert set(iteration.gradients) == set(STACKED["gradients"])
        for key, expected in STACKED["gradients"].items():
            np.testing.assert_allclose(
                iteration.gradients[key], expected, rtol=0, atol=1e-10, err_msg=key
            )
