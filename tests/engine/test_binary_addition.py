"""Binary addition: a published program's losses with its mistake, and the right gradient without it.

The fixture has weights and sums of RandomState(0), drawn in the order that it names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from rnntui.data.sequence_file import SequenceFile, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.data.tasks.addition import BinaryAddition
from rnntui.engine.training import Iteration
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]

FIXTURE = json.loads(
    (Path(__file__).parent.parent / "reference" / "binary_addition.json").read_text("utf-8")
)["fixture"]
LAST = FIXTURE[-1]["iter"]


def number_of(bits: Sequence[float]) -> int:
    """The number that bits spell, the least significant first."""
    return sum(int(bit) << exponent for exponent, bit in enumerate(bits))


@cache
def drawn() -> tuple[dict[str, Array], list[tuple[int, int]]]:
    """The program's weights, and its sums."""
    draw = np.random.RandomState(0)
    inputs, outputs, hidden = draw.randn(2, 16), draw.randn(16, 1), draw.randn(16, 16)
    weights = {"W_ih": inputs.T, "W_hy": outputs.T, "W_hh": hidden.T}
    sums = [(draw.randint(128), draw.randint(128)) for _ in range(LAST + 1)]
    return weights, sums


def file_of(name: str) -> SequenceFile:
    """A shipped file with the program's weights and all its sums."""
    file = read_sequence_file(find_file(name))
    weights, sums = drawn()
    sequences = tuple(BinaryAddition().sequence(a, b) for a, b in sums)
    data = replace(file.data, sequences=sequences, stream=None)
    return replace(file, parameters=weights, data=data)


@cache
def trained(name: str, iterations: int) -> list[Iteration]:
    trainer, state = start_training(file_of(name))
    found = []
    for _ in range(iterations):
        found.append(trainer.iterate(state))
        assert found[-1].after is not None
        state = found[-1].after
    return found


def test_the_sums_are_those_of_the_fixture() -> None:
    _, sums = drawn()
    assert [sums[row["iter"]] for row in FIXTURE] == [(row["a"], row["b"]) for row in FIXTURE]


class TestAsPublished:
    NAME = "binary-addition-as-published"

    def test_every_loss_of_the_fixture(self) -> None:
        iterations = trained(self.NAME, LAST + 1)
        losses = [iterations[row["iter"]].loss for row in FIXTURE]
        expected = [row["loss"] for row in FIXTURE]
        np.testing.assert_allclose(losses, expected, rtol=0, atol=1e-9)

    def test_every_bit_that_it_answers(self) -> None:
        iterations = trained(self.NAME, LAST + 1)
        for row in FIXTURE:
            trace = iterations[row["iter"]].traces[0]
            bits = np.round(trace.values["y"][1:, 0]).astype(int).tolist()
            target = trace.values["target"][1:, 0].tolist()
            assert bits[::-1] == row["pred"]  # the program prints the most significant bit first
            assert target[::-1] == row["true"]
            assert number_of(bits) == row["out_int"]

    def test_the_file_has_the_programs_own_weights_and_sums(self) -> None:
        file = read_sequence_file(find_file(self.NAME))
        weights, sums = drawn()
        for key, weight in weights.items():
            assert file.parameters[key].tobytes() == np.ascontiguousarray(weight).tobytes()
        words = [f"{a} + {b} = {a + b}" for a, b in sums[: len(file.data.sequences)]]
        assert [getattr(sequence, "words", "") for sequence in file.data.sequences] == words

    def test_the_gradient_before_the_sigmoid_is_the_published_one(self) -> None:
        for iteration in trained(self.NAME, LAST + 1)[:3]:
            trace = iteration.traces[0]
            y, target = trace.values["y"][1:], trace.values["target"][1:]
            squashed = 1 / (1 + np.exp(-y))
            delta = (y - target) * squashed * (1 - squashed)
            np.testing.assert_allclose(trace.gradients["u"][1:], delta, rtol=1e-13)

    def test_the_objective_is_worth_the_loss(self) -> None:
        trace = trained(self.NAME, LAST + 1)[0].traces[0]
        np.testing.assert_allclose(
            trace.values["published"], trace.values["loss"], rtol=0, atol=1e-15
        )


class TestRight:
    NAME = "binary-addition"

    def test_the_gradient_is_that_of_the_loss(self) -> None:
        trace = trained(self.NAME, 3)[0].traces[0]
        y, target = trace.values["y"][1:], trace.values["target"][1:]
        delta = (y - target) * y * (1 - y)
        np.testing.assert_allclose(trace.gradients["pre(y)"][1:], delta, rtol=1e-12)

    def test_it_begins_as_the_published_one_and_goes_another_way(self) -> None:
        right, published = trained(self.NAME, 3), trained(TestAsPublished.NAME, LAST + 1)
        assert right[0].loss == pytest.approx(published[0].loss, abs=1e-15)
        assert right[1].loss != pytest.approx(published[1].loss, abs=1e-4)
