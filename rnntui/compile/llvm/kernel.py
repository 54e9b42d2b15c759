"""A schedule → a training kernel: many iterations in one call.

Forward, loss, backward and update of whole batches; nothing is allocated, and Python's lock is not
held. Where everything lies is in `layout`; how a formula is computed, in `formulas`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnntui.compile.llvm.formulas import Formulas
from rnntui.compile.llvm.layout import LANES, SPARE_ROWS, Layout
from rnntui.compile.llvm.memory import copy_columns, copy_packed, copy_padded
from rnntui.compile.llvm.parts import Part
from rnntui.compile.llvm.passes import ARGUMENTS as SEQUENCE
from rnntui.compile.llvm.passes import SequenceWriter
from rnntui.compile.llvm.tiles import Tiles
from rnntui.compile.llvm.update import UpdateWriter
from rnntui.compile.llvm.writer import FunctionWriter, Module, Value
from rnntui.compile.schedule import Extent, Schedule
from rnntui.compile.segments import segments
from rnntui.compile.update_schedule import UpdateSchedule
from rnntui.language.keys import Key, grad
from rnntui.language.program import Program
from rnntui.language.shapes import Shape
from rnntui.language.tree import Name

ARGUMENTS = {
    "iterations": "i64", "batch": "i64", "order": "ptr", "lengths": "ptr", "starts": "ptr",
    "inputs": "ptr", "targets": "ptr", "weights": "ptr", "truncate": "i64", "parameters": "ptr",
    "memory": "ptr", "initial": "ptr", "free": "ptr", "rates": "ptr", "first": "i64",
    "steps_before": "i64", "losses": "ptr", "every": "i64", "kept": "ptr", "stop": "ptr",
    "constants": "ptr", "gradients": "ptr", "scratch": "ptr", "rows": "ptr",
}  # fmt: skip
_PREPARE = {
    "parameters": "ptr",
    "constants": "ptr",
    "gradients": "ptr",
    "scratch": "ptr",
}


@dataclass(frozen=True)
class Kernel:
    """The text of a kernel, and how many float64 its workspace takes.

    constants, gradients, scratch: of those regions. stride: of each t = 0 … longest, and of
    `SPARE_ROWS` more.
    """

    text: str
    constants: int
    gradients: int
    scratch: int
    stride: int

    def rows(self, longest: int) -> int:
        """Of the timesteps, for sequences of up to `longest`."""
        return (longest + 1 + SPARE_ROWS) * self.stride


def print_kernel(program: Program, schedule: Schedule, update: UpdateSchedule) -> Kernel:
    """The kernel `train` of a model and an optimiser, as LLVM's text.

    train(iterations, batch, order, lengths, starts, inputs, targets, weights, truncate, parameters,
    memory, initial, free, rates, first, steps_before, losses, every, kept, stop, constants, gradients,
    scratch, rows) trains for some iterations, each on `batch` sequences, and returns how many it did:
    fewer where the loss or the gradient was not finite, or where stop[0] is set meanwhile. Where the
    parameters are not finite after iteration k, it returns −1 − k: they overwrote what was before
    them, and k iterations have to be asked for anew.

    order: the sequence at each place of all batches. lengths, starts: T and first row of each
    sequence; inputs, targets, weights: all timesteps of all sequences below each other. parameters,
    memory: updated in place. initial: initial states given as numbers. free: 1.0 where a parameter is
    updated, else 0.0. rates: the learning rate of each iteration. first: the first iteration's number;
    steps_before: updates before iteration 0. kept: parameters and memory before each iteration that
    `every` divides, in rows; every = 0 keeps none. The last four are the workspace, zeros at first.
    """
    objective = program.model.objective
    assert objective is not None, "there is something to train on"
    module = Module()
    layout = Layout(schedule, objective)
    for key in program.model.parameters:
        layout.gradients.place(grad(key), program.shapes[key])
    _, size = segments(program.model.parameters, program.shapes)
    flat = layout.gradients.place("gradient", (size + LANES,)).offset
    with module.function("sequence", SEQUENCE, "f64") as fn:
        SequenceWriter(fn, schedule, layout, objective, Tiles(module)).write()
    with module.function("prepare", _PREPARE) as fn:
        _Preparation(fn, program, schedule, layout).write(flat)
    with module.function("train", ARGUMENTS, "i64", public=True) as fn:
        _Training(fn, program, layout, update, size, flat).write()
    return Kernel(
        module.text(),
        layout.constants.size + LANES,
        layout.gradients.size + LANES,
        layout.scratch.size + LANES,
        layout.stride,
    )


class _Preparation:
    """What an iteration begins with: parameters as the passes want them, and gradients of zero."""

    def __init__(
        self, fn: FunctionWriter, program: Program, schedule: Schedule, layout: Layout
    ) -> None:
        self.fn, self.program, self.schedule, self.layout = fn, program, schedule, layout
        self._turned: set[str] = set()
        self.formulas = Formulas(
            fn, self._resolve, lambda key: True, self._scratch, schedule.shapes
        )

    def write(self, gradients: int) -> None:
        """All of it; gradients: how many components they are."""
        fn = self.fn
        parts, _ = segments(self.program.model.parameters, self.program.shapes)
        for key, segment in parts.items():
            pointer = fn.offset(fn.arguments["parameters"], segment.start)
            rows = self._place(key)
            copy_padded(self.formulas, pointer, rows, self.program.shapes[key])
            self._columns(key, rows)
        for block in self.schedule.forward:
            for step in block.steps if block.extent == Extent.ONCE else ():
                assert step.formula is not None
                part = self.formulas.part(step.formula)
                rows = self._place(step.target)
                self.formulas.store(part, rows)
                self._columns(step.target, rows)
        zero = fn.splat(fn.number(0.0), LANES)
        with fn.loop(0, gradients, LANES) as n:
            fn.store(zero, fn.offset(fn.arguments["gradients"], n))

    def _place(self, key: str) -> Value:
        place = self.layout.constants.place((key, False), self.schedule.shapes[key])
        return self.fn.offset(self.fn.arguments["constants"], place.offset)

    def _columns(self, key: str, rows: Value) -> None:
        """Columns of a matrix, if somebody wants them and they are not there yet."""
        wanted = self.layout.constants.places.get((key, True))
        if wanted is not None and key not in self._turned:
            self._turned.add(key)
            columns = self.fn.offset(self.fn.arguments["constants"], wanted.offset)
            copy_columns(self.formulas, rows, columns, self.schedule.shapes[key])

    def _resolve(self, name: Name, columns: bool) -> Part:
        shape = self.schedule.shapes[name.key]
        place = self.layout.constants.place((name.key, columns), shape[::-1] if columns else shape)
        if columns:
            self._columns(name.key, self._place(name.key))
        pointer = self.fn.offset(self.fn.arguments["constants"], place.offset)
        return self.formulas.stored(pointer, place.shape)

    def _scratch(self, shape: Shape) -> Value:
        place = self.layout.scratch.place(len(self.layout.scratch.places), shape)
        return self.fn.offset(self.fn.arguments["scratch"], place.offset)


class _Training:
    """The loop over iterations."""

    def __init__(
        self,
        fn: FunctionWriter,
        program: Program,
        layout: Layout,
        update: UpdateSchedule,
        size: int,
        flat: int,
    ) -> None:
        self.fn, self.program, self.layout = fn, program, layout
        self.size, self.memory = size, len(update.states) * size
        self.formulas = Formulas(fn, _no_name, lambda key: True, _no_scratch, {})
        self.gradient = fn.offset(fn.arguments["gradients"], flat)
        self.update = UpdateWriter(fn, update, size, self.gradient)
        self.loss = fn.variable(1)

    def write(self) -> None:
        """All of it."""
        fn, arguments = self.fn, self.fn.arguments
        self._initial_values()
        with fn.loop(0, arguments["iterations"]) as iteration:
            with fn.when(fn.is_set(arguments["stop"])):
                fn.give_back(iteration)
            self._iteration(iteration)
        fn.give_back(arguments["iterations"])

    def _initial_values(self) -> None:
        """States at t = 0 that were given as numbers; others stay zero, or are computed."""
        fn, start = self.fn, 0
        for state in self.program.model.states:
            if state not in self.program.initial_values:
                continue
            shape, place = self.program.shapes[state], self.layout.row.get(Key(state))
            if place is not None:
                pointer = fn.offset(fn.arguments["rows"], place.offset)
                copy_padded(
                    self.formulas, fn.offset(fn.arguments["initial"], start), pointer, shape
                )
            start += self.program.initial_values[state].size

    def _iteration(self, iteration: Value) -> None:
        fn, arguments = self.fn, self.fn.arguments
        fn.call("prepare", *(arguments[key] for key in _PREPARE))
        fn.store(fn.number(0.0), self.loss)
        with fn.loop(0, arguments["batch"]) as position:
            self._sequence(fn.iadd(fn.imul(iteration, arguments["batch"]), position))
        count = fn.to_number(arguments["batch"])
        loss = fn.div(fn.load(self.loss, 1), count)
        fn.store(loss, fn.offset(arguments["losses"], iteration))
        self._mean_gradient(count)
        finite = fn.both(fn.is_finite(loss), self.update.all_finite(self.gradient))
        with fn.when(fn.negated(finite)):
            fn.give_back(iteration)
        finite = self.update.write(iteration)
        with fn.when(fn.negated(finite)):
            fn.give_back(fn.isub(-1, iteration))
        self._keep(fn.iadd(fn.iadd(arguments["first"], iteration), 1))

    def _sequence(self, place: Value) -> None:
        fn, arguments = self.fn, self.fn.arguments
        sequence = fn.load_whole(arguments["order"], place)
        row = fn.load_whole(arguments["starts"], sequence)
        sizes = {key: self._size_of(name) for key, name in (("inputs", "x"), ("targets", "target"))}
        given = {key: fn.offset(arguments[key], fn.imul(row, size)) for key, size in sizes.items()}
        given |= {
            "weights": fn.offset(arguments["weights"], row),
            "length": fn.load_whole(arguments["lengths"], sequence),
        }
        loss = fn.call("sequence", *(given.get(key, arguments.get(key)) for key in SEQUENCE))  # type: ignore[arg-type]
        fn.store(fn.add(fn.load(self.loss, 1), loss), self.loss)

    def _size_of(self, name: str) -> int:
        shape = self.program.shapes.get(name, ())
        return shape[0] if shape else 1

    def _mean_gradient(self, count: Value) -> None:
        """The gradient of a batch, without gaps."""
        fn = self.fn
        parts, _ = segments(self.program.model.parameters, self.program.shapes)
        for key, segment in parts.items():
            place = self.layout.gradients.place(grad(key), self.program.shapes[key])
            padded = fn.offset(fn.arguments["gradients"], place.offset)
            packed = fn.offset(self.gradient, segment.start)
            copy_packed(self.formulas, padded, packed, self.program.shapes[key])
        with fn.when(fn.icompare(">", fn.arguments["batch"], 1)):

            def divide(p: Value, lanes: int) -> None:
                pointer = fn.offset(self.gradient, p)
                fn.store(fn.div(fn.load(pointer, lanes), fn.splat(count, lanes)), pointer)

            self.update.each(divide)

    def _keep(self, number: Value) -> None:
        """Parameters and memory before iteration `number`, if `every` divides it."""
        fn, arguments = self.fn, self.fn.arguments
        every = arguments["every"]
        divisor = fn.iselect(fn.icompare("==", every, 0), 1, every)
        due = fn.both(
            fn.icompare("!=", every, 0), fn.icompare("==", fn.iremainder(number, divisor), 0)
        )
        with fn.when(due):
            before = fn.iquotient(arguments["first"], divisor)
            row = fn.isub(fn.isub(fn.iquotient(number, divisor), before), 1)
            kept = fn.offset(arguments["kept"], fn.imul(row, self.size + self.memory))
            self._copy(arguments["parameters"], kept, self.size)
            self._copy(arguments["memory"], fn.offset(kept, self.size), self.memory)

    def _copy(self, source: Value, target: Value, count: int) -> None:
        if count:
            with self.fn.loop(0, count) as n:
                value = self.fn.load(self.fn.offset(source, n), 1)
                self.fn.store(value, self.fn.offset(target, n))


def _no_name(name: Name, columns: bool) -> Part:
    raise KeyError(name.key)


def _no_scratch(shape: Shape) -> Value:
    raise TypeError("nothing is computed here")
