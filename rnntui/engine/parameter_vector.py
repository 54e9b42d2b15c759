"""The parameter vector: all parameters end to end in one array, and what the optimiser remembers of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnntui.compile.segments import segments
from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.state import TrainingState
from rnntui.language.keys import derived
from rnntui.language.program import Program
from rnntui.models.optimisers import rules_for

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class VectorState:
    """A TrainingState as two arrays. parameters: (n,). memory: (states of the optimiser, n).

    Neither is written to once it is here.
    """

    iteration: int
    parameters: Array
    memory: Array

    @property
    def bytes(self) -> int:
        """How much memory the arrays take."""
        return self.parameters.nbytes + self.memory.nbytes


class VectorLayout:
    """Where each parameter stands.

    updated: the parameters that are not fixed; free: (n,), which elements those are. states: what
    the optimiser remembers of each.
    """

    def __init__(self, program: Program, settings: TrainingSettings) -> None:
        self.shapes = {key: program.shapes[key] for key in program.model.parameters}
        self.segments, self.size = segments(program.model.parameters, self.shapes)
        rules = rules_for(settings.optimizer, settings.hyperparameters)
        self.states = tuple(state for rule in rules for state in rule.states)
        self.free = np.ones(self.size, dtype=np.bool_)
        for key in settings.fixed:
            self.free[self.segments[key].part] = False
        self.updated = tuple(key for key in self.segments if key not in settings.fixed)

    def vectors(self, state: TrainingState) -> VectorState:
        """A state as vectors; what the optimiser does not remember yet is zero."""
        parameters, memory = np.empty(self.size), np.empty((len(self.states), self.size))
        self.pack(state.parameters, parameters)
        self.pack_memory(state.memory, memory)
        return VectorState(state.iteration, parameters, memory)

    def pack(self, arrays: Mapping[str, Array], into: Array) -> None:
        """Put the parameters' arrays one after the other; into: (n,)."""
        for key, segment in self.segments.items():
            into[segment.part] = arrays[key].reshape(-1)

    def pack_memory(self, memory: Mapping[str, Array], into: Array) -> None:
        """The same for what the optimiser remembers; into: (states, n)."""
        for row, name in zip(into, self.states, strict=True):
            for key, segment in self.segments.items():
                remembered = memory.get(derived(name, key))
                row[segment.part] = 0.0 if remembered is None else remembered.reshape(-1)

    def state(self, vectors: VectorState) -> TrainingState:
        """The state of vectors; its arrays are read-only views of them."""
        return TrainingState(
            vectors.iteration,
            self.views(_read_only(vectors.parameters)),
            {
                derived(name, key): row[self.segments[key].part].reshape(self.shapes[key])
                for key in self.updated
                for name, row in zip(self.states, _read_only(vectors.memory), strict=True)
            },
        )

    def views(self, array: Array) -> dict[str, Array]:
        """The parts of a parameter vector, by parameter, in their shapes."""
        return {
            k: array[segment.part].reshape(self.shapes[k]) for k, segment in self.segments.items()
        }


def _read_only(array: Array) -> Array:
    view = array.view()
    view.setflags(write=False)
    return view
