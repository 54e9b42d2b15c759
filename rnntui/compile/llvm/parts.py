"""Values on machine vectors: in registers, in memory, or computed where they are asked for.

A `Part` is a value whose components can be had, one machine vector at a time. Axes of up to
`UNROLLED` components are written out, so that values stay in registers; longer ones are loops, and
values that are needed as a whole go to scratch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rnntui.compile.llvm.layout import (
    LANES,
    UNROLLED,
    chunks_of,
    is_small,
    lanes_of,
    rows_of,
    width_of,
)
from rnntui.compile.llvm.writer import FunctionWriter, Value
from rnntui.language.shapes import Shape
from rnntui.language.tree import Expression

Place = int | Value  # a row, a chunk or a component: known, or the variable of a loop
Scratch = Callable[[Shape], Value]  # a pointer to room for a value, until the formula is done
Operation = Callable[..., Value]  # of machine vectors


@dataclass(eq=False)
class Part:
    """A value of a shape. at(row, chunk): a machine vector of it.

    component(row, column): one number of it; only where it is held as a whole.
    """

    shape: Shape
    at: Callable[[Place, Place], Value]
    component: Callable[[Place, Place], Value] | None = None

    @property
    def number(self) -> Callable[[Place, Place], Value]:
        """`component` of what is held as a whole."""
        assert self.component is not None, "it is held as a whole"
        return self.component

    @property
    def lanes(self) -> int:
        """Components of a machine vector."""
        return lanes_of(self.shape)


@dataclass
class _Scope:
    parts: dict[Expression, Part] = field(default_factory=dict)
    values: dict[tuple[int, int, int], Value] = field(default_factory=dict)
    held: list[Part] = field(default_factory=list)


class PartWriter:
    """Writes values into a function, and remembers what has been computed and where it is known.

    scratch: see Scratch.
    """

    def __init__(self, fn: FunctionWriter, scratch: Scratch) -> None:
        self.fn = fn
        self._scratch = scratch
        self._scopes = [_Scope()]

    # -- what is known --

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is computed inside is not known outside: the body of a loop."""
        self._scopes.append(_Scope())
        yield
        self._scopes.pop()

    def know(self, node: Expression, part: Part) -> None:
        """From here on this is what the formula is."""
        self._scopes[-1].parts[node] = part

    def known(self, node: Expression) -> Part | None:
        """What a formula is that has been computed already."""
        found = (scope.parts[node] for scope in reversed(self._scopes) if node in scope.parts)
        return next(found, None)

    def remembering(self, part: Part) -> Part:
        """The same part, that computes a machine vector once where it is written out."""

        def at(i: Place, c: Place) -> Value:
            if not (isinstance(i, int) and isinstance(c, int)):
                return part.at(i, c)
            key = (id(part), i, c)
            for scope in reversed(self._scopes):
                if key in scope.values:
                    return scope.values[key]
            scope = self._scopes[-1]
            value = scope.values[key] = part.at(i, c)
            scope.held.append(part)  # so that its id stays its own
            return value

        return Part(part.shape, at, part.component)

    # -- making parts --

    def scalar(self, value: Value | float) -> Part:
        """A number."""
        known = value if isinstance(value, Value) else self.fn.number(value)
        return Part((), lambda i, c: known, lambda i, j: known)

    def constant(self, value: float, shape: Shape) -> Part:
        """A value that is the same number everywhere."""
        return self.broadcast(self.scalar(value), shape)

    def broadcast(self, part: Part, shape: Shape) -> Part:
        """The part, in this shape if it is a number."""
        if part.shape == shape:
            return part
        value = self.spread(part.at(0, 0), lanes_of(shape))
        return Part(shape, lambda i, c: value)

    def spread(self, value: Value, lanes: int) -> Value:
        """A number in all lanes."""
        return value if value.lanes == lanes else self.fn.splat(value, lanes)

    def map(self, operation: Operation, *parts: Part) -> Part:
        """An elementwise operation; a number is one in all places."""
        shape = max((part.shape for part in parts), key=len)
        lanes = lanes_of(shape)

        def at(i: Place, c: Place) -> Value:
            return operation(
                *(p.at(i, c) if p.shape else self.spread(p.at(0, 0), lanes) for p in parts)
            )

        return Part(shape, at)

    def chosen(self, condition: Value, yes: Part, no: Part) -> Part:
        """One of two, by one condition for all of it."""
        return self.map(lambda a, b: self.fn.select(condition, a, b), yes, no)

    def whole(self, part: Part) -> Part:
        """The part held as a whole: in registers, or in scratch."""
        if part.component is not None:
            return part
        if not is_small(part.shape):
            pointer = self._scratch(part.shape)
            self.store(part, pointer)
            return self.stored(pointer, part.shape)
        values: dict[tuple[Place, Place], Value] = {}
        self.each(part.shape, lambda i, c: values.update({(i, c): part.at(i, c)}))
        return self.in_registers(part.shape, values)

    def in_registers(self, shape: Shape, values: Mapping[tuple[Place, Place], Value]) -> Part:
        """A small value, given by its machine vectors."""
        lanes = lanes_of(shape)

        def component(i: Place, j: Place) -> Value:
            assert isinstance(j, int), "an axis in registers is written out"
            return self.fn.extract(values[i, j // lanes], j % lanes)

        return Part(shape, lambda i, c: values[i, c], component)

    def of_numbers(self, shape: Shape, numbers: Sequence[Value]) -> Part:
        """A small vector, given number by number."""
        lanes = lanes_of(shape)
        padded = [*numbers, *[self.fn.number(0.0)] * (width_of(shape) - len(numbers))]
        values: dict[tuple[Place, Place], Value] = {
            (0, c): self.fn.vector(padded[c * lanes : (c + 1) * lanes])
            for c in range(chunks_of(shape))
        }
        return self.in_registers(shape, values)

    def from_cells(self, shape: Shape, cell: Callable[[Place, Place], Value]) -> Part:
        """A value given number by number."""
        rows, columns = rows_of(shape), shape[-1]
        if is_small(shape):
            values: dict[tuple[Place, Place], Value] = {}
            for i in range(rows):
                part = self.of_numbers((columns,), [cell(i, j) for j in range(columns)])
                values |= {(i, c): part.at(0, c) for c in range(chunks_of(shape))}
            return self.in_registers(shape, values)
        pointer, width = self._scratch(shape), width_of(shape)

        def put(i: Place, j: Place) -> None:
            self.fn.store(cell(i, j), self.address(pointer, width, i, j, 1))

        self.axis(rows, lambda i: self.axis(columns, lambda j: put(i, j)))
        return self.stored(pointer, shape)

    # -- memory --

    def stored(self, pointer: Value, shape: Shape) -> Part:
        """What lies in memory, its rows padded."""
        fn, lanes, width = self.fn, lanes_of(shape), width_of(shape)

        def at(i: Place, c: Place) -> Value:
            return fn.load(self.address(pointer, width, i, c, lanes), lanes)

        def component(i: Place, j: Place) -> Value:
            return fn.load(self.address(pointer, width, i, j, 1), 1)

        return Part(shape, at, component)

    def store(self, part: Part, pointer: Value) -> None:
        """Write all of a part to memory, its padding included."""
        self.each(part.shape, lambda i, c: self.put(part.at(i, c), pointer, part.shape, i, c))

    def put(self, value: Value, pointer: Value, shape: Shape, i: Place, c: Place) -> None:
        """Write one machine vector of a value of a shape."""
        address = self.address(pointer, width_of(shape), i, c, lanes_of(shape))
        self.fn.store(value, address)

    def room(self, shape: Shape) -> Value:
        """Scratch for a value."""
        return self._scratch(shape)

    def address(self, pointer: Value, width: int, i: Place, c: Place, lanes: int) -> Value:
        """Of machine vector c in row i, whose rows are `width` apart."""
        return self.fn.offset(pointer, self.plus(self.times(i, width), self.times(c, lanes)))

    # -- loops --

    def each(self, shape: Shape, body: Callable[[Place, Place], None]) -> None:
        """The body for each machine vector of a shape."""
        chunks, written_out = chunks_of(shape), UNROLLED // LANES
        self.axis(rows_of(shape), lambda i: self.axis(chunks, lambda c: body(i, c), written_out))

    def axis(self, length: int, body: Callable[[Place], None], written_out: int = UNROLLED) -> None:
        """The body for 0 … length − 1: a loop, or one after the other if they are few."""
        if length <= written_out:
            for n in range(length):
                body(n)
            return
        with self.fn.loop(0, length) as counter, self.scope():
            body(counter)

    def plus(self, a: Place, b: Place) -> Place:
        """a + b."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if isinstance(b, int) and b == 0:
            return a
        return b if isinstance(a, int) and a == 0 else self.fn.iadd(a, b)

    def times(self, a: Place, factor: int) -> Place:
        """a · factor."""
        if isinstance(a, int):
            return a * factor
        return 0 if factor == 0 else a if factor == 1 else self.fn.imul(a, factor)
