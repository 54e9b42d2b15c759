"""What an entry in the table of the language's functions is made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rnntui.language.tree import Compare, Expression, Number

Shape = tuple[int, ...]

_LARGEST_LITERAL = 1e6

# A derivative rule takes the arguments, the value's own formula r, the gradient g that reaches
# it, and the arguments' shapes; it gives the gradient of each argument, or None where none flows.
Rule = Callable[
    [tuple[Expression, ...], Expression, Expression, tuple[Shape, ...]],
    tuple[Expression | None, ...],
]


@dataclass(frozen=True)
class Function:
    """A function of the language.

    kind says what shapes it takes and gives:

    | kind        | arguments                          | value              |
    | ----------- | ---------------------------------- | ------------------ |
    | elementwise | any                                | the same shape     |
    | pairwise    | two alike, or one a scalar         | the larger shape   |
    | vector      | a vector                           | the same shape     |
    | reduce      | any                                | a scalar           |
    | dot         | two vectors of one length          | a scalar           |
    | outer       | vectors of n and m                 | an n×m matrix      |
    | concat      | scalars and vectors, or matrices   | a vector, a matrix |
    | where       | a condition and two values         | the larger shape   |
    | loss        | prediction and target, alike       | a scalar           |
    | literal     | whole numbers                      | given by them      |

    value: with NumPy; of all timesteps at once too, in a leading axis. None: by its definition.
    derivative: see Rule; None: by its definition. definition: what it is made of, in the language, of
    the names in `arguments` and `n`, how many components the first has; a function without one is a
    primitive, and has a body in `compile.llvm`. least, most: how many
    arguments it takes; most is None where there is no end. symbol: how it is written on paper, if
    not by its name. activation: what it is applied to has a name of its own, the pre-activation.
    """

    name: str
    kind: str
    value: Callable[..., Any] | None
    derivative: Rule | None
    least: int = 1
    most: int | None = 1
    symbol: str = ""
    activation: bool = False
    description: str = ""
    definition: str = ""
    arguments: tuple[str, ...] = ("z",)

    def check_arguments(self, arguments: tuple[Expression, ...]) -> str:
        """What is wrong with the arguments before their shapes are known, or nothing."""
        count = len(arguments)
        if count < self.least or (self.most is not None and count > self.most):
            expected = str(self.least) if self.most == self.least else f"at least {self.least}"
            if self.most is not None and self.most != self.least:
                expected = f"{self.least} to {self.most}"
            plural = "" if expected.split()[-1] == "1" else "s"
            return f"`{self.name}` takes {expected} argument{plural}, not {count}"
        if self.kind == "literal" and not all(
            isinstance(a, Number) and a.value == int(a.value) for a in arguments
        ):
            return f"`{self.name}` takes whole numbers"
        sizes = [a.value for a in arguments if isinstance(a, Number)][self.name == "one_hot" :]
        if self.kind == "literal" and math.prod(sizes) > _LARGEST_LITERAL:
            return f"`{self.name}` makes at most a million components"
        if self.kind == "where" and not isinstance(arguments[0], Compare):
            return "`where` chooses by a condition: where(a < b, a, b)"
        return ""


def of_one(formula: Callable[[Expression, Expression, Expression], Expression]) -> Rule:
    """The rule of a function of one argument z, from its gradient in terms of z, r and g."""
    return lambda arguments, r, g, shapes: (formula(arguments[0], r, g),)


def no_derivative(arguments: tuple[Expression, ...], *_: Any) -> tuple[None, ...]:
    """The rule of a function through which no gradient flows."""
    return (None,) * len(arguments)


def size_of(shape: Shape) -> Number:
    """How many components a value of a shape has."""
    return Number(float(math.prod(shape)))
