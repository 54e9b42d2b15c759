"""[[expect]]: worked answers that a computation is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.fields import Fields, counted, listed
from rnntui.language.model import Model
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, describe
from rnntui.text.problems import Problem, SourcePlace, near_name

Array = npt.NDArray[np.float64]

KINDS = ("values", "gradients", "gradients_by_loss", "gradients_by_use", "updates")
DEFAULT_TOLERANCE = 0.005

_KEYS = (
    "at",
    *KINDS,
    "loss",
    "prediction",
    "tolerance",
    "relative_tolerance",
    "wrong",
    "note",
)


@dataclass(frozen=True, eq=False)
class ExpectedValue:
    """One number, vector or matrix that a quantity should have.

    kind: one of KINDS, "loss" (of the whole sequence) or "prediction" (the largest component of
    the readout `y`, counted from 0). t: the timestep, or None for what has none.
    tolerance: how far off each component may be, absolute.
    """

    kind: str
    name: str
    t: int | None
    expected: Array
    tolerance: Array


@dataclass(frozen=True, eq=False)
class Expectation:
    """One [[expect]]: values in one iteration of one sequence (`sequence` counts from 0).

    tolerance: absolute; relative_tolerance: times the expected value, added to it.
    wrong: a published mistake; each value is expected to be off.
    """

    iteration: int
    sequence: int
    tolerance: float
    relative_tolerance: float
    wrong: bool
    note: str
    values: tuple[ExpectedValue, ...]
    place: SourcePlace


def read_expectations(
    fields: Fields,
    program: Program,
    lengths: Sequence[int],
    symbols: Sequence[str],
    updates: Mapping[str, Shape],
) -> tuple[Expectation, ...]:
    """One [[expect]] table, held against the model's names and shapes: one for each iteration.

    lengths: T of each sequence. symbols: the targets' alphabet, for predictions. updates: the
    shapes of what an update computes, such as `m(W)`, and of each parameter after it.
    """
    before = len(fields.problems)
    fields.allow(_KEYS, "[[expect]]")
    at = fields.table("at")
    at.allow(("iteration", "t", "sequence"), "`at`")
    iterations = _iterations(at)
    sequence = at.whole("sequence", 1, least=1) - 1
    tolerance = fields.number("tolerance", _default_tolerance(fields), least=0.0)
    relative_tolerance = fields.number("relative_tolerance", 0.0, least=0.0)
    if sequence >= len(lengths):
        count = len(lengths)
        hint = "there is one" if count == 1 else f"there are {count}"
        at.problem(f"there is no sequence {sequence + 1}", hint, "sequence")
        return ()
    if not iterations or ("at" in fields and not isinstance(fields.data["at"], dict)):
        return ()  # which has been noted
    several = isinstance(at.data.get("iteration"), list)
    reader = _ExpectationReader(
        fields, program, lengths[sequence], symbols, updates, len(iterations), several
    )
    rows = reader.read(at, tolerance, relative_tolerance)
    wrong, note = fields.flag("wrong"), fields.text("note")
    if not any(rows) and len(fields.problems) == before:
        fields.problem("this expects nothing", "give values = { h = […] }")
    return tuple(
        Expectation(
            iteration=iteration,
            sequence=sequence,
            tolerance=tolerance,
            relative_tolerance=relative_tolerance,
            wrong=wrong,
            note=note,
            values=tuple(values),
            place=fields.source.place(*fields.path),
        )
        for iteration, values in zip(iterations, rows, strict=True)
    )


def _iterations(at: Fields) -> tuple[int, ...]:
    """The iteration, or the iterations of a list."""
    value = at.data.get("iteration")
    if not isinstance(value, list):
        return (at.whole("iteration", 0),)
    if not value:
        at.problem("`iteration` is empty", "a number, or a list such as [0, 10, 100]", "iteration")
    for number, item in enumerate(value):
        if not isinstance(item, int) or isinstance(item, bool) or not 0 <= item <= 10**9:
            at.problem("an iteration is a whole number from 0 on", "", "iteration", number)
            return ()
    return tuple(value)


def _default_tolerance(fields: Fields) -> float:
    return 0.0 if "relative_tolerance" in fields else DEFAULT_TOLERANCE


class _ExpectationReader:
    """Reads what one [[expect]] expects: a list of values for each of its `count` iterations.

    Where `several` iterations are listed, a value has them as its first axis; where t = "all",
    the timesteps come next; then the quantity's own axes.
    """

    def __init__(
        self,
        fields: Fields,
        program: Program,
        length: int,
        symbols: Sequence[str],
        updates: Mapping[str, Shape],
        count: int,
        several: bool,
    ) -> None:
        self.fields, self.program, self.length, self.symbols = fields, program, length, symbols
        self.model: Model = program.model
        self.updates = updates
        self.several = several
        self.rows: list[list[ExpectedValue]] = [[] for _ in range(count)]
        self.tolerance = self.relative_tolerance = 0.0

    def read(
        self, at: Fields, tolerance: float, relative_tolerance: float
    ) -> list[list[ExpectedValue]]:
        self.tolerance, self.relative_tolerance = tolerance, relative_tolerance
        t = at.data.get("t")
        is_step = isinstance(t, int) and not isinstance(t, bool) and 0 <= t <= self.length
        if not (t is None or t == "all" or is_step):
            hint = f'a timestep from 1 to {self.length}, 0 for the initial state, or "all"'
            at.problem("`t` is not a timestep of the sequence", hint, "t")
            return self.rows
        for kind in KINDS:
            if kind in self.fields:
                table = self.fields.table(kind)
                for name in table.data:
                    self._one(table, kind, name, t)
        if "loss" in self.fields:
            if self.model.objective is None:
                self.fields.problem("there is no loss to expect", "[data] has no targets", "loss")
            else:
                self._array(self.fields, "loss", "loss", (), (None,), False)
        if "prediction" in self.fields:
            self._prediction(t)
        return self.rows

    def _one(self, table: Fields, kind: str, name: str, t: Any) -> None:
        shape = self._shape(table, kind, name)
        if shape is None:
            return
        timeless = name in self.model.parameters and kind in ("values", "gradients")
        if timeless or kind == "updates":
            self._array(table, kind, name, shape, (None,), False)
        elif t is None:
            table.problem(f"`{name}` has a value at each timestep", "give at = { t = … }", name)
        elif t == "all":
            self._array(table, kind, name, shape, range(1, self.length + 1), True)
        elif t == 0 and not (name in self.model.states and kind in ("values", "gradients")):
            table.problem(f"`{name}` has no value at t = 0", "only states have one", name)
        else:
            self._array(table, kind, name, shape, (t,), False)

    def _array(
        self,
        fields: Fields,
        kind: str,
        name: str,
        shape: Shape,
        steps: Sequence[int | None],
        every_t: bool,
    ) -> None:
        """Read what is under `name`: for each iteration and timestep a value of `shape`."""
        expected = fields.array(name)
        if expected is None:
            return
        lead = ((len(self.rows),) if self.several else ()) + ((self.length,) if every_t else ())
        if expected.shape != (*lead, *shape):
            fields.problem(*self._misfit(name, shape, expected.shape, every_t), name)
            return
        split = expected.reshape(len(self.rows), len(steps), *shape)
        for row, values in zip(self.rows, split, strict=True):
            row += [self._value(kind, name, t, values[k]) for k, t in enumerate(steps)]

    def _misfit(self, name: str, shape: Shape, given: Shape, every_t: bool) -> tuple[str, str]:
        """What is wrong with a value of shape `given`, and what would be right."""
        this = "one alone" if given == shape else describe(given)
        message = f"`{name}` is {describe(shape)}, and this is {this}"
        if self.several:
            hint = f"write a list of {len(self.rows)}, one for each iteration"
            return message, f"{hint}, each with {self.length} timesteps" if every_t else hint
        if every_t:
            return message, f"write a list of {self.length}, one for each timestep"
        return message, "write one of that shape"

    def _value(self, kind: str, name: str, t: int | None, expected: Array) -> ExpectedValue:
        tolerance = self.tolerance + self.relative_tolerance * np.abs(expected)
        return ExpectedValue(kind, name, t, expected, np.asarray(tolerance))

    def _shape(self, table: Fields, kind: str, name: str) -> Shape | None:
        shapes: Mapping[str, Shape] = self.program.shapes
        if kind.startswith("gradients_by"):
            shapes = {key: shapes[key] for key in self.model.parameters}
        if kind == "updates":
            shapes = self.updates
        if kind != "values" and self.model.objective is None:
            table.problem("there is no loss, so there are no gradients", "", name)
            return None
        if name not in shapes:
            what = {
                "gradients_by_loss": "a parameter of the model",
                "gradients_by_use": "a parameter of the model",
                "updates": "part of the update",
            }.get(kind, "a quantity of the model")
            hint = near_name(name, shapes) or listed(shapes)
            place = table.source.key_place(*table.path, name)
            table.problems.append(Problem(f"`{name}` is not {what}", place, hint))
            return None
        return shapes[name]

    def _prediction(self, t: Any) -> None:
        value = self.fields.data["prediction"]
        if "y" not in self.program.shapes or len(self.program.shapes["y"]) != 1:
            message = "the model has no vector `y` to predict with"
            hint = "a prediction is the largest component of the readout"
            self.fields.problem(message, hint, "prediction")
            return
        if t is None or t == 0:
            self.fields.problem("a prediction has a timestep", "give at = { t = … }", "prediction")
            return
        steps = range(1, self.length + 1) if t == "all" else [t]
        predictions = value if self.several else [value]
        if not isinstance(predictions, list) or len(predictions) != len(self.rows):
            hint = "one for each of the iterations"
            self.fields.problem("this prediction is no list of predictions", hint, "prediction")
            return
        for row, item in zip(self.rows, predictions, strict=True):
            items = list(item) if isinstance(item, list | str) and t == "all" else [item]
            indices = [self._index(item) for item in items]
            if len(indices) != len(steps):
                given = counted(len(indices), "prediction")
                message = f"these are {given} for {counted(len(steps), 'timestep')}"
                self.fields.problem(message, "one for each", "prediction")
                return
            if None in indices:
                self._unreadable()
                return
            for step, index in zip(steps, indices, strict=True):
                component = np.array(float(index or 0))
                row.append(ExpectedValue("prediction", "y", step, component, np.zeros(())))

    def _unreadable(self) -> None:
        size = self.program.shapes["y"][0]
        hint = f"a component from 0 to {size - 1}"
        if self.symbols:
            hint += f", or a symbol: {' '.join(self.symbols)}"
        self.fields.problem("this prediction cannot be read", hint, "prediction")

    def _index(self, item: Any) -> int | None:
        if isinstance(item, str) and item in self.symbols:
            return list(self.symbols).index(item)
        size = self.program.shapes["y"][0]
        is_index = isinstance(item, int) and not isinstance(item, bool) and 0 <= item < size
        return item if is_index else None
