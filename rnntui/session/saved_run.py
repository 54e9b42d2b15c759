"""A training run in a file: parameters, optimiser and iteration, to go on from bit for bit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.state import TrainingState
from rnntui.language.shapes import describe
from rnntui.text.files import write_whole
from rnntui.text.problems import InputError, Problem

Array = npt.NDArray[np.float64]

_FORMAT = 1


def save_run(path: Path, state: TrainingState, engine: str) -> None:
    """Write a state as .npz: `parameter:W`, `memory:m(W)`, `iteration`, and what computed it.

    Raises InputError.
    """
    arrays: dict[str, Any] = {
        **{f"parameter:{key}": value for key, value in state.parameters.items()},
        **{f"memory:{key}": value for key, value in state.memory.items()},
        "iteration": np.array(state.iteration),
        "format": np.array(_FORMAT),
        "engine": np.array(engine),
    }
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # which dates nothing: the same state is the same file
    write_whole(path, buffer.getvalue())


@dataclass(frozen=True)
class SavedRun:
    """A state to go on from, and the name of the engine that goes on with the same bits."""

    state: TrainingState
    engine: str


def load_run(path: Path, file: SequenceFile) -> SavedRun:
    """The run in a file, held against the model's parameters. Raises InputError."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: np.asarray(archive[key]) for key in archive.files}
    except FileNotFoundError:
        raise InputError(Problem(f"there is no file `{path}`")) from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        hint = "`rnntui train --save` writes one"
        raise InputError(Problem(f"`{path}` is not a saved run", None, hint)) from None
    parameters = _kind(arrays, "parameter:")
    iteration = arrays.get("iteration")
    if iteration is None or iteration.shape != () or iteration.dtype.kind not in "iu":
        raise InputError(Problem(f"`{path}` is not a saved run", None, "it has no iteration"))
    for key in file.model.parameters:
        shape = file.program.shapes[key]
        if key not in parameters:
            raise InputError(Problem(f"`{path}` has no parameter `{key}`", None, "another model?"))
        found = parameters[key]
        if found.shape != shape or found.dtype != np.float64:
            message = f"`{key}` is {describe(shape)}, in `{path}` {describe(found.shape)}"
            raise InputError(Problem(message, None, "another model?"))
    for array in arrays.values():
        array.setflags(write=False)
    ordered = {key: parameters[key] for key in file.model.parameters}
    engine = str(arrays.get("engine", ""))
    return SavedRun(TrainingState(int(iteration), ordered, _kind(arrays, "memory:")), engine)


def _kind(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
