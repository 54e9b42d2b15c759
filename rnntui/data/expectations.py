"""[[expect]]: worked answers that a computation is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.fields import Fields
from rnntui.language.model import Model
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, describe
from rnntui.text.problems import Place, Problem, near_name

Array = npt.NDArray[np.float64]

KINDS = ("values", "gradients", "gradients_by_loss", "gradients_by_use")
DEFAULT_TOLERANCE = 0.005


@dataclass(frozen=True, eq=False)
class ExpectedValue:
    """One number, vector or matrix that a quantity should have.

    kind: one of KINDS, "loss" (of the whole sequence) or "prediction" (the largest component of
    the readout `y`, counted from 0). t: the timestep, or None for what has none.
    """

    kind: str
    name: str
    t: int | None
    expected: Array


@dataclass(frozen=True, eq=False)
class Expectation:
    """One [[expect]]: values in one iteration of one sequence (`sequence` counts from 0).

    tolerance: absolute. wrong: a published mistake; each value is expected to be off.
    """

    iteration: int
    sequence: int
    tolerance: float
    wrong: bool
    note: str
    values: tuple[ExpectedValue, ...]
    place: Place


def read_expectation(
    fields: Fields, program: Program, lengths: Sequence[int], symbols: Sequence[str]
) -> Expectation | None:
    """One [[expect]] table, held against the model's names and shapes.

    lengths: T of each sequence. symbols: the targets' alphabet, for predictions.
    """
    fields.allow(("at", *KINDS, "loss", "prediction", "tolerance", "wrong", "note"), "[[expect]]")
    at = fields.table("at")
    at.allow(("iteration", "t", "sequence"), "at")
    iteration = at.whole("iteration", 0)
    sequence = at.whole("sequence", 1, least=1) - 1
    if sequence >= len(lengths):
        at.problem(f"there is no sequence {sequence + 1}", f"there are {len(lengths)}", "sequence")
        return None
    reader = _Values(fields, program, lengths[sequence], symbols)
    values = reader.read(at)
    if not values and not reader.noted:
        fields.problem("this expects nothing", "give values = { h = […] }")
    return Expectation(
        iteration=iteration,
        sequence=sequence,
        tolerance=fields.number("tolerance", DEFAULT_TOLERANCE, least=0.0),
        wrong=fields.flag("wrong"),
        note=fields.text("note"),
        values=tuple(values),
        place=fields.toml.place(*fields.path),
    )


class _Values:
    def __init__(
        self, fields: Fields, program: Program, length: int, symbols: Sequence[str]
    ) -> None:
        self.fields, self.program, self.length, self.symbols = fields, program, length, symbols
        self.model: Model = program.model
        before = len(fields.problems)
        self._count_before = before

    @property
    def noted(self) -> bool:
        """Whether this expectation has had a problem."""
        return len(self.fields.problems) > self._count_before

    def read(self, at: Fields) -> list[ExpectedValue]:
        t = at.data.get("t")
        if t is not None and t != "all":
            if not isinstance(t, int) or isinstance(t, bool) or not 0 <= t <= self.length:
                hint = f'a timestep from 1 to {self.length}, 0 for the initial state, or "all"'
                at.problem("`t` is not a timestep of the sequence", hint, "t")
                return []
        found: list[ExpectedValue] = []
        for kind in KINDS:
            if kind in self.fields:
                table = self.fields.table(kind)
                for name in table.data:
                    found += self._one(table, kind, name, t)
        if "loss" in self.fields:
            expected = self.fields.array("loss")
            if expected is not None and self._fits(self.fields, expected, (), "loss", ("loss",)):
                found.append(ExpectedValue("loss", "loss", None, expected))
        if "prediction" in self.fields:
            found += self._prediction(t)
        return found

    def _one(self, table: Fields, kind: str, name: str, t: Any) -> list[ExpectedValue]:
        parameter = name in self.model.parameters
        shape = self._shape(table, kind, name)
        expected = table.array(name) if shape is not None else None
        if shape is None or expected is None:
            return []
        timeless = parameter and kind in ("values", "gradients")
        if timeless:
            fits = self._fits(table, expected, shape, name, (name,))
            return [ExpectedValue(kind, name, None, expected)] if fits else []
        if t is None:
            table.problem(f"`{name}` has a value at each timestep", "give at = { t = … }", name)
            return []
        if t == "all":
            if not self._fits(table, expected, (self.length, *shape), name, (name,)):
                return []
            return [
                ExpectedValue(kind, name, number + 1, expected[number])
                for number in range(self.length)
            ]
        if not self._fits(table, expected, shape, name, (name,)):
            return []
        if t == 0 and not (name in self.model.states and kind in ("values", "gradients")):
            table.problem(f"`{name}` has no value at t = 0", "only states have one", name)
            return []
        return [ExpectedValue(kind, name, t, expected)]

    def _shape(self, table: Fields, kind: str, name: str) -> Shape | None:
        known: Mapping[str, Shape] = self.program.shapes
        if kind.startswith("gradients_by"):
            known = {key: known[key] for key in self.model.parameters}
        if kind != "values" and self.model.objective is None:
            table.problem("there is no loss, so there are no gradients", "", name)
            return None
        if name not in known:
            what = "a parameter" if kind.startswith("gradients_by") else "a quantity"
            hint = near_name(name, known) or f"there are {', '.join(known)}"
            place = table.toml.key_place(*table.path, name)
            table.problems.append(Problem(f"`{name}` is not {what} of the model", place, hint))
            return None
        return known[name]

    def _fits(
        self, fields: Fields, expected: Array, shape: Shape, name: str, path: tuple[str, ...]
    ) -> bool:
        if expected.shape == shape:
            return True
        message = f"`{name}` is {describe(shape)}, but {describe(expected.shape)} is expected"
        fields.problem(message, "write a value of that shape", *path)
        return False

    def _prediction(self, t: Any) -> list[ExpectedValue]:
        value = self.fields.data["prediction"]
        if "y" not in self.program.shapes or len(self.program.shapes["y"]) != 1:
            self.fields.problem("the model has no readout `y` to predict with", "", "prediction")
            return []
        if t is None or t == 0:
            self.fields.problem("a prediction has a timestep", "give at = { t = … }", "prediction")
            return []
        wanted = list(value) if isinstance(value, list | str) and t == "all" else [value]
        steps = range(1, self.length + 1) if t == "all" else [t]
        indices = [self._index(item) for item in wanted]
        if len(indices) != len(steps) or None in indices:
            hint = "a component counted from 0, or a symbol, for each timestep"
            self.fields.problem("this prediction cannot be read", hint, "prediction")
            return []
        return [
            ExpectedValue("prediction", "y", step, np.array(float(index)))
            for step, index in zip(steps, indices, strict=True)
            if index is not None
        ]

    def _index(self, item: Any) -> int | None:
        if isinstance(item, str) and item in self.symbols:
            return list(self.symbols).index(item)
        size = self.program.shapes["y"][0]
        is_index = isinstance(item, int) and not isinstance(item, bool) and 0 <= item < size
        return item if is_index else None
