"""What runs a program over whole sequences with NumPy: a generated function for each pass.

Each is made when it is first asked for, once a program, and kept as long as the program.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from rnntui.compile.inlining import inlined, needed
from rnntui.compile.sequence_code import SequenceCode, SequenceFunction
from rnntui.language.differentiate import BackwardEquation
from rnntui.language.program import Program

T = TypeVar("T")


def _once_a_program(make: Callable[[Program], T]) -> Callable[[Program], T]:
    made: WeakKeyDictionary[Program, T] = WeakKeyDictionary()

    @wraps(make)
    def kept(program: Program) -> T:
        if program not in made:
            made[program] = make(program)
        return made[program]

    return kept


@_once_a_program
def forward_pass(program: Program) -> SequenceFunction:
    """run(T, arrays) computes every quantity at t = 1 … T, and initial values by formula."""
    return _code(program).forward(program.assignments, program.initial_formulas)


@_once_a_program
def backward_pass(program: Program) -> SequenceFunction:
    """run(T, arrays) computes every gradient at t = T … 0, and the parameters'."""
    return _code(program).backward(_inlined(program), program.backward_initial)


@_once_a_program
def training_pass(program: Program) -> SequenceFunction:
    """As `backward_pass`, without what only looking needs: the inputs' gradients, the gates'."""
    equations = _inlined(program)
    totals = [e for e in equations if e.of in program.model.parameters]
    equations = needed(equations, [*totals, *program.backward_initial])
    return _code(program).backward(equations, program.backward_initial)


@_once_a_program
def by_use_pass(program: Program) -> SequenceFunction:
    """run(T, arrays) computes what each timestep's use of the parameters contributes."""
    parameters = program.model.parameters
    return _code(program).by_use([e for e in program.backward if e.of in parameters])


@_once_a_program
def _inlined(program: Program) -> tuple[BackwardEquation, ...]:
    return inlined(program.backward, program.model.parameters)


def _code(program: Program) -> SequenceCode:
    return SequenceCode(program.model.parameters, program.all_shapes)
