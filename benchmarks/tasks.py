"""What is trained: the shipped sequence files, and wide LSTMs made for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence import InputSequence
from rnntui.data.sequence_file import SequenceFile, parse_sequence_file, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]
Kind = Literal["srn", "lstm", "adder"]

_DRAWN = 500  # sequences of a task that are drawn beforehand
_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"  # inputs and outputs of the wide LSTMs
_GATES = "ifgo"


@dataclass(frozen=True, eq=False)
class Workload:
    """One row of the table.

    kind: the recurrence, which the peers write out by hand: "srn" (tanh, learned initial state,
    softmax), "lstm" (one bias a gate, softmax), "adder" (sigmoid, no biases, squared error).
    sequences: drawn beforehand; the peers train on them over and over, in order.
    parameters: before the first update, the gates of an LSTM stacked as in PyTorch (i, f, g, o).
    language: one of the tasks that the goals for small networks are about.
    """

    name: str
    title: str
    kind: Kind
    file: SequenceFile
    sequences: tuple[InputSequence, ...]
    parameters: Mapping[str, Array]
    language: bool = False

    @property
    def mean_length(self) -> float:
        """Timesteps of a sequence, on average."""
        return float(np.mean([sequence.length for sequence in self.sequences]))

    @property
    def longest(self) -> int:
        """Timesteps of the longest sequence."""
        return max(sequence.length for sequence in self.sequences)

    @property
    def size(self) -> int:
        """How many numbers are learned."""
        return sum(parameter.size for parameter in self.parameters.values())


def _shipped(name: str, title: str, kind: Kind, language: bool) -> Workload:
    file = read_sequence_file(find_file(name))
    return _workload(name, title, kind, file, language)


def lstm(hidden: int, length: int = 50, sequences: int = 16) -> Workload:
    """An LSTM that predicts random symbols: nothing to learn, all the work of learning."""
    generator = np.random.default_rng(hidden)
    inputs, targets = (
        ["".join(generator.choice(list(_SYMBOLS), length)) for _ in range(sequences)]
        for _ in range(2)
    )
    text = (
        f'title = "A wide LSTM"\nmodel = "lstm-one-bias"\n[sizes]\nhidden = {hidden}\n'
        f'[data]\none_hot = "{_SYMBOLS}"\nsequences = {inputs!r}\ntargets = {targets!r}\n'
        '[training]\noptimizer = "adam"\nlearning_rate = 0.001\nweight_decay = 1e-5\n'
        'reduction = "mean"\ninitialisation = "torch"\n'
    )
    title = f"LSTM H={hidden}, T={length}"
    return _workload(f"lstm-{hidden}", title, "lstm", parse_sequence_file(text), False)


def _workload(name: str, title: str, kind: Kind, file: SequenceFile, language: bool) -> Workload:
    trainer, state = start_training(file)
    count = _DRAWN if file.data.stream else len(file.data.sequences)
    sequences = tuple(trainer.sequences[i] for i in range(count))
    assert file.training.batch == 1
    assert all(np.all(sequence.mask == 1) for sequence in sequences), "the peers leave masks out"
    return Workload(name, title, kind, file, sequences, _stacked(state.parameters, kind), language)


def _stacked(parameters: Mapping[str, Array], kind: Kind) -> dict[str, Array]:
    if kind != "lstm":
        return dict(parameters)
    return {
        "W_ih": np.concatenate([parameters[f"W_i{gate}"] for gate in _GATES]),
        "W_hh": np.concatenate([parameters[f"W_h{gate}"] for gate in _GATES]),
        "b_h": np.concatenate([parameters[f"b_{gate}"] for gate in _GATES]),
        "W_hy": parameters["W_hy"],
        "b_y": parameters["b_y"],
    }


ROWS: dict[str, Callable[[], Workload]] = {
    "reber": partial(_shipped, "reber", "reber, SRN H=2", "srn", True),
    "anbn": partial(_shipped, "anbn", "anbn, SRN H=2", "srn", True),
    "anbncn": partial(_shipped, "anbncn", "anbncn, SRN H=3", "srn", True),
    "embedded-reber": partial(_shipped, "embedded-reber", "embedded-reber, LSTM H=5", "lstm", True),
    "binary-addition": partial(
        _shipped, "binary-addition", "binary-addition, 2-16-1", "adder", False
    ),
    "lstm-64": partial(lstm, 64),
    "lstm-128": partial(lstm, 128),
    "lstm-256": partial(lstm, 256),
}


@dataclass(frozen=True, eq=False)
class Padded:
    """All sequences as arrays of one length: inputs (N, T, K), targets (N, T, O), weights (N, T).

    weights: what each timestep's loss counts in the sequence's, 0 beyond its end.
    """

    inputs: Array
    targets: Array
    weights: Array


def padded(workload: Workload) -> Padded:
    """The sequences of a workload, filled up with zeros to the longest."""
    sequences, length = workload.sequences, workload.longest
    return Padded(
        np.stack([_filled(sequence.inputs, length) for sequence in sequences]),
        np.stack([_filled(sequence.targets, length) for sequence in sequences]),
        np.stack([_filled(weights(workload, sequence), length) for sequence in sequences]),
    )


def weights(workload: Workload, sequence: InputSequence) -> Array:
    """(T,): what each timestep's loss counts in the sequence's."""
    mean = workload.file.training.reduction == "mean"
    return np.full(sequence.length, 1.0 / sequence.length if mean else 1.0)


def symbols(targets: Array) -> npt.NDArray[np.int64]:
    """One-hot targets as numbers of classes, as libraries want them."""
    assert np.all(np.sum(targets, axis=-1) == 1), "targets are one-hot"
    return np.argmax(targets, axis=-1)


def _filled(array: Any, length: int) -> Array:
    wide = np.zeros((length, *array.shape[1:]))
    wide[: len(array)] = array
    return wide


def chosen(names: Sequence[str]) -> list[Workload]:
    """The rows of these names, all for none."""
    return [ROWS[name]() for name in names or ROWS]
