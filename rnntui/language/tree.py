"""The syntax tree of the equation language: expressions and equations, immutable and comparable.

Two trees are equal when they say the same; where a node stands in its text (`place`) does not
count. A *name* is the key of a quantity at a timestep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from rnntui.language.keys import Key
from rnntui.text.problems import SourcePlace


@dataclass(frozen=True)
class Expression:
    """Any node that has a value."""

    place: SourcePlace | None = field(default=None, compare=False, repr=False, kw_only=True)

    def children(self) -> tuple[Expression, ...]:
        """The operands, left to right."""
        return ()


@dataclass(frozen=True)
class Number(Expression):
    """A literal, never negative (a minus sign is `Negative`)."""

    value: float


@dataclass(frozen=True, init=False)
class Name(Expression):
    """A quantity at this timestep (`shift` 0), the last (-1) or, in backward equations, the next (+1)."""

    key: Key
    shift: int = 0

    def __init__(self, key: str, shift: int = 0, *, place: SourcePlace | None = None) -> None:
        super().__init__(place=place)
        object.__setattr__(self, "key", Key(key))
        object.__setattr__(self, "shift", shift)


@dataclass(frozen=True)
class Negative(Expression):
    """-operand."""

    operand: Expression

    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)


@dataclass(frozen=True)
class Binary(Expression):
    """left operator right, with operator one of + - * / ** @."""

    operator: str
    left: Expression
    right: Expression

    def children(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Compare(Expression):
    """left operator right, with operator one of < <= > >= == !=; a condition, elementwise."""

    operator: str
    left: Expression
    right: Expression

    def children(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Call(Expression):
    """A function of the language applied to arguments."""

    function: str
    arguments: tuple[Expression, ...]

    def children(self) -> tuple[Expression, ...]:
        return self.arguments


@dataclass(frozen=True)
class Span:
    """The subscript start:stop; None is the end of the axis."""

    start: int | None = None
    stop: int | None = None


@dataclass(frozen=True)
class Index(Expression):
    """value[subscripts]: components counted from 0, negative ones from the end."""

    value: Expression
    subscripts: tuple[int | Span, ...]

    def children(self) -> tuple[Expression, ...]:
        return (self.value,)


@dataclass(frozen=True)
class Transpose(Expression):
    """value.T of a matrix."""

    value: Expression

    def children(self) -> tuple[Expression, ...]:
        return (self.value,)


ROLES = ("gate", "candidate", "state", "hidden", "readout", "loss")


@dataclass(frozen=True, init=False)
class Equation:
    """`target = expression`, one line of a model and one micro-step.

    `role` (one of ROLES, or empty) and `description` come from the comment behind it.
    """

    target: Key
    expression: Expression
    description: str = field(default="", compare=False)
    role: str = field(default="", compare=False)
    place: SourcePlace | None = field(default=None, compare=False, repr=False)

    def __init__(
        self,
        target: str,
        expression: Expression,
        description: str = "",
        role: str = "",
        place: SourcePlace | None = None,
    ) -> None:
        object.__setattr__(self, "target", Key(target))
        object.__setattr__(self, "expression", expression)
        object.__setattr__(self, "description", description)
        object.__setattr__(self, "role", role)
        object.__setattr__(self, "place", place)


def walk(expression: Expression) -> Iterator[Expression]:
    """Every node of the tree, parents before their operands, left to right."""
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children()))


def names(expression: Expression) -> Iterator[Name]:
    """Every use of a quantity in the tree, left to right."""
    return (node for node in walk(expression) if isinstance(node, Name))


def rebuild(expression: Expression, children: tuple[Expression, ...]) -> Expression:
    """The same node over other operands."""
    if isinstance(expression, Call):
        return Call(expression.function, children, place=expression.place)
    values = {f.name: getattr(expression, f.name) for f in fields(expression)}
    operands = iter(children)
    for key, value in values.items():
        if isinstance(value, Expression):
            values[key] = next(operands)
    return type(expression)(**values)


def shifted(expression: Expression, by: int, constant: frozenset[str]) -> Expression:
    """The same formula `by` timesteps later; the quantities in `constant` (parameters) do not move."""
    if isinstance(expression, Name):
        if expression.key in constant:
            return expression
        return Name(expression.key, expression.shift + by, place=expression.place)
    if not expression.children():
        return expression
    moved = tuple(shifted(child, by, constant) for child in expression.children())
    return rebuild(expression, moved)
