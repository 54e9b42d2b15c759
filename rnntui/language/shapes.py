"""Shapes: what is a scalar, a vector or a matrix, and how long; inferred from the equations.

Inference goes in rounds. Firm rules first: what the operators require (`W @ x` gives x's length
to W's columns). Where those leave something open, one assumption at a time, the least surprising
first: a state has the size `hidden`; operands of + - * / are alike; what nothing constrains is a
scalar. What cannot be told is refused with its place, never guessed silently against a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    rules = ShapeRules(shapes)
    shape = rules.visit(expression, None)
    assert shape is not None
    complete = tuple(length for length in shape if length is not None)
    assert len(complete) == len(shape)
    return complete


class _Inference(ShapeRules):
    def __init__(
        self, equations: Sequence[Equation], given: Mapping[str, Shape], hidden: int | None
    ) -> None:
        super().__init__(given)
        self.equations = equations
        self.hidden = hidden
        uses = [name for equation in equations for name in names(equation.expression)]
        self.first_use: dict[str, Name] = {}
        for name in uses:
            self.first_use.setdefault(name.key, name)
        self.states = list(dict.fromkeys(name.key for name in uses if name.shift == -1))
        for key in [*self.first_use, *(equation.target for equation in equations)]:
            self.shapes.setdefault(key, None)
        for equation in equations:  # an activation keeps the shape of what it is given
            inner = pre(equation.target)
            if self.shapes.get(inner, ()) is None:
                self.shapes[inner] = self.shapes[equation.target]

    def run(self) -> dict[str, Shape]:
        self._settle()
        while not self._complete():
            if not (self._assume_hidden() or self._assume_alike() or self._assume_scalar()):
                raise InputError(self._open_problems())
            self._settle()
        return {key: _lengths(shape) for key, shape in self.shapes.items() if shape is not None}

    def _complete(self) -> bool:
        return all(shape is not None and None not in shape for shape in self.shapes.values())

    def _settle(self) -> None:
        self.changed = True
        while self.changed:
            self.changed = False
            for equation in self.equations:
                self._equation(equation)

    def _equation(self, equation: Equation) -> None:
        target = Name(equation.target, place=equation.place)
        shape = self.visit(equation.expression, self.shapes[equation.target])
        if shape is not None:
            self.name(target, shape)

    def _assume_hidden(self) -> bool:
        unknown = [key for key in self.states if self.shapes[key] in (None, (None,))]
        if self.hidden is None or not unknown:
            return False
        for key in unknown:
            self.shapes[key] = (self.hidden,)
        return True

    def _assume_alike(self) -> bool:
        self.assuming = True
        self.changed = False
        try:
            for equation in self.equations:
                self._equation(equation)
                if self.changed:
                    return True
        finally:
            self.assuming = False
        return False

    def _assume_scalar(self) -> bool:
        in_product = {
            name.key
            for equation in self.equations
            for node in walk(equation.expression)
            if isinstance(node, Binary) and node.operator == "@"
            for name in names(node)
        }
        if any(self.shapes[key] is None and key in in_product for key in self.states):
            return False  # a state that is a vector of unknown length: say so, before what follows
        for key, shape in self.shapes.items():
            if shape is None and key not in in_product:
                self.shapes[key] = ()
                return True
        return False

    def _open_problems(self) -> list[Problem]:
        """States alone, else parameters alone: with those known, the rest usually follows."""
        unknown = [key for key, shape in self.shapes.items() if shape is None or None in shape]
        assigned = [equation.target for equation in self.equations]
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


def _lengths(shape: Partial) -> Shape:
    return tuple(length for length in shape if length is not None)
