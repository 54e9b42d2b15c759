"""The model of a sequence file: named or written out, with the file's own readout, loss and states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.fields import Fields, listed
from rnntui.data.sequences import Data
from rnntui.language.model import Model, Size, check_model
from rnntui.language.tree import Expression
from rnntui.models.library import (
    load_model,
    read_equations,
    read_initial,
    read_loss,
    read_model,
    read_shapes,
)
from rnntui.text.problems import InputError, Problem, near_name
from rnntui.text.toml import TomlText

Array = npt.NDArray[np.float64]


class ModelSection:
    """Reads the model; problems are noted in `fields`, the top of the file.

    untargeted: the model has lost its loss for want of targets.
    """

    def __init__(self, toml: TomlText, fields: Fields) -> None:
        self.toml, self.fields = toml, fields
        self.problems = fields.problems
        self.untargeted = False

    def model(self) -> Model | None:
        """The model as named or written out, with the file's own readout, loss and shapes."""
        before = len(self.problems)
        value = self.fields.data.get("model")
        model: Model | None = None
        if isinstance(value, str):
            try:
                model = load_model(value)
            except InputError as error:
                place = self.toml.place("model")
                self.problems += [replace(p, place=place) for p in error.problems]
        elif isinstance(value, dict):
            model = read_model(self.toml, ("model",), "own", self.problems)
        else:
            message = "there is no model" if value is None else "`model` is a name or a table"
            place = self.toml.place("model") if value is not None else self.toml.place()
            hint = 'write model = "lstm", or your own equations in [model]'
            self.problems.append(Problem(message, place, hint))
        if model is None:
            return None
        model = self._replaced(model)
        if len(self.problems) > before:
            return None
        faults = check_model(model)
        self.problems += [self.placed(problem) for problem in faults]
        return None if faults else model

    def _replaced(self, model: Model) -> Model:
        equations = model.equations
        if "readout" in self.fields:
            readout = read_equations(self.toml, ("readout",), self.problems)
            old = {e.target for e in readout} | {"y"}
            kept = [e for e in equations if e.target not in old]
            # the readout stands between the cell and the loss
            cell = [e for e in kept if e.target != model.objective]
            equations = (*cell, *readout, *(e for e in kept if e.target == model.objective))
        if "loss" in self.fields:
            loss = read_loss(self.toml, ("loss",), self.problems)
            old = {e.target for e in loss} | {"loss"}
            equations = (*(e for e in equations if e.target not in old), *loss)
        objective: str | None = self.fields.text("objective") or model.objective
        computed = any(e.target == objective for e in equations)
        if not computed and objective == "loss" and "targets" not in self.fields.table("data"):
            objective = None  # nothing to be held against: the recurrence runs forward only
        model = replace(model, equations=equations, objective=objective)
        return replace(model, shapes={**model.shapes, **self._shapes(model)})

    def _shapes(self, model: Model) -> dict[str, tuple[Size, ...]]:
        """The file's own [shapes], of quantities and parameters of the model."""
        if "shapes" not in self.fields or not self.fields.table("shapes").data:
            return {}
        shapes = read_shapes(self.toml, ("shapes",), self.problems)
        quantities = [*(e.target for e in model.equations), *model.parameters]
        for key in shapes:
            if key not in quantities:
                place = self.toml.key_place("shapes", key)
                hint = near_name(key, quantities) or listed(quantities)
                message = f"`{key}` has a shape but is in no equation"
                self.problems.append(Problem(message, place, hint))
        return {key: shape for key, shape in shapes.items() if key in quantities}

    def placed(self, problem: Problem) -> Problem:
        """A problem of the model as a whole placed in the file; one in a shipped model, named."""
        place = problem.place
        if place is None:
            path = ("objective",) if "objective" in self.fields else ("model", "objective")
            return replace(problem, place=self.toml.place(*path))
        if place.file == self.toml.file:
            return problem
        name = f"{self.toml.file}, model {self.fields.data['model']}".removeprefix(", ")
        return replace(problem, place=replace(place, file=name))

    def completed(self, model: Model, data: Data) -> tuple[Model, dict[str, Array]]:
        """The model with the file's initial values, and without its loss if there is no target."""
        arrays: dict[str, Array] = {}
        if "initial" in self.fields:
            table = self.fields.table("initial")
            expressions: dict[str, Expression] = {}
            numbers: dict[str, Any] = {}
            if table.data:
                expressions, numbers = read_initial(self.toml, ("initial",), self.problems)
            given = {*expressions, *numbers}
            kept = {key: e for key, e in model.initial.items() if key not in given}
            model = replace(model, initial={**kept, **expressions})
            self.problems += [self.placed(p) for p in check_model(model) if "initial" in p.message]
            for key in numbers:
                if key not in model.states:
                    hint = near_name(key, model.states) or "no equation uses it at [t-1]"
                    place = self.toml.key_place("initial", key)
                    self.problems.append(Problem(f"`{key}` is not a state", place, hint))
                    continue
                array = table.array(key)
                if array is not None:
                    arrays[key] = array
        if data.sequences and data.sequences[0].targets is None and model.uses_target():
            model = model.without_target()
            self.untargeted = True
        return model, arrays
