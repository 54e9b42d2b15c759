"""A model with sizes: the shapes of everything, and the backward equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rnntui.language.algebra import add
from rnntui.language.differentiate import BackwardEquation, differentiate, differentiate_initial
from rnntui.language.keys import cotangent, grad, weight
from rnntui.language.model import Model
from rnntui.language.shapes import Shape, ShapeError, describe, infer_shapes
from rnntui.language.tree import Equation, Expression, Name
from rnntui.text.problems import InputError, Problem, near_name

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Program:
    """Everything that follows from a model's equations once the sizes are known.

    shapes: of every quantity and pre-activation, parameters and inputs included.
    initial_values: states at t = 0 that were given as numbers. started: states whose value at t = 0
    comes with each sequence, whatever the model says. cotangents: states that a gradient reaches at
    T from beyond the end, `cotangent(h)`. See `receiving`.
    """

    model: Model
    shapes: Mapping[str, Shape]
    initial_values: Mapping[str, Array] = field(default_factory=dict)
    started: frozenset[str] = frozenset()
    cotangents: frozenset[str] = frozenset()

    def receiving(self, initial: Iterable[str], cotangents: Iterable[str]) -> Program:
        """The program for a piece of a longer sequence; made once for the same names.

        initial: states that go on from where another piece ended. cotangents: states through which
        gradients come back from the next piece. Raises ValueError for what is no state.
        """
        names = frozenset(initial), frozenset(cotangents)
        for key in names[0] | names[1]:
            if key not in self.model.states:
                raise ValueError(f"`{key}` is not a state of the model")
        if names == (self.started, self.cotangents):
            return self
        if names not in self._receiving:
            started, reached = names
            self._receiving[names] = replace(self, started=started, cotangents=reached)
        return self._receiving[names]

    @cached_property
    def _receiving(self) -> dict[tuple[frozenset[str], frozenset[str]], Program]:
        return {}

    @cached_property
    def initial_formulas(self) -> Mapping[str, Expression]:
        """The states whose value at t = 0 is computed, and how."""
        return {k: e for k, e in self.model.initial.items() if k not in self.started}

    @cached_property
    def all_shapes(self) -> Mapping[str, Shape]:
        """The shapes, gradients and the objective's weight included, for reading backward equations."""
        objective = self.model.objective
        return {
            **{grad(key): shape for key, shape in self.shapes.items()},
            **({} if objective is None else {weight(objective): ()}),
            **{cotangent(key): self.shapes[key] for key in self.cotangents},
            **self.shapes,
        }

    @cached_property
    def assignments(self) -> tuple[Equation, ...]:
        """One timestep forward, pre-activations written out."""
        return self.model.assignments

    @cached_property
    def backward(self) -> tuple[BackwardEquation, ...]:
        """One timestep backward; empty where nothing has a gradient."""
        objective = self.model.objective
        sources: dict[str, Expression] = {
            key: Name(cotangent(key)) for key in self.model.states if key in self.cotangents
        }
        if objective is not None:
            loss = Name(weight(objective))
            sources[objective] = add(sources[objective], loss) if objective in sources else loss
        return differentiate(
            self.assignments,
            self.shapes,
            sources,
            constant=self.model.parameters,
            without=("target",),
        )

    @cached_property
    def backward_initial(self) -> tuple[BackwardEquation, ...]:
        """What the initial values' expressions pass on to their parameters."""
        reached = {equation.of for equation in self.backward}
        formulas = {k: e for k, e in self.initial_formulas.items() if k in reached}
        return differentiate_initial(formulas, self.shapes)


def bind(
    model: Model,
    inputs: Mapping[str, Shape],
    sizes: Mapping[str, int],
    given: Mapping[str, Shape],
    initial_values: Mapping[str, Array] | None = None,
) -> Program:
    """The program of a model whose inputs, sizes and some parameters have known shapes.

    inputs: shapes of `x` and `target`. sizes: `hidden` and others named by declared shapes.
    given: shapes of parameters and initial values that the user wrote (`initial_values`).
    Raises InputError where shapes clash, cannot be told, or name an unknown size.
    """
    lengths = {**_input_sizes(inputs), **sizes}
    declared = {key: _declared(key, shape, lengths) for key, shape in model.shapes.items()}
    given_shapes: dict[str, Shape] = {**declared, **inputs}
    for key, shape in given.items():
        if key in given_shapes and given_shapes[key] != shape:
            message = (
                f"`{key}` is {describe(shape)}, where {describe(given_shapes[key])} is declared"
            )
            raise ShapeError(message, Name(key))
        given_shapes[key] = shape
    initial = tuple(
        Equation(state, expression, place=expression.place)
        for state, expression in model.initial.items()
    )
    equations = (*model.assignments, *initial)
    shapes = infer_shapes(equations, given_shapes, sizes.get("hidden"))
    _check_objective(model, shapes)
    return Program(model, shapes, initial_values or {})


def _input_sizes(inputs: Mapping[str, Shape]) -> dict[str, int]:
    names = {"x": "input", "target": "output"}
    return {names[key]: shape[0] if shape else 1 for key, shape in inputs.items()}


def _declared(key: str, written: tuple[int | str, ...], lengths: Mapping[str, int]) -> Shape:
    shape: list[int] = []
    for length in written:
        if isinstance(length, str) and length not in lengths:
            hint = near_name(length, lengths) or f"give [sizes] {length} = …"
            raise ShapeError(f"the size `{length}` of `{key}` is not given", Name(key), hint)
        shape.append(lengths[length] if isinstance(length, str) else length)
    return tuple(shape)


def _check_objective(model: Model, shapes: Mapping[str, Shape]) -> None:
    objective = model.objective
    if objective is not None and shapes[objective] != ():
        place = model.equation(objective).place
        message = f"`{objective}` is {describe(shapes[objective])}"
        hint = "what training minimises is a scalar: take its sum or mean"
        raise InputError(Problem(message, place, hint))
