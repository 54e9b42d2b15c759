"""A training run in a file: parameters, optimiser and iteration, to go on from bit for bit.

Nothing in such a file is taken on trust: what does not fit the model, the optimiser or the data that
are trained on is refused by its name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.compiled_engine import CompiledEngine
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.parameter_vector import VectorLayout
from rnntui.engine.state import TrainingState
from rnntui.language.keys import derived
from rnntui.language.shapes import Shape, describe
from rnntui.session.fingerprints import fingerprints
from rnntui.session.saved_arrays import CHECKSUM, DamagedError, read_arrays, write_arrays
from rnntui.text.problems import InputError, Problem

Array = npt.NDArray[Any]

_FORMAT = 2  # 1 had no fingerprints, settings and checksum
_KEYS = {"iteration", "format", "engine", "settings", "model", "optimizer", "data", CHECKSUM}
_MOST_ITERATIONS = 10**12
_SPARE = 1 << 20  # bytes of a file beside the numbers of the state
_SAVED_BY = "`rnntui train --save` writes one"


@dataclass(frozen=True)
class SavedRun:
    """A state to go on from, and the name of the engine that goes on with the same bits.

    notices: what its user should know: that it goes on with other settings than before.
    """

    state: TrainingState
    engine: str
    notices: tuple[str, ...] = ()


def save_run(path: Path, file: SequenceFile, state: TrainingState, engine: str) -> None:
    """Write a state of a file's training as .npz: `parameter:W`, `memory:m(W)`, `iteration`, what
    computed it (`engine`), hashes of what it depends on (`model`, `optimizer`, `data`), `settings`.

    Raises InputError where the place cannot be written to.
    """
    write_arrays(
        path,
        {
            **{f"parameter:{key}": value for key, value in state.parameters.items()},
            **{f"memory:{key}": value for key, value in state.memory.items()},
            "iteration": np.array(state.iteration),
            "format": np.array(_FORMAT),
            "engine": np.array(engine),
            "settings": np.array(json.dumps(_settings(file), sort_keys=True)),
            **{key: np.array(print_) for key, print_ in fingerprints(file).items()},
        },
    )


def load_run(path: Path, file: SequenceFile) -> SavedRun:
    """The run in a file, held against what is trained on. Raises InputError."""
    return _Reader(path, file).read()


class _Reader:
    def __init__(self, path: Path, file: SequenceFile) -> None:
        self.path, self.file = path, file
        self.layout = VectorLayout(file.program, file.training)
        numbers = self.layout.size * (1 + len(self.layout.states))
        try:
            self.arrays = read_arrays(path, 2 * 8 * numbers + _SPARE)
        except FileNotFoundError:
            raise InputError(Problem(f"there is no file `{path}`")) from None
        except OSError as error:
            self.refuse(f"`{path}` cannot be read: {error.strerror or error}")
        except DamagedError as reason:
            self.refuse(f"`{path}` is not a saved run, or damaged: {reason}", _SAVED_BY)

    def read(self) -> SavedRun:
        iteration = self.iteration()
        parameters = self.parameters()
        notices = tuple(self.notices())
        state = TrainingState(iteration, parameters, self.memory(iteration))
        engine = str(self.arrays.get("engine", ""))
        if engine not in (NumpyEngine.name, CompiledEngine.name):
            self.refuse(
                f"`{self.path}` was computed by `{engine[:40]}`", "there is no such engine here"
            )
        for key in self.arrays.keys() - _KEYS:
            if not key.startswith(("parameter:", "memory:")):
                self.refuse(
                    f"`{self.path}` has `{key[:40]}`, which is no part of a saved run", _SAVED_BY
                )
        return SavedRun(state, engine, notices)

    @property
    def is_first_format(self) -> bool:
        """Whether it is of before there were fingerprints, settings and a checksum."""
        return self.whole("format") == 1

    def iteration(self) -> int:
        """Where it has come to, after a look at whether it is a run that we can read at all."""
        written = self.whole("format")
        if written > _FORMAT:
            message = f"`{self.path}` has format {written}, and this version reads up to {_FORMAT}"
            self.refuse(message, "a newer rnntui wrote it")
        if written < 1 or (written > 1 and CHECKSUM not in self.arrays):
            self.refuse(f"`{self.path}` is not a saved run", _SAVED_BY)
        iteration = self.whole("iteration")
        if not 0 <= iteration <= _MOST_ITERATIONS:
            message = f"`{self.path}` is at iteration {iteration}"
            self.refuse(message, f"it would be from 0 to {_MOST_ITERATIONS:,}")
        return iteration

    def whole(self, key: str) -> int:
        array = self.arrays.get(key)
        if array is None or array.shape != () or array.dtype.kind not in "iu":
            self.refuse(f"`{self.path}` is not a saved run", f"it has no {key}")
        return int(array)

    def parameters(self) -> dict[str, Array]:
        """Those of the model, and no others; then the model itself, and the data."""
        given = self.kind("parameter:")
        for key, shape in self.layout.shapes.items():
            if key not in given:
                self.refuse(f"`{self.path}` has no parameter `{key}`", "another model?")
            self.check(key, given[key], shape, "another model?")
        for key in given:
            if key not in self.layout.shapes:
                self.refuse(
                    f"the model has no parameter `{key}`, but `{self.path}`", "another model?"
                )
        for what, print_ in fingerprints(self.file).items():
            written = self.arrays.get(what)
            if written is None and not self.is_first_format:
                self.refuse(f"`{self.path}` is not a saved run", f"it does not say of which {what}")
            if written is not None and str(written) != print_:
                name = {"model": "model", "optimizer": "optimiser", "data": "data"}[what]
                message = f"`{self.path}` was saved with another {name} than `{self.file.file}` has"
                if what == "data":
                    message = f"`{self.path}` was saved with other data than `{self.file.file}` has"
                self.refuse(message, "a run goes on with what it began with")
        return {key: given[key] for key in self.layout.shapes}

    def memory(self, iteration: int) -> dict[str, Array]:
        """What the optimiser remembers of each parameter that it updates, and of no other."""
        given = self.kind("memory:")
        expected = {
            str(derived(state, key)): self.layout.shapes[key]
            for key in self.layout.updated
            for state in self.layout.states
        }
        hint = "another optimiser?"
        for key, shape in expected.items():
            if key in given:
                self.check(key, given[key], shape, hint)
            elif iteration:
                self.refuse(f"`{self.path}` has not what {self.optimizer} remembers, `{key}`", hint)
        for key in given:
            if key not in expected:
                self.refuse(
                    f"`{self.path}` has `{key}`, which {self.optimizer} does not remember", hint
                )
        return given

    @property
    def optimizer(self) -> str:
        return self.file.training.optimizer

    def notices(self) -> Iterator[str]:
        """In which settings the training goes on otherwise than it began."""
        if self.is_first_format:
            yield f"`{self.path}` is of an earlier version: its model and data were not compared"
            return
        try:
            before = dict(json.loads(str(self.arrays["settings"])))
        except (KeyError, ValueError, TypeError, RecursionError):
            self.refuse(f"`{self.path}` is not a saved run", "it has no settings")
        now = _settings(self.file)
        if before.keys() != now.keys():
            self.refuse(
                f"`{self.path}` is not a saved run", "its settings are not those of a training"
            )
        for key, value in now.items():
            if before[key] != value:
                yield f"goes on with {key} {value}, saved with {before[key]}"

    def check(self, key: str, array: Array, shape: Shape, hint: str) -> None:
        if array.shape != shape or array.dtype != np.float64:
            what = describe(array.shape) if array.shape != shape else f"of type {array.dtype}"
            self.refuse(f"`{key}` is {describe(shape)}, in `{self.path}` {what}", hint)

    def kind(self, prefix: str) -> dict[str, Array]:
        return {
            key.removeprefix(prefix): array
            for key, array in self.arrays.items()
            if key.startswith(prefix)
        }

    def refuse(self, message: str, hint: str = "") -> NoReturn:
        raise InputError(Problem(message, None, hint))


def _settings(file: SequenceFile) -> Mapping[str, Any]:
    """The numbers of a training that may be other ones when it goes on, which is then said."""
    training = file.training
    return {
        "learning_rate": training.learning_rate,
        **training.hyperparameters,
        "schedule": training.schedule,
        "step_size": training.step_size,
        "gamma": training.gamma,
        "minimum_learning_rate": training.minimum_learning_rate,
        "cosine_iterations": training.cosine_iterations,
        "reduction": training.reduction,
        "truncate": training.truncate,
        "batch": training.batch,
    }
