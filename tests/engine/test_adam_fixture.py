"""Two hundred updates of Adam agree with a published run: networks, losses, gradients, parameters.

adam_fixture.json has the initial parameters, the first update in every detail, the losses of the
first five and the parameters after 200; adam_sequences.json the strings (make_adam_sequences.py).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine.training import Iteration
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]

FOLDER = Path(__file__).parent.parent / "reference"
FIXTURE = json.loads((FOLDER / "adam_fixture.json").read_text(encoding="utf-8"))
STRINGS = json.loads((FOLDER / "adam_sequences.json").read_text(encoding="utf-8"))
UPDATES = 200
TOLERANCE = 1e-10

TASKS = {"srn": "reber", "lstm": "embedded-reber", "srn3": "anbncn"}
MODELS = {"srn": "srn", "lstm": "lstm-one-bias", "srn3": "srn"}
SRN = {"H0": "H0", "W": "W_ih", "U": "W_hh", "b": "b_h", "V": "W_hy", "c": "b_y"}


def ours(run: str, values: dict[str, Any]) -> dict[str, Array]:
    """The fixture's matrices, one row for each input, under the names of our models."""
    arrays = {key: np.array(value) for key, value in values.items()}
    if run != "lstm":
        return {SRN[key]: array.T for key, array in arrays.items()}
    found = {"W_hy": arrays["V"].T, "b_y": arrays["c"]}
    for theirs, name in (("W", "W_i"), ("U", "W_h"), ("b", "b_")):
        blocks = np.split(arrays[theirs], 4, axis=-1)
        found |= {f"{name}{gate}": block.T for gate, block in zip("ifgo", blocks, strict=True)}
    return found


def file_of(run: str) -> SequenceFile:
    parameters = ours(run, FIXTURE[run]["init"]).items()
    lines = "".join(f"{key} = {value.tolist()}\n" for key, value in parameters)
    return parse_sequence_file(f"""
model = "{MODELS[run]}"
sizes = {{ hidden = {FIXTURE[run]["H"]} }}
[data]
task = "{TASKS[run]}"
sequences = {json.dumps(STRINGS[run])}
[parameters]
{lines}
[training]
optimizer = "adam"
learning_rate = 0.001
weight_decay = 1e-5
reduction = "mean"
""")


@cache
def trained(run: str) -> list[Iteration]:
    trainer, state = start_training(file_of(run))
    found = []
    for _ in range(UPDATES):
        found.append(trainer.iterate(state))
        assert found[-1].after is not None
        state = found[-1].after
    return found


def assert_close(found: Any, expected: dict[str, Array]) -> None:
    assert set(found) == set(expected)
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, rtol=0, atol=TOLERANCE, err_msg=key)


@pytest.mark.parametrize("run", FIXTURE)
class TestAdamFixture:
    def test_the_first_sequence_and_its_states(self, run: str) -> None:
        sequence = trained(run)[0].traces[0].sequence
        symbols = "ABC" if run == "srn3" else "BTSXPVE"
        codes = [symbols.index(symbol) for symbol in sequence.words]
        assert codes == FIXTURE[run]["first"]["seq"]
        states = FIXTURE[run]["first"]["state"]
        assert list(sequence.states[: len(states)]) == states

    def test_the_first_update(self, run: str) -> None:
        first, expected = trained(run)[0], FIXTURE[run]["first"]
        assert first.loss == pytest.approx(expected["loss"], abs=TOLERANCE)
        values = first.traces[0].values
        for key, name in (("h", "hidden"), ("y", "probs")):
            np.testing.assert_allclose(values[key][1:], expected[name], rtol=0, atol=TOLERANCE)
        assert_close(first.gradients, ours(run, expected["grads"]))

    def test_the_losses_of_the_first_five(self, run: str) -> None:
        expected = [five["loss"] for five in FIXTURE[run]["first5"]]
        losses = [iteration.loss for iteration in trained(run)[:5]]
        np.testing.assert_allclose(losses, expected, rtol=0, atol=TOLERANCE)

    def test_the_parameters_after_two_hundred(self, run: str) -> None:
        after = trained(run)[-1].after
        assert after is not None
        assert_close(after.parameters, ours(run, FIXTURE[run]["params_after_200"]))
