"""A sequence file: a model, data, parameters, training and worked answers, in one TOML text.

It is validated as a whole; every problem is reported at once, each with its file and line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.expectations import Expectation, read_expectations
from rnntui.data.fields import Fields, listed
from rnntui.data.metrics import Metrics, read_metrics
from rnntui.data.model_section import ModelSection
from rnntui.data.overrides import with_overrides
from rnntui.data.sequences import Data, read_data
from rnntui.data.tasks.task import TaskSequence
from rnntui.data.training_settings import (
    TrainingSettings,
    read_optimizer_state,
    read_training,
    update_shapes,
)
from rnntui.language.model import Model
from rnntui.language.program import Program, bind
from rnntui.language.shapes import Shape, ShapeError, describe
from rnntui.language.tree import Equation, names
from rnntui.text.problems import InputError, Problem, SourcePlace, near_name
from rnntui.text.toml import TomlText, parse_toml, read_toml

Array = npt.NDArray[np.float64]

_MOST_NUMBERS = 10**8  # in one parameter; they would take 800 MB

_KEYS = (
    "title",
    "description",
    "model",
    "readout",
    "loss",
    "objective",
    "sizes",
    "shapes",
    "data",
    "parameters",
    "initial",
    "training",
    "optimizer_state",
    "metrics",
    "expect",
)


@dataclass(frozen=True, eq=False)
class SequenceFile:
    """Everything a sequence file says, checked.

    parameters: given values; those missing are drawn when training starts.
    notice: what a user should know of how it was read, or empty.
    """

    file: str
    title: str
    description: str
    program: Program
    data: Data
    sizes: Mapping[str, int]
    parameters: Mapping[str, Array]
    training: TrainingSettings
    expectations: tuple[Expectation, ...]
    metrics: Metrics = field(default_factory=Metrics)
    notice: str = ""

    @property
    def model(self) -> Model:
        """The model, readout and loss as the file has them."""
        return self.program.model


def read_sequence_file(file: str | Path, overrides: Sequence[str] = ()) -> SequenceFile:
    """Read and check a sequence file, with some keys set (`training.seed=1`).

    Raises InputError with every problem found.
    """
    return _SequenceFileReader(with_overrides(read_toml(file), overrides)).read()


def parse_sequence_file(text: str, file: str = "", overrides: Sequence[str] = ()) -> SequenceFile:
    """The same from a text. Raises InputError with every problem found."""
    return _SequenceFileReader(with_overrides(parse_toml(text, file), overrides)).read()


def sequence_file_from(toml: TomlText, data: Data | None = None) -> SequenceFile:
    """The same from TOML, or with sequences from elsewhere in place of its [data] table."""
    return _SequenceFileReader(toml, data).read()


class _SequenceFileReader:
    def __init__(self, toml: TomlText, data: Data | None = None) -> None:
        self.toml = toml
        self.given = data
        self.problems: list[Problem] = []
        self.fields = Fields(toml, (), self.problems)
        self.section = ModelSection(toml, self.fields)

    def read(self) -> SequenceFile:
        fields = self.fields
        fields.allow(_KEYS, "a sequence file")
        title = fields.text("title") or Path(self.toml.file).stem
        description = fields.text("description").strip()
        sizes = self._sizes()
        data = self._data()
        model = self.section.model()
        if model is not None:
            self._check_sizes(model, sizes)
        parameters = self._arrays(fields.table("parameters"))
        initial: dict[str, Array] = {}
        if model is not None:
            model, initial = self.section.completed(model, data)
        names = () if model is None else model.parameters
        training = read_training(fields.table("training"), names)
        if data.stream is not None and training.batch is None:
            hint = "a task draws sequences without end: give a number"
            fields.table("training").problem("there is no whole set", hint, "batch")
        program = None
        if model is not None:
            self._check_names(model, parameters)
            if not self.problems:
                program = self._bound(model, data, sizes, parameters, initial)
        if program is not None:
            table = fields.table("optimizer_state")
            training = read_optimizer_state(table, training, program)
        expectations = self._expectations(program, data, training)
        metrics = Metrics()
        if program is not None:
            metrics = read_metrics(self.toml, fields.table("metrics"), program, _truth(data))
        if self.problems or program is None:
            raise InputError(_in_order(self.problems))
        return SequenceFile(
            file=self.toml.file,
            title=title,
            description=description,
            program=program,
            data=data,
            sizes=sizes,
            parameters=parameters,
            training=training,
            expectations=expectations,
            metrics=metrics,
        )

    def _sizes(self) -> dict[str, int]:
        table = self.fields.table("sizes")
        return {key: table.whole(key, 1, least=1, most=10**6) for key in table.data}

    def _check_sizes(self, model: Model, sizes: Mapping[str, int]) -> None:
        """Sizes that no shape names are slips of the pen."""
        used = {n for shape in model.shapes.values() for n in shape if isinstance(n, str)}
        all_sizes = sorted(used | {"hidden"})
        for key in sizes:
            if key not in all_sizes and key not in ("input", "output"):
                place = self.toml.key_place("sizes", key)
                hint = near_name(key, all_sizes) or listed(all_sizes)
                self.problems.append(Problem(f"`{key}` is not a size of the model", place, hint))

    def _data(self) -> Data:
        if self.given is not None:
            return self.given
        if "data" not in self.fields:
            self.problems.append(Problem("there is no [data]", self._start(), "give a sequence"))
            return Data((), {}, {})
        return read_data(self.fields.table("data"))

    def _start(self) -> SourcePlace:
        return self.toml.place()

    def _arrays(self, table: Fields) -> dict[str, Array]:
        arrays: dict[str, Array] = {}
        for key in table.data:
            array = table.array(key)
            if array is not None and array.ndim > 2:
                table.problem(f"`{key}` has {array.ndim} axes", "at most two: a matrix", key)
            elif array is not None:
                array.setflags(write=False)
                arrays[key] = array
        return arrays

    def _check_names(self, model: Model, parameters: Mapping[str, Array]) -> None:
        for key in parameters:
            if key not in model.parameters:
                hint = near_name(key, model.parameters) or listed(model.parameters)
                if key in model.states:
                    hint = "it is a state: its value at t = 0 goes in [initial]"
                place = self.toml.key_place("parameters", key)
                message = f"`{key}` is not a parameter of the model"
                self.problems.append(Problem(message, place, hint))

    def _bound(
        self,
        model: Model,
        data: Data,
        sizes: Mapping[str, int],
        parameters: Mapping[str, Array],
        initial: Mapping[str, Array],
    ) -> Program | None:
        inputs: dict[str, Shape] = {}
        first = data.sequences[0]
        if first.inputs is not None:
            inputs["x"] = first.inputs.shape[1:]
        elif _uses_x(model.equations):
            place = self.toml.place("data", "length")
            hint = "give a sequence or values"
            message = "the model uses x, but [data] gives only a length"
            self.problems.append(Problem(message, place, hint))
            return None
        given = {key: array.shape for key, array in {**parameters, **initial}.items()}
        targets: list[dict[str, Shape]] = [{}]
        if first.targets is not None:
            targets = [{"target": first.targets.shape[1:]}]
            if data.flat_targets:  # one number a timestep: a vector of one, or else a scalar
                targets = [{"target": (1,)}, {"target": ()}]
        errors: list[InputError] = []
        for target in targets:
            try:
                return self._of_fair_size(bind(model, {**inputs, **target}, sizes, given, initial))
            except InputError as error:
                errors.append(error)
        self.problems += self._explained(errors[-1], {**given, **inputs, **targets[-1]})
        return None

    def _of_fair_size(self, program: Program) -> Program:
        shapes = {key: program.shapes[key] for key in program.model.parameters}
        key = max(shapes, key=lambda key: math.prod(shapes[key]), default="")
        if key and math.prod(shapes[key]) > _MOST_NUMBERS:
            message = f"`{key}` would be {describe(shapes[key])}"
            hint = f"more than {_MOST_NUMBERS:,} numbers are not computed with"
            self.problems.append(Problem(message, self.toml.place("sizes"), hint))
        return program

    def _explained(self, error: InputError, given: Mapping[str, Shape]) -> list[Problem]:
        """Shape problems, with where the shapes involved come from."""
        involved = error.involved if isinstance(error, ShapeError) else ()
        sources = {key: self._source(key) for key in involved}
        notes = {
            f"`{key}` is {describe(given[key])}": place.line
            for key, place in sources.items()
            if place is not None and key in given
        }
        explained = []
        for problem in error.problems:
            at_fault = next((place for place in sources.values() if place), None)
            if problem.place is None and at_fault is not None:
                explained.append(replace(problem, place=at_fault))
                continue
            hints = [problem.hint] if problem.hint else []
            for note, line in notes.items():
                said = problem.message.startswith(note)
                hints.append(f"it is given in line {line}" if said else f"{note} in line {line}")
            if self.section.untargeted and not involved:
                hints.append("or give targets, which would tell")
            explained.append(self.section.placed(replace(problem, hint="; ".join(hints))))
        return explained

    def _source(self, key: str) -> SourcePlace | None:
        """Where the file gives the shape of a quantity, if it does."""
        data = {"x": ("values", "alphabet", "one_hot"), "target": ("targets",)}
        paths: list[tuple[str, ...]] = [("data", name) for name in data.get(key, ())]
        paths += [(table, key) for table in ("parameters", "initial", "shapes")]
        for table, name in paths:
            if name in self.fields.table(table).data:
                return self.toml.key_place(table, name)
        return None

    def _expectations(
        self, program: Program | None, data: Data, training: TrainingSettings
    ) -> tuple[Expectation, ...]:
        value = self.fields.data.get("expect", [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fields.problem("`expect` is a list of tables", "write [[expect]]", "expect")
            return ()
        if program is None:
            return ()
        lengths = _Lengths(data)
        symbols = list(data.target_alphabet)
        updates = update_shapes(program, training)
        expectations: list[Expectation] = []
        for number in range(len(value)):
            table = Fields(self.toml, ("expect", number), self.problems)
            expectations += read_expectations(table, program, lengths, symbols, updates)
        return tuple(expectations)


def _truth(data: Data) -> Shape | None:
    """The shape of the true probabilities at a timestep, where a task has them."""
    first = data.sequences[0]
    truth = first.truth if isinstance(first, TaskSequence) else None
    return None if truth is None else truth.shape[1:]


class _Lengths(Sequence[int]):
    """T of each sequence; a stream has as many as anyone asks for."""

    def __init__(self, data: Data) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data.sequences) if self.data.stream is None else 10**9

    def __getitem__(self, index: Any) -> Any:
        return self.data.sequence(index).length


def _uses_x(equations: tuple[Equation, ...]) -> bool:
    return any(n.key == "x" for e in equations for n in names(e.expression))


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Problems as one reads the file, those without a place last."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda p: (
            p.place is None,
            p.place.line if p.place else 0,
            p.place.column if p.place else 0,
        ),
    )
