"""A model for sequences that come without one: options, written as the head of a sequence file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rnntui.data.fields import counted, listed
from rnntui.data.formats.names import TARGETS
from rnntui.data.formats.readouts import needs_targets, readout_and_loss
from rnntui.data.formats.windows import windowed
from rnntui.data.overrides import with_overrides
from rnntui.data.sequence import InputSequence
from rnntui.data.sequence_file import SequenceFile, sequence_file_from
from rnntui.data.sequences import Data
from rnntui.text.problems import InputError, Problem, SourcePlace, near_name, printable
from rnntui.text.toml import parse_toml

_TRAINING = ("optimizer", "learning_rate", "iterations", "batch", "seed")
_PLACES = "the options"  # what a problem with them names as its file


@dataclass(frozen=True)
class ModelOptions:
    """What a sequence file would say beside its data.

    model: the name of a shipped one. hidden: number of hidden units. target: "next", the next
    timestep's input (the last timestep has none and is left out); "given", as the file has them;
    "none", to run forward only; "" for given ones if there are any, else the next symbol if there
    are symbols, else none. window: long sequences are cut into windows of so many timesteps; None
    cuts only very long ones. readout, loss: equations in place of those that fit the targets.
    The others are those of [training]; None leaves what is usual.
    """

    model: str = "elman"
    hidden: int = 4
    target: str = ""
    readout: str = ""
    loss: str = ""
    optimizer: str | None = None
    learning_rate: float | None = None
    iterations: int | None = None
    batch: int | str | None = None
    seed: int | None = None
    window: int | None = None


def sequence_file_from_data(
    data: Data, file: str, options: ModelOptions | None = None, overrides: Sequence[str] = ()
) -> SequenceFile:
    """The sequences with a model, as a sequence file; overrides set keys of it, as `--set` does.

    Readout and loss fit the targets (see `readouts`) unless the options have their own.
    Raises InputError where the data has no such targets, or the options or the model do not fit.
    """
    options = options or ModelOptions()
    data, notice = windowed(_with_targets(data, file, options.target), options.window)
    toml = with_overrides(parse_toml(_text(data, file, options), _PLACES), overrides)
    return replace(sequence_file_from(toml, data), file=file, notice=notice)


def _with_targets(data: Data, file: str, target: str) -> Data:
    """The data with the targets that are asked for."""
    if target and target not in TARGETS:
        hint = near_name(target, TARGETS) or listed(TARGETS)
        raise InputError(Problem(f"there are no targets `{target}`", None, hint))
    first = data.sequences[0]
    if not target:
        target = "given" if first.targets is not None else "next" if first.symbols else "none"
    if target == "given":
        if first.targets is None:
            hint = "name columns y… or target…, or predict the next input: --target next"
            raise InputError(Problem("there are no targets", SourcePlace(0, file=file), hint))
        return data
    if target == "none":
        bare = tuple(replace(s, targets=None, target_symbols=()) for s in data.sequences)
        return replace(data, sequences=bare, target_alphabet=data.alphabet, flat_targets=False)
    shifted = tuple(_next(s, number, file) for number, s in enumerate(data.sequences, start=1))
    return Data(shifted, data.alphabet, data.alphabet)


def _next(sequence: InputSequence, number: int, file: str) -> InputSequence:
    """The sequence with each next input as the target; the mask weighs the timestep it is at."""
    if sequence.length < 2:
        message = f"sequence {number} has one timestep, so that no input is next"
        hint = "leave it out, or --target none"
        raise InputError(Problem(message, SourcePlace(0, file=file), hint))
    inputs, symbols = sequence.inputs, sequence.symbols
    assert inputs is not None  # no format has sequences without
    return InputSequence(inputs[:-1], inputs[1:], sequence.mask[:-1], symbols[:-1], symbols[1:])


def _text(data: Data, file: str, options: ModelOptions) -> str:
    """The options as they would stand in a sequence file, less its [data].

    Without targets, a readout whose size they would tell is removed.
    """
    readout, loss = options.readout, options.loss
    removed = False
    if data.sequences[0].targets is None:
        removed = not readout and needs_targets(options.model)
    elif not (readout and loss):
        fitting = readout_and_loss(data, options.model)
        readout, loss = readout or fitting[0], loss or fitting[1]
    name = Path(file).name
    top = {
        "title": printable(name.removesuffix(".gz").rpartition(".")[0] or name),
        "description": _description(data),
        "model": options.model,
        "readout": readout,
        "loss": loss,
    }
    lines = [f"{key} = {_value(value)}" for key, value in top.items() if value]
    lines += ['readout = ""'] if removed else []
    lines += ["", "[sizes]", f"hidden = {_value(options.hidden)}", "", "[training]"]
    given = {key: getattr(options, key) for key in _TRAINING}
    lines += [f"{key} = {_value(value)}" for key, value in given.items() if value is not None]
    return "\n".join(lines)


def _description(data: Data) -> str:
    """How much there is."""
    count = counted(len(data.sequences), "sequence")
    steps = counted(int(np.sum([sequence.length for sequence in data.sequences])), "timestep")
    symbols = f", {counted(len(data.alphabet), 'symbol')}" if data.alphabet else ""
    return f"{count}, {steps}{symbols}."


def _value(value: str | int | float) -> str:
    """A value as TOML writes it: what JSON writes, which escapes all but DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
