"""The update of a training kernel: the optimiser's rules, all parameters in one loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rnntui.compile.llvm.formulas import Formulas
from rnntui.compile.llvm.layout import LANES
from rnntui.compile.llvm.parts import Part
from rnntui.compile.llvm.sums import reduced
from rnntui.compile.llvm.writer import FunctionWriter, Value
from rnntui.compile.update_schedule import GIVEN, UpdateSchedule
from rnntui.language.shapes import Shape
from rnntui.language.tree import Name


class UpdateWriter:
    """Writes the update of `size` parameters by a gradient; both lie without gaps."""

    def __init__(
        self, fn: FunctionWriter, update: UpdateSchedule, size: int, gradient: Value
    ) -> None:
        self.fn, self.update, self.size = fn, update, size
        self._sources = {
            "parameter": fn.arguments["parameters"],
            "gradient": gradient,
            "free": fn.arguments["free"],
        }
        self._memory = {
            state: fn.offset(fn.arguments["memory"], n * size)
            for n, state in enumerate(update.states)
        }

    def write(self, iteration: Value) -> Value:
        """All of it; whether the parameters are finite then."""
        fn = self.fn
        arguments = fn.arguments
        count = fn.iadd(fn.iadd(arguments["steps_before"], arguments["first"]), iteration)
        given = {
            "learning_rate": fn.load(fn.offset(arguments["rates"], iteration), 1),
            "step": fn.to_number(fn.iadd(count, 1)),
        }
        if self.update.needs_norm:
            given["gradient_norm"] = fn.intrinsic("sqrt", self._squares())
        scalars = self._formulas((), fn.number(0.0))
        known = {Name(key): scalars.scalar(value) for key, value in given.items()}
        for name, part in known.items():
            scalars.know(name, part)
        for step in self.update.once:
            assert step.formula is not None
            known[Name(step.target)] = part = scalars.part(step.formula)
            scalars.know(Name(step.target), part)

        def change(p: Value, lanes: int) -> None:
            self._change(p, lanes, known)

        self.each(change)
        return self.all_finite(self._sources["parameter"])

    def each(self, body: Callable[[Value, int], None]) -> None:
        """The body for every machine vector of parameters, and one by one for those left over."""
        fn, whole = self.fn, self.size // LANES * LANES
        if whole:
            with fn.loop(0, whole, LANES) as p:
                body(p, LANES)
        if whole < self.size:
            with fn.loop(whole, self.size) as p:
                body(p, 1)

    def all_finite(self, pointer: Value) -> Value:
        """Whether no component of a parameter vector is NaN or infinite."""
        fn = self.fn
        total = self._total(lambda p, lanes, old: fn.fma(
            fn.load(fn.offset(pointer, p), lanes), _number(fn, 0.0, lanes), old))  # fmt: skip
        return fn.compare("==", total, fn.number(0.0))

    def _squares(self) -> Value:
        """The sum of the squares of the gradient, of what is updated."""
        fn = self.fn

        def add(p: Value, lanes: int, old: Value) -> Value:
            value = fn.load(fn.offset(self._sources["gradient"], p), lanes)
            free = fn.load(fn.offset(self._sources["free"], p), lanes)
            chosen = fn.compare("!=", free, _number(fn, 0.0, lanes))
            return fn.select(chosen, fn.fma(value, value, old), old)

        return self._total(add)

    def _total(self, add: Callable[[Value, int, Value], Value]) -> Value:
        fn = self.fn
        wide, single = fn.variable(LANES), fn.variable(1)
        fn.store(_number(fn, 0.0, LANES), wide)
        fn.store(fn.number(0.0), single)

        def term(p: Value, lanes: int) -> None:
            held = wide if lanes == LANES else single
            fn.store(add(p, lanes, fn.load(held, lanes)), held)

        self.each(term)
        formulas = self._formulas((LANES,), fn.number(0.0))
        lanes = reduced(formulas, "sum", Part((LANES,), lambda i, c: fn.load(wide, LANES)))
        return fn.add(lanes.at(0, 0), fn.load(single, 1))

    def _change(self, p: Value, lanes: int, known: dict[Name, Part]) -> None:
        fn = self.fn
        shape: Shape = () if lanes == 1 else (lanes,)
        formulas = self._formulas(shape, p)
        for name, part in known.items():
            formulas.know(name, part)
        for step in self.update.each:
            assert step.formula is not None
            part = formulas.broadcast(formulas.part(step.formula), shape)
            formulas.know(Name(step.target), part)
        results = {"updated": self._sources["parameter"], **self._memory}
        for key, pointer in results.items():
            value = formulas.part(Name(key)).at(0, 0)
            place = fn.offset(pointer, p)
            if self.update.masked:
                free = fn.load(fn.offset(self._sources["free"], p), lanes)
                chosen = fn.compare("!=", free, _number(fn, 0.0, lanes))
                value = fn.select(chosen, value, fn.load(place, lanes))
            fn.store(value, place)

    def _formulas(self, shape: Shape, p: Value | int) -> Formulas:
        """For formulas of this shape, at parameter p."""
        fn = self.fn
        lanes = shape[0] if shape else 1

        def resolve(name: Name, columns: bool) -> Part:
            pointer = self._memory[name.key] if name.shift else self._sources[name.key]
            value = fn.load(fn.offset(pointer, p), lanes)
            return Part(shape, lambda i, c: value, None)

        moving: Iterable[str] = ("parameter", "gradient", *self._memory)
        shapes: dict[str, Shape] = dict.fromkeys(moving, shape)
        shapes |= dict.fromkeys((step.target for step in self.update.each), shape)
        shapes |= dict.fromkeys((*GIVEN, *(step.target for step in self.update.once)), ())
        return Formulas(fn, resolve, lambda key: False, _no_scratch, shapes)


def _number(fn: FunctionWriter, value: float, lanes: int) -> Value:
    return fn.number(value) if lanes == 1 else fn.splat(fn.number(value), lanes)


def _no_scratch(shape: Shape) -> Value:
    raise TypeError("an optimiser's rules are elementwise")
