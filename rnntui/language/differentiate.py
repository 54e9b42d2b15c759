"""Equations → backward equations: reverse-mode differentiation, from source to source.

The backward pass is itself a list of equations of the same language. For a quantity q of
timestep t, `grad(q)` is ∂L/∂q[t], L the total loss: what reaches q from later equations of its
own timestep, and, where q[t-1] is used, from the next timestep (names at t+1). For a parameter,
`grad(W)` at t is what its use at t contributes; the gradient is their sum over time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rnntui.language.algebra import (
    ONE,
    ZERO,
    call,
    divide,
    multiply,
    negative,
    number,
    power,
    subtract,
    total,
)
from rnntui.language.definitions import expand
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import Key, grad, weight
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import (
    Binary,
    Call,
    Equation,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Span,
    Transpose,
    names,
    shifted,
)


@dataclass(frozen=True)
class BackwardEquation:
    """grad(of) at t: `within` timestep t, plus `following` from timestep t+1 (None: nothing)."""

    of: Key
    within: Expression | None
    following: Expression | None = None

    @property
    def target(self) -> Key:
        """The name it computes, such as grad(h)."""
        return grad(self.of)

    @property
    def uses(self) -> list[Name]:
        """The names in it, those at t + 1 included."""
        parts = (self.within, self.following)
        return [name for part in parts if part is not None for name in names(part)]

    def equation(self, last: bool) -> Equation:
        """As an equation; at the last timestep nothing follows."""
        parts = [self.within, None if last else self.following]
        terms = [part for part in parts if part is not None]
        return Equation(self.target, total(terms) if terms else ZERO)

    def initial(self) -> Equation:
        """∂L/∂(the state at t = 0): what comes from timestep 1 alone."""
        return Equation(self.target, self.following if self.following is not None else ZERO)


def differentiate(
    assignments: Sequence[Equation],
    shapes: Mapping[str, Shape],
    sources: Mapping[str, Expression],
    constant: Iterable[str] = (),
    without: Iterable[str] = (),
) -> tuple[BackwardEquation, ...]:
    """The backward equations of one timestep, in the order in which they are computed.

    assignments: the equations of one timestep, pre-activations written out.
    sources: what reaches quantities from outside of the equations: the scalar that the total adds
    up, by its weight in it, `weight(loss)` (∂L/∂loss[t]); states, by their `cotangent(h)`.
    constant: quantities that are the same at every timestep (parameters); they come last.
    without: quantities whose gradient nobody asks for (the target).
    """
    constants = frozenset(constant)
    pullback = _Pullback(shapes, frozenset(without))
    here: dict[Key, list[Expression]] = {Key(key): [source] for key, source in sources.items()}
    later: dict[Key, list[Expression]] = {}
    done: dict[Key, None] = {}

    def collect(target: str, expression: Expression) -> None:
        gradient = Name(grad(target))
        for name, part in pullback.run(expression, gradient, Name(target)):
            if name.shift == -1:
                later.setdefault(name.key, []).append(shifted(part, 1, constants))
            else:
                here.setdefault(name.key, []).append(part)

    # A state's use at t-1 adds to its gradient of the timestep before, whatever the order of the
    # lines; so first see which states are reached at all, then write the equations down.
    reached = _reached(assignments, sources, pullback)
    for assignment in reversed(assignments):
        if assignment.target in reached:
            collect(assignment.target, assignment.expression)
            done[assignment.target] = None
    others = [key for key in here if key not in done and key not in constants]
    ordered = [*done, *others, *(key for key in here if key in constants)]
    sums = {key: total(parts) for key, parts in here.items()}
    following = {key: total(parts) for key, parts in later.items()}
    return tuple(BackwardEquation(key, sums.get(key), following.get(key)) for key in ordered)


def differentiate_initial(
    initial: Mapping[str, Expression], shapes: Mapping[str, Shape]
) -> tuple[BackwardEquation, ...]:
    """The gradients that parameters receive through initial values, from grad(state) at t = 0."""
    pullback = _Pullback(shapes, frozenset())
    gradients: dict[Key, list[Expression]] = {}
    for state, expression in initial.items():
        for name, part in pullback.run(expression, Name(grad(state)), Name(state)):
            gradients.setdefault(name.key, []).append(part)
    return tuple(BackwardEquation(key, total(parts)) for key, parts in gradients.items())


def _reached(
    assignments: Sequence[Equation], sources: Iterable[str], pullback: _Pullback
) -> frozenset[str]:
    """The assigned quantities that the sources depend on, at any timestep."""
    expressions: dict[str, Expression] = {a.target: a.expression for a in assignments}
    reached: set[str] = set()
    waiting = list(sources)
    while waiting:
        key = waiting.pop()
        if key in reached or key not in expressions:
            continue
        reached.add(key)
        parts = pullback.run(expressions[key], Name(grad(key)), Name(key))
        waiting.extend(name.key for name, _ in parts)
    return frozenset(reached)


class _Pullback:
    """Carries a gradient from an expression back to the names in it."""

    def __init__(self, shapes: Mapping[str, Shape], without: frozenset[str]) -> None:
        self.shapes = dict(shapes)
        for key, shape in shapes.items():
            self.shapes[grad(key)] = shape
            self.shapes[weight(key)] = shape
        self.without = without

    def run(
        self, expression: Expression, gradient: Expression, result: Expression
    ) -> list[tuple[Name, Expression]]:
        """(name, ∂) for every use of a name, with `gradient` reaching the expression's value `result`."""
        uses: list[tuple[Name, Expression]] = []
        self._pull(expression, gradient, result, uses)
        return uses

    def _shape(self, node: Expression) -> Shape:
        return shape_of(node, self.shapes)

    def _pull(
        self,
        node: Expression,
        g: Expression,
        result: Expression,
        uses: list[tuple[Name, Expression]],
    ) -> None:
        if g == ZERO or all(name.key in self.without for name in names(node)):
            return
        shape = self._shape(node)
        elementwise = isinstance(node, Negative) or (
            isinstance(node, Binary) and node.operator != "@"
        )
        if shape and not elementwise and self._shape(g) == ():
            g = multiply(g, call("ones", *(Number(float(n)) for n in shape)))
        match node:
            case Name():
                uses.append((node, g))
            case Negative():
                self._pull(node.operand, negative(g), node.operand, uses)
            case Binary():
                for operand, part in self._binary(node, g, result):
                    self._pull(operand, self._gathered(part, operand, shape), operand, uses)
            case Transpose():
                self._pull(node.value, Transpose(g), node.value, uses)
            case Index():
                self._pull(node.value, self._scattered(node, g), node.value, uses)
            case Call():
                shapes = tuple(self._shape(argument) for argument in node.arguments)
                rule = FUNCTIONS[node.function].derivative
                if rule is None:
                    made_of = expand(node, self._shape)
                    assert made_of is not None, "a function has a derivative or a definition"
                    self._pull(made_of, g, result, uses)
                    return
                for operand, gradient in zip(
                    node.arguments, rule(node.arguments, result, g, shapes), strict=True
                ):
                    if gradient is None:
                        continue
                    kind = FUNCTIONS[node.function].kind
                    if kind in ("pairwise", "where"):
                        gradient = self._gathered(gradient, operand, shape)
                    self._pull(operand, gradient, operand, uses)

    def _gathered(self, part: Expression, operand: Expression, shape: Shape) -> Expression:
        """A scalar operand that was broadcast receives the sum over all components."""
        if not shape or self._shape(operand) != ():
            return part
        if self._shape(part) == ():
            size = 1
            for n in shape:
                size *= n
            return multiply(Number(float(size)), part)
        if isinstance(part, Binary) and part.operator == "*":
            if self._shape(part.left) == ():
                return multiply(part.left, call("sum", part.right))
            if self._shape(part.right) == ():
                return multiply(call("sum", part.left), part.right)
            if len(shape) == 1:
                return call("dot", part.left, part.right)
        if isinstance(part, Negative):
            return negative(self._gathered(part.operand, operand, shape))
        return call("sum", part)

    def _binary(
        self, node: Binary, g: Expression, result: Expression
    ) -> Iterable[tuple[Expression, Expression]]:
        a, b = node.left, node.right
        match node.operator:
            case "+":
                return (a, g), (b, g)
            case "-":
                return (a, g), (b, negative(g))
            case "*":
                return (a, multiply(g, b)), (b, multiply(g, a))
            case "/":
                return (a, divide(g, b)), (b, negative(divide(multiply(g, result), b)))
            case "**":
                return (a, self._power_base(a, b, g)), (b, self._power_exponent(a, b, g, result))
            case "@":
                return self._product(a, b, g)
        raise ValueError(node.operator)

    def _power_base(self, a: Expression, b: Expression, g: Expression) -> Expression:
        if isinstance(b, Number):
            return multiply(multiply(g, b), power(a, number(b.value - 1.0)))
        return multiply(multiply(g, b), power(a, subtract(b, ONE)))

    def _power_exponent(
        self, a: Expression, b: Expression, g: Expression, result: Expression
    ) -> Expression:
        if not any(True for _ in names(b)):
            return ZERO
        return multiply(multiply(g, result), call("log", a))

    def _product(
        self, a: Expression, b: Expression, g: Expression
    ) -> Iterable[tuple[Expression, Expression]]:
        match len(self._shape(a)), len(self._shape(b)):
            case (2, 1):
                return (a, call("outer", g, b)), (b, Binary("@", _transposed(a), g))
            case (1, 2):
                return (a, Binary("@", b, g)), (b, call("outer", a, g))
        return (
            (a, Binary("@", g, _transposed(b))),
            (b, Binary("@", _transposed(a), g)),
        )

    def _scattered(self, node: Index, g: Expression) -> Expression:
        """The gradient of value[subscripts], zeros where nothing was taken."""
        shape = self._shape(node.value)
        first = node.subscripts[0]
        if len(shape) == 1:
            return _placed(g, first, shape[0])
        rows, columns = shape
        second = node.subscripts[1] if len(node.subscripts) == 2 else Span()
        if isinstance(first, int) and isinstance(second, int):
            cell = call("outer", _one_hot(first, rows), _one_hot(second, columns))
            return multiply(g, cell)
        if isinstance(first, int):
            return call("outer", _one_hot(first, rows), _placed(g, second, columns))
        if isinstance(second, int):
            return call("outer", _placed(g, first, rows), _one_hot(second, columns))
        stop, start = _bounds(first, rows), _bounds(second, columns)
        wide = _padded(Transpose(g), start, columns, stop[1] - stop[0])
        return _padded(_transposed(wide), stop, rows, columns)


def _transposed(node: Expression) -> Expression:
    return node.value if isinstance(node, Transpose) else Transpose(node)


def _one_hot(index: int, size: int) -> Expression:
    return call("one_hot", Number(float(index % size)), Number(float(size)))


def _bounds(span: Span, size: int) -> tuple[int, int]:
    start, stop, _ = slice(span.start, span.stop).indices(size)
    return start, stop


def _placed(g: Expression, subscript: int | Span, size: int) -> Expression:
    """A vector of `size` that is g at the subscript and 0 elsewhere."""
    if isinstance(subscript, int):
        return multiply(g, _one_hot(subscript, size))
    return _padded(g, _bounds(subscript, size), size)


def _padded(g: Expression, bounds: tuple[int, int], size: int, columns: int = 0) -> Expression:
    """Zeros before and after g, along its first axis (rows of `columns`, or components)."""

    def zeros(count: int) -> list[Expression]:
        sizes = [count, columns] if columns else [count]
        return [call("zeros", *(Number(float(n)) for n in sizes))] if count else []

    parts = [*zeros(bounds[0]), g, *zeros(size - bounds[1])]
    return parts[0] if len(parts) == 1 else call("concat", *parts)
