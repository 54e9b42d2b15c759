"""One sequence of a training kernel: the blocks of the schedule, forward and backward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rnntui.compile.llvm.formulas import Formulas
from rnntui.compile.llvm.layout import (
    Layout,
    chunks_of,
    is_small,
    lanes_of,
    rows_of,
    tiled_rows_of,
    width_of,
)
from rnntui.compile.llvm.memory import copy_padded
from rnntui.compile.llvm.parts import Part, Place
from rnntui.compile.llvm.tiles import Product, Tiles
from rnntui.compile.llvm.writer import FunctionWriter, Value
from rnntui.compile.schedule import Block, Extent, Schedule, Step, is_large
from rnntui.language.algebra import add
from rnntui.language.keys import Key, weight
from rnntui.language.shapes import Shape
from rnntui.language.tree import Binary, Call, Expression, Name, Transpose

ARGUMENTS = {
    "inputs": "ptr", "targets": "ptr", "weights": "ptr", "length": "i64", "truncate": "i64",
    "constants": "ptr", "gradients": "ptr", "scratch": "ptr", "rows": "ptr",
}  # fmt: skip
_ACCUMULATORS = 16  # machine vectors of sums that a loop over time keeps in registers


class SequenceWriter:
    """Writes the function of one sequence: it gives back the sequence's loss."""

    def __init__(
        self,
        fn: FunctionWriter,
        schedule: Schedule,
        layout: Layout,
        objective: str,
        tiles: Tiles,
    ) -> None:
        self._tiles = tiles
        self.fn, self.schedule, self.layout, self.objective = fn, schedule, layout, objective
        self.shapes = schedule.shapes
        self._loss = fn.variable(1)
        self.formulas = Formulas(
            fn, self.resolve, self._is_constant, self._scratch, schedule.shapes
        )
        self._row: Value = fn.arguments["rows"]  # of the timestep at hand
        self._scratch_used = 0

    def write(self) -> None:
        """The whole function."""
        fn = self.fn
        fn.store(fn.number(0.0), self._loss)
        self._copy_inputs()
        for block in self.schedule.blocks:
            match block.extent:
                case Extent.START:
                    self._at_start(block)
                case Extent.OVER_TIME:
                    self._over_time(block)
                case Extent.FORWARD:
                    self._forward(block)
                case Extent.BACKWARD:
                    self._backward(block)
                case Extent.SUM:
                    self._sums(block)
        fn.give_back(fn.load(self._loss, 1))

    # -- what names stand for --

    def _is_constant(self, key: str) -> bool:
        return key in self.schedule.constant

    def resolve(self, name: Name, columns: bool) -> Part:
        """What a name stands for at the timestep at hand; of a constant, its columns if wanted."""
        fn, shape = self.fn, self.shapes[name.key]
        if self._is_constant(name.key):
            shape = shape[::-1] if columns else shape
            place = self.layout.constants.place((name.key, columns), shape)
            return self.formulas.stored(fn.offset(fn.arguments["constants"], place.offset), shape)
        return self.formulas.stored(self._pointer(name), shape)

    def _pointer(self, name: Name) -> Value:
        place = self.layout.row[name.key]
        return self.fn.offset(self._row, place.offset + name.shift * self.layout.stride)

    def _scratch(self, shape: Shape) -> Value:
        place = self.layout.scratch.place(self._scratch_used, shape)
        self._scratch_used += 1
        return self.fn.offset(self.fn.arguments["scratch"], place.offset)

    # -- blocks --

    def _copy_inputs(self) -> None:
        """x, target and weights, from where all sequences lie to the rows of this one."""
        sources = {"x": "inputs", "target": "targets", weight(self.objective): "weights"}
        wanted = {key: source for key, source in sources.items() if Key(key) in self.layout.row}
        with self._timesteps() as t:
            before = self.fn.isub(t, 1)
            for key, source in wanted.items():
                shape = self.shapes.get(key, ())
                size = rows_of(shape) * (shape[-1] if shape else 1)
                start = self.fn.offset(self.fn.arguments[source], self.fn.imul(before, size))
                copy_padded(self.formulas, start, self._pointer(Name(key)), shape)

    def _at_start(self, block: Block) -> None:
        self._row = self.fn.arguments["rows"]
        with self.formulas.scope():
            for step in block.steps:
                if step.formula is None:
                    continue
                if step.adds:
                    self._add(step.target, step.formula)
                else:
                    self._assign(step.target, self.formulas.part(step.formula))

    def _over_time(self, block: Block) -> None:
        if self._as_tiles(block):
            return
        with self._timesteps() as t:
            carries = self._carries(t) if any(s.following for s in block.steps) else None
            for step in block.steps:
                self._step(step, carries)

    def _forward(self, block: Block) -> None:
        with self._carried(block, -1) as carry, self._timesteps():
            carry.known()
            for step in block.steps:
                self._step(step, None)
            carry.keep()

    def _backward(self, block: Block) -> None:
        with self._carried(block, 1) as carry, self._timesteps(backward=True) as t:
            carry.known()
            carries = self._carries(t)
            for step in block.steps:
                self._step(step, carries)
            carry.keep()

    def _sums(self, block: Block) -> None:
        for step in block.steps:
            assert step.formula is not None
            if not self._sum_as_tiles(step):
                self._sum(step)

    def _as_tiles(self, block: Block) -> bool:
        """`W @ x` over time as one product of matrices, where the block is that alone and large."""
        match block.steps:
            case [
                Step(target, Binary("@", Name() | Transpose() as matrix, Name() as vector), None)
            ]:
                pass
            case _:
                return False
        name = matrix.value if isinstance(matrix, Transpose) else matrix
        if not isinstance(name, Name) or not is_large(self.shapes[name.key]):
            return False
        if not self._is_constant(name.key) or self._is_constant(vector.key):
            return False
        fn, stride, shape = self.fn, self.layout.stride, self.shapes[target]
        columns = not isinstance(matrix, Transpose)
        rows = self.layout.constants.place((name.key, columns), (*self.shapes[vector.key], *shape))
        self._row = fn.offset(fn.arguments["rows"], stride)  # of t = 1
        self._tiles.product(
            fn,
            Product(
                c=self._pointer(Name(target)), c_row=stride,
                a=self._pointer(vector), a_row=stride, a_step=1,
                b=fn.offset(fn.arguments["constants"], rows.offset), b_step=width_of(shape),
                lanes=lanes_of(shape), vectors=chunks_of(shape), adds=False,
            ),
            terms=self.shapes[vector.key][0], rows=fn.arguments["length"],
        )  # fmt: skip
        return True

    def _sum_as_tiles(self, step: Step) -> bool:
        """Σ_t outer(a[t], b[t]) as one product of matrices, where it is that alone and large."""
        match step.formula:
            case Call("outer", (Name() as a, Name() as b)):
                pass
            case _:
                return False
        shape = self.shapes[step.target]
        if is_small(shape) or self._is_constant(a.key) or self._is_constant(b.key):
            return False
        fn, stride = self.fn, self.layout.stride
        self._row = fn.offset(fn.arguments["rows"], stride)
        self._tiles.product(
            fn,
            Product(
                c=self._gradient(step.target), c_row=width_of(shape),
                a=self._pointer(a), a_row=1, a_step=stride, b=self._pointer(b), b_step=stride,
                lanes=lanes_of(shape), vectors=chunks_of(shape), adds=True,
            ),
            terms=fn.arguments["length"], rows=tiled_rows_of(shape),
        )  # fmt: skip
        return True

    # -- steps --

    def _step(self, step: Step, carries: Value | None) -> None:
        """target = formula, and + following where gradients flow from t + 1."""
        formulas = self.formulas
        shape = self.shapes[step.target]
        if step.formula is None and step.following is None:
            part = formulas.constant(0.0, shape)
        elif step.following is None:
            assert step.formula is not None
            part = formulas.part(step.formula)
        else:
            assert carries is not None
            within = (
                formulas.constant(0.0, shape)
                if step.formula is None
                else formulas.part(step.formula)
            )
            both = step.following if step.formula is None else add(step.formula, step.following)
            part = formulas.chosen(carries, formulas.part(both), within)
        self._assign(step.target, part)
        if step.target == self.objective:
            self._add_loss()

    def _assign(self, target: Key, part: Part) -> None:
        """Keep a quantity's value: in memory if others want it, in registers if it has room there."""
        formulas, shape = self.formulas, self.shapes[target]
        part = formulas.broadcast(part, shape)
        small = is_small(shape)
        if small:
            part = formulas.whole(part)
        if target in self.layout.row:
            pointer = self._pointer(Name(target))
            formulas.store(part, pointer)
            if not small:
                part = formulas.stored(pointer, shape)
        formulas.know(Name(target), part)

    def _add_loss(self) -> None:
        fn, formulas = self.fn, self.formulas
        weighs = formulas.part(Name(weight(self.objective))).at(0, 0)
        value = formulas.part(Name(self.objective)).at(0, 0)
        old = fn.load(self._loss, 1)
        counted = fn.fma(weighs, value, old)
        # a masked timestep's loss counts for nothing, even where it is not finite
        chosen = fn.select(fn.compare("!=", weighs, fn.number(0.0)), counted, old)
        fn.store(chosen, self._loss)

    def _sum(self, step: Step) -> None:
        """What all timesteps add to a parameter's gradient, in registers if there is room."""
        fn, formulas, shape = self.fn, self.formulas, self.shapes[step.target]
        pointer = self._gradient(step.target)
        assert step.formula is not None
        if not is_small(shape):
            with self._timesteps():
                self._add(step.target, step.formula)
            return
        lanes, width = lanes_of(shape), width_of(shape)
        places = [(i, c) for i in range(rows_of(shape)) for c in range(chunks_of(shape))]
        held = {place: fn.variable(lanes) for place in places}
        for (i, c), variable in held.items():
            fn.store(fn.load(fn.offset(pointer, i * width + c * lanes), lanes), variable)
        with self._timesteps():
            before = Part(shape, lambda i, c: fn.load(held[i, c], lanes))  # type: ignore[index]
            part = formulas.sum_of(step.formula, before)
            for (i, c), variable in held.items():
                fn.store(part.at(i, c), variable)
        for (i, c), variable in held.items():
            fn.store(fn.load(variable, lanes), fn.offset(pointer, i * width + c * lanes))

    def _add(self, target: Key, formula: Expression) -> None:
        """Add a formula to a gradient in memory."""
        before = self.formulas.stored(self._gradient(target), self.shapes[target])
        self.formulas.store(self.formulas.sum_of(formula, before), self._gradient(target))

    def _gradient(self, target: Key) -> Value:
        place = self.layout.gradients.place(target, self.shapes[target])
        return self.fn.offset(self.fn.arguments["gradients"], place.offset)

    # -- loops over time --

    @contextmanager
    def _timesteps(self, backward: bool = False) -> Iterator[Value]:
        """For t = 1 … T, or T … 1."""
        fn = self.fn
        length = fn.arguments["length"]
        with fn.loop(0, length) as n, self.formulas.scope():
            t = fn.isub(length, n) if backward else fn.iadd(n, 1)
            self._row = fn.offset(fn.arguments["rows"], fn.imul(t, self.layout.stride))
            yield t
        self._row = fn.arguments["rows"]

    def _carries(self, t: Value) -> Value:
        """Whether gradients flow from t + 1 to t: not at the end, nor at a chunk's."""
        fn = self.fn
        truncate = fn.arguments["truncate"]
        within = fn.icompare("<", t, fn.arguments["length"])
        chunk = fn.iselect(fn.icompare("==", truncate, 0), fn.arguments["length"], truncate)
        return fn.both(within, fn.icompare("!=", fn.iremainder(t, chunk), 0))

    @contextmanager
    def _carried(self, block: Block, shift: int) -> Iterator[Carry]:
        """What a recurrence needs of the timestep before, from register to register."""
        targets = {step.target for step in block.steps}
        used = dict.fromkeys(
            name.key
            for step in block.steps
            for name in step.uses
            if name.shift == shift and name.key in targets and is_small(self.shapes[name.key])
        )
        carry = Carry(self, [Name(key, shift) for key in used])
        carry.start(from_memory=shift < 0)
        yield carry


class Carry:
    """Values that go from one timestep of a loop to the next in registers."""

    def __init__(self, writer: SequenceWriter, carried: Sequence[Name]) -> None:
        fn, shapes = writer.fn, writer.shapes
        self._fn, self.formulas = fn, writer.formulas
        self._resolve = writer.resolve
        self._held = {
            name: {
                (i, c): fn.variable(lanes_of(shapes[name.key]))
                for i in range(rows_of(shapes[name.key]))
                for c in range(chunks_of(shapes[name.key]))
            }
            for name in carried
        }
        self._shapes = shapes

    def start(self, from_memory: bool) -> None:
        """Before the loop: from t = 0, whose row is at hand; nothing is there yet at t = T + 1."""
        fn = self._fn
        for name, held in self._held.items():
            lanes = lanes_of(self._shapes[name.key])
            part = self._resolve(Name(name.key), False)
            zero = self.formulas.spread(fn.number(0.0), lanes)
            for (i, c), variable in held.items():
                fn.store(part.at(i, c) if from_memory else zero, variable)

    def known(self) -> None:
        """At the start of a timestep."""
        for name, held in self._held.items():
            lanes = lanes_of(self._shapes[name.key])
            values: dict[tuple[Place, Place], Value] = {
                place: self._fn.load(variable, lanes) for place, variable in held.items()
            }
            part = self.formulas.in_registers(self._shapes[name.key], values)
            self.formulas.know(name, part)

    def keep(self) -> None:
        """At its end."""
        for name, held in self._held.items():
            part = self.formulas.part(Name(name.key))
            for (i, c), variable in held.items():
                self._fn.store(part.at(i, c), variable)
