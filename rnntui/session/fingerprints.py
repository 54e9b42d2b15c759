"""What a saved run depends on, as hashes: a model, an optimiser and data that are the same have the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.packed import pack
from rnntui.data.sequence_file import SequenceFile
from rnntui.language.tree import Expression

Array = npt.NDArray[Any]


def fingerprints(file: SequenceFile) -> dict[str, str]:
    """By what they are of: the model (its equations and sizes), the optimiser, the data."""
    return {"model": _model(file), "optimizer": _optimizer(file), "data": _data(file)}


def checksum(arrays: Mapping[str, Array]) -> str:
    """Of arrays by name: a bit that is another one makes another checksum."""
    parts: list[bytes] = []
    for key in sorted(arrays):
        array = np.ascontiguousarray(arrays[key])
        parts += [f"{key} {array.dtype.str} {array.shape}".encode(), array.tobytes()]
    return _hash(parts)


def _model(file: SequenceFile) -> str:
    model, program = file.model, file.program
    given = {key: value.tolist() for key, value in program.initial_values.items()}
    return _hash_of(
        {
            "equations": [[e.target, _plain(e.expression)] for e in model.equations],
            "initial": {state: _plain(node) for state, node in model.initial.items()} | given,
            "objective": model.objective,
            "shapes": {key: list(shape) for key, shape in program.shapes.items()},
        }
    )


def _optimizer(file: SequenceFile) -> str:
    """What an update computes and remembers, without the numbers that it is given."""
    training = file.training
    return _hash_of([training.optimizer, sorted(training.hyperparameters), sorted(training.fixed)])


def _data(file: SequenceFile) -> str:
    stream = file.data.stream
    if stream is not None:
        return _hash_of([stream.task.name, asdict(stream.task), stream.seed])
    return checksum(vars(pack(file.data.sequences)))


def _plain(node: Expression) -> Any:
    """A formula as lists of its nodes' kinds and of what they hold."""
    own = [value for value in vars(node).values() if isinstance(value, str | int | float)]
    subscripts = [str(part) for part in getattr(node, "subscripts", ())]
    return [type(node).__name__, own, subscripts, [_plain(child) for child in node.children()]]


def _hash_of(plain: Any) -> str:
    return _hash([json.dumps(plain, sort_keys=True).encode()])


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
