"""Shapes: what is a scalar, a vector or a matrix, and how long; inferred from the equations.

Inference goes in rounds. Firm rules first: what the operators require (`W @ x` gives x's length
to W's columns). Where those leave something open, one assumption at a time, the least surprising
first: a state has the size `hidden`; operands of + - * / are alike; what nothing constrains is a
scalar. What cannot be told is refused with its place, never guessed silently against a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from heapq import heappop, heappush
from typing import cast

from rnntui.language.keys import Key, pre
from rnntui.language.shape_rules import Partial, Shape, ShapeError, ShapeRules, describe
from rnntui.language.tree import Binary, Equation, Expression, Name, names, walk
from rnntui.text.problems import InputError, Problem, SourcePlace, near_name

__all__ = ["Shape", "ShapeError", "describe", "infer_shapes", "shape_of"]


def infer_shapes(
    equations: Sequence[Equation], given: Mapping[str, Shape], hidden: int | None = None
) -> dict[str, Shape]:
    """The shape of every quantity in `equations`, from those in `given` (inputs, given values).

    hidden: the size assumed for states whose shape nothing else tells.
    Raises InputError where shapes clash or cannot be told.
    """
    return _Inference(equations, given, hidden).run()


def shape_of(expression: Expression, shapes: Mapping[str, Shape]) -> Shape:
    """The shape of an expression whose quantities all have one. Raises InputError on a clash."""
    shape = ShapeRules(cast(dict[str, Partial | None], shapes)).visit(expression, None)
    assert shape is not None  # and nothing was learnt: all was known
    complete = tuple(length for length in shape if length is not None)
    assert len(complete) == len(shape)
    return complete


class _Inference(ShapeRules):
    def __init__(
        self, equations: Sequence[Equation], given: Mapping[str, Shape], hidden: int | None
    ) -> None:
        super().__init__(dict(given))
        self.equations = equations
        self.hidden = hidden
        uses = [name for equation in equations for name in names(equation.expression)]
        self.first_use: dict[str, Name] = {}
        for name in uses:
            self.first_use.setdefault(name.key, name)
        self.states = dict.fromkeys(name.key for name in uses if name.shift == -1)
        for key in [*self.first_use, *(equation.target for equation in equations)]:
            self.shapes.setdefault(key, None)
        for equation in equations:  # an activation keeps the shape of what it is given
            inner = pre(equation.target)
            if self.shapes.get(inner, ()) is None:
                self.shapes[inner] = self.shapes[equation.target]
        # Only what is about a name of which more is known by now can tell more: `due`, by the
        # firm rules alone, and `guessed`, where operands may also be assumed to be alike.
        self.due = _Agenda(range(len(equations)))
        self.guessed = _Agenda(range(len(equations)))
        self.about: dict[str, list[int]] = {}
        for number, equation in enumerate(equations):
            for key in {equation.target, *(name.key for name in names(equation.expression))}:
                self.about.setdefault(key, []).append(number)
        self.open = {key: None for key, shape in self.shapes.items() if not _is_known(shape)}

    def run(self) -> dict[str, Shape]:
        self._settle()
        while self.open:
            if not (self._assume_hidden() or self._assume_alike() or self._assume_scalar()):
                raise InputError(self._open_problems())
            self._settle()
        return {key: _lengths(shape) for key, shape in self.shapes.items() if shape is not None}

    def learn(self, key: str, shape: Partial) -> None:
        super().learn(key, shape)
        if _is_known(shape):
            self.open.pop(key, None)
        for number in self.about.get(key, ()):
            self.due.add(number)
            self.guessed.add(number)

    def _settle(self) -> None:
        while (number := self.due.next()) is not None:
            self._equation(self.equations[number])

    def _equation(self, equation: Equation) -> None:
        target = Name(equation.target, place=equation.place)
        shape = self.visit(equation.expression, self.shapes[equation.target])
        if shape is not None:
            self.name(target, shape)

    def _assume_hidden(self) -> bool:
        hidden, self.hidden = self.hidden, None  # for all states at once
        if hidden is None:
            return False
        unknown = [key for key in self.states if self.shapes[key] in (None, (None,))]
        for key in unknown:
            self.learn(key, (hidden,))
        return bool(unknown)

    def _assume_alike(self) -> bool:
        self.assuming = True
        try:
            while (number := self.guessed.next()) is not None:
                self._equation(self.equations[number])
                if self.due:
                    self.guessed.restart()
                    return True
        finally:
            self.assuming = False
        return False

    def _assume_scalar(self) -> bool:
        in_product = self._in_product
        if any(self.shapes[key] is None and key in in_product for key in self.states):
            return False  # a state that is a vector of unknown length: say so, before what follows
        for key in self.open:
            if self.shapes[key] is None and key not in in_product:
                self.learn(key, ())
                return True
        return False

    @cached_property
    def _in_product(self) -> frozenset[str]:
        """The names in the operands of matrix products."""
        return frozenset(
            name.key
            for equation in self.equations
            for node in walk(equation.expression)
            if isinstance(node, Binary) and node.operator == "@"
            for name in names(node)
        )

    def _open_problems(self) -> list[Problem]:
        """States alone, else parameters alone: with those known, the rest usually follows."""
        unknown = list(self.open)
        assigned = dict.fromkeys(equation.target for equation in self.equations)
        states = [key for key in unknown if key in self.states]
        parameters = [key for key in unknown if key not in assigned]
        meant = [key for key in (*assigned, "x", "target") if not Key(key).operator]
        problems = []
        for key in states or parameters or unknown:
            hint = "give [sizes] hidden = …" if states else f"give `{key}` a value, or a shape"
            if key in parameters and (near := near_name(key, [m for m in meant if m != key])):
                hint += f"; or {near}"
            message = f"the shape of `{key}` cannot be told"
            problems.append(Problem(message, self._place_of(key), hint))
        return problems

    def _place_of(self, key: str) -> SourcePlace | None:
        for equation in self.equations:
            if equation.target == key:
                return equation.place
        return self.first_use[key].place


class _Agenda:
    """Numbers still to be dealt with: round after round, each round in ascending order."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._this_round = sorted(numbers)  # which is a heap
        self._next_round: list[int] = []
        self._waiting = set(self._this_round)
        self._last = -1

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, number: int) -> None:
        """Put a number on it, for this round if that has not gone past it."""
        if number not in self._waiting:
            self._waiting.add(number)
            heappush(self._this_round if number > self._last else self._next_round, number)

    def next(self) -> int | None:
        """Take the next number off it; None where there is none."""
        if not self._this_round:
            self.restart()
        if not self._this_round:
            return None
        self._last = heappop(self._this_round)
        self._waiting.remove(self._last)
        return self._last

    def restart(self) -> None:
        """Begin another round."""
        for number in self._next_round:
            heappush(self._this_round, number)
        self._next_round, self._last = [], -1


def _is_known(shape: Partial | None) -> bool:
    return shape is not None and None not in shape


def _lengths(shape: Partial) -> Shape:
    return tuple(length for length in shape if length is not None)
