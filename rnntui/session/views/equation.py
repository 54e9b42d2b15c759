"""The equation under the cursor, worked out, its worked answers, and the equations it is one of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rnntui.language.tree import Equation
from rnntui.notation.formula import Token, name_symbol, to_formula
from rnntui.session.explanation import Explanation, answers_here, explain
from rnntui.session.moment import Moment, initial_gradients
from rnntui.session.views.answers import Answer
from rnntui.session.views.arrays import Version


@dataclass(frozen=True, eq=False)
class WorkedFormula:
    """One line of the working. kind: symbols, numbers, terms, pre-activation or value."""

    kind: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, eq=False)
class ListedEquation:
    """An equation in symbols: `symbol` = `tokens`."""

    symbol: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, eq=False)
class EquationView:
    """The working, and the listing of the phase's equations.

    cursor: which of `equations` it is. working_version, listing_version: of the one and the other.
    """

    _moment: Moment
    cursor: int
    working_version: Version
    listing_version: Version

    @property
    def title(self) -> str:
        """What the quantity is, in words."""
        return self._explanation.title

    @property
    def symbol(self) -> str:
        """What is computed, on the left of every equals sign."""
        return self._explanation.target

    @cached_property
    def working(self) -> tuple[WorkedFormula, ...]:
        """From symbols to the value."""
        return tuple(WorkedFormula(line.kind, line.tokens) for line in self._explanation.lines)

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The worked answers for this value, and for the parameters in its equation."""
        return tuple(map(Answer.of, answers_here(self._moment)))

    @cached_property
    def equations(self) -> tuple[ListedEquation, ...]:
        """All equations of the phase, as they are at this timestep."""
        shapes = self._moment.program.all_shapes
        return tuple(
            ListedEquation(
                name_symbol(equation.target), tuple(to_formula(equation.expression, shapes))
            )
            for equation in _equations(self._moment)
        )

    @cached_property
    def _explanation(self) -> Explanation:
        return explain(self._moment)


def view(moment: Moment) -> EquationView:
    """What there is to say of the equation under the cursor."""
    program, position = moment.program, moment.position
    last = position.phase == "backward" and not moment.trace.carries(position.t)
    return EquationView(
        moment,
        position.equation,
        (moment.trace, position, moment.checks),
        (
            program.model.equations,
            program.all_shapes,
            moment.optimiser,
            position.phase,
            position.t == 0,
            last,
        ),
    )


def _equations(moment: Moment) -> Sequence[Equation]:
    position, program = moment.position, moment.program
    if position.phase == "forward":
        return program.model.equations
    if position.phase == "update":
        return [line.equation for line in moment.optimiser.equations]
    if position.t == 0:
        return initial_gradients(program)
    last = not moment.trace.carries(position.t)
    return [equation.equation(last) for equation in program.backward]
