"""Writes LLVM's intermediate representation, as text.

Values are numbers (float64), vectors of them, whole numbers (i64), conditions and pointers to
float64. No instruction has fast-math flags: what is written is what is computed. What cannot be, as
adding vectors of different lengths, is a TypeError where it is written.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

_FLOAT_COMPARISONS = {"<": "olt", "<=": "ole", ">": "ogt", ">=": "oge", "==": "oeq", "!=": "une"}
_WHOLE_COMPARISONS = {"<": "slt", "<=": "sle", ">": "sgt", ">=": "sge", "==": "eq", "!=": "ne"}
# vectors of 512 bits are used whole where the processor has them
_ATTRIBUTES = 'noinline nounwind "min-legal-vector-width"="512" "prefer-vector-width"="512"'


@dataclass(frozen=True)
class Value:
    """A value of a function. kind: f64, i64, i1 or ptr. lanes: 1 for what is no vector."""

    text: str
    kind: str
    lanes: int = 1

    @property
    def type(self) -> str:
        """Its type as LLVM writes it."""
        scalar = "double" if self.kind == "f64" else self.kind
        return scalar if self.lanes == 1 else f"<{self.lanes} x {scalar}>"

    def __str__(self) -> str:
        return f"{self.type} {self.text}"


Whole = Value | int


class Module:
    """Functions, and what they declare of LLVM's own."""

    def __init__(self) -> None:
        self._functions: list[str] = []
        self._declared: dict[str, None] = {}
        self._signatures: dict[str, tuple[Mapping[str, str], str]] = {}

    @contextmanager
    def function(
        self,
        name: str,
        arguments: Mapping[str, str],
        returns: str = "void",
        public: bool = False,
    ) -> Iterator[FunctionWriter]:
        """A function; arguments: their kinds by name. No two of its pointers meet in memory."""
        self._signatures[name] = (arguments, returns)
        writer = FunctionWriter(self, arguments, returns)
        yield writer
        written = ", ".join(
            f"ptr noalias %{key}" if kind == "ptr" else f"{_scalar(kind)} %{key}"
            for key, kind in arguments.items()
        )
        linkage = "" if public else "internal "
        head = f"define {linkage}{_scalar(returns)} @{name}({written}) {_ATTRIBUTES} {{"
        self._functions.append("\n".join([head, *writer.lines(), "}"]))

    def declare(self, text: str) -> None:
        """An intrinsic."""
        self._declared[f"declare {text}"] = None

    def signature(self, name: str) -> tuple[Mapping[str, str], str]:
        """The kinds of a function's arguments, and of what it returns."""
        return self._signatures[name]

    def text(self) -> str:
        """All of it."""
        return "\n".join([*self._declared, *self._functions, _LOOPS])


_LOOPS = """!0 = distinct !{!0, !1, !2}
!1 = !{!"llvm.loop.unroll.disable"}
!2 = !{!"llvm.loop.vectorize.width", i32 1}
"""


class FunctionWriter:
    """One function, instruction by instruction. arguments: by name."""

    def __init__(self, module: Module, arguments: Mapping[str, str], returns: str) -> None:
        self.module = module
        self.returns = returns
        self.arguments = {key: Value(f"%{key}", kind) for key, kind in arguments.items()}
        self._variables: list[str] = []
        self._lines: list[str] = []
        self._count = 0
        self._block = "entry"
        self._ended = False

    def lines(self) -> list[str]:
        """The text of the body."""
        end = [] if self._ended else ["  ret void"]
        return ["entry:", *self._variables, *self._lines, *end]

    # -- numbers --

    def number(self, value: float) -> Value:
        """A constant."""
        return Value(f"0x{struct.unpack('>Q', struct.pack('>d', float(value)))[0]:016X}", "f64")

    def splat(self, value: Value, lanes: int) -> Value:
        """A vector with a number in all its lanes."""
        if lanes == 1:
            return value
        first = self._new(f"insertelement <{lanes} x {_scalar(value.kind)}> poison, {value}, i64 0",
                          value.kind, lanes)  # fmt: skip
        return self._new(
            f"shufflevector {first}, {first.type} poison, <{lanes} x i32> zeroinitializer",
            value.kind,
            lanes,
        )

    def vector(self, numbers: Sequence[Value]) -> Value:
        """A vector of these numbers."""
        lanes = len(numbers)
        if lanes == 1:
            return numbers[0]
        value = Value("poison", "f64", lanes)
        for k, component in enumerate(numbers):
            value = self._new(f"insertelement {value}, {component}, i64 {k}", "f64", lanes)
        return value

    def extract(self, value: Value, lane: int) -> Value:
        """One lane."""
        if value.lanes == 1:
            return value
        if not 0 <= lane < value.lanes:
            raise TypeError(f"there is no lane {lane} of {value.lanes}")
        return self._new(f"extractelement {value}, i64 {lane}", value.kind)

    def shuffle(self, a: Value, b: Value, lanes: Sequence[int]) -> Value:
        """A vector of lanes of two, those of b counted on from those of a."""
        lanes = list(lanes)
        if len(lanes) == 1:
            return self.extract(a if lanes[0] < a.lanes else b, lanes[0] % a.lanes)
        self._alike(a, b)
        mask = ", ".join(f"i32 {k}" for k in lanes)
        return self._new(
            f"shufflevector {a}, {b}, <{len(lanes)} x i32> <{mask}>", a.kind, len(lanes)
        )

    def add(self, a: Value, b: Value) -> Value:
        """a + b."""
        return self._arithmetic("fadd", a, b)

    def sub(self, a: Value, b: Value) -> Value:
        """a - b."""
        return self._arithmetic("fsub", a, b)

    def mul(self, a: Value, b: Value) -> Value:
        """a * b."""
        return self._arithmetic("fmul", a, b)

    def div(self, a: Value, b: Value) -> Value:
        """a / b."""
        return self._arithmetic("fdiv", a, b)

    def neg(self, a: Value) -> Value:
        """-a."""
        return self._new(f"fneg {a}", "f64", a.lanes)

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c, rounded once."""
        self._alike(a, b, c)
        return self.intrinsic("fma", a, b, c)

    def intrinsic(self, name: str, *operands: Value) -> Value:
        """One of LLVM's functions of float64, lane by lane."""
        first = operands[0]
        suffix = "f64" if first.lanes == 1 else f"v{first.lanes}f64"
        types = ", ".join(value.type for value in operands)
        self.module.declare(f"{first.type} @llvm.{name}.{suffix}({types})")
        written = ", ".join(map(str, operands))
        return self._new(f"call {first.type} @llvm.{name}.{suffix}({written})", "f64", first.lanes)

    def compare(self, operator: str, a: Value, b: Value) -> Value:
        """A condition, lane by lane; with NaN only != holds."""
        self._alike(a, b)
        return self._new(f"fcmp {_FLOAT_COMPARISONS[operator]} {a}, {b.text}", "i1", a.lanes)

    def select(self, condition: Value, yes: Value, no: Value) -> Value:
        """One of two, lane by lane or by one condition for all."""
        self._alike(yes, no)
        if condition.kind != "i1" or condition.lanes not in (1, yes.lanes):
            raise TypeError(f"{condition} does not choose between {yes} and {no}")
        return self._new(f"select {condition}, {yes}, {no}", yes.kind, yes.lanes)

    def is_finite(self, value: Value) -> Value:
        """Whether a number is neither NaN nor infinite."""
        return self.compare("==", self.mul(value, self.number(0.0)), self.number(0.0))

    def is_finite_lanes(self, value: Value) -> Value:
        """Whether numbers are neither NaN nor infinite, lane by lane."""
        zero = self.splat(self.number(0.0), value.lanes)
        return self.compare("==", self.mul(value, zero), zero)

    # -- their bits --

    def bits(self, value: Value) -> Value:
        """A number's bits as a whole number."""
        target = Value("", "i64", value.lanes).type
        return self._new(f"bitcast {value} to {target}", "i64", value.lanes)

    def of_bits(self, value: Value) -> Value:
        """The number that has these bits."""
        target = Value("", "f64", value.lanes).type
        return self._new(f"bitcast {value} to {target}", "f64", value.lanes)

    def whole_of(self, name: str, a: Value, b: int) -> Value:
        """An operation of LLVM's (add, shl, lshr, ashr, and, or) with the same number in all lanes."""
        constant = self._spread_whole(b, a.lanes)
        return self._new(f"{name} {a}, {constant}", "i64", a.lanes)

    def lanewise(self, name: str, a: Value, b: Value) -> Value:
        """An operation of LLVM's on vectors of whole numbers."""
        self._alike(a, b)
        return self._new(f"{name} {a}, {b.text}", a.kind, a.lanes)

    def to_numbers(self, a: Value) -> Value:
        """Whole numbers as float64."""
        target = Value("", "f64", a.lanes).type
        return self._new(f"sitofp {a} to {target}", "f64", a.lanes)

    def _spread_whole(self, value: int, lanes: int) -> str:
        if lanes == 1:
            return str(value)
        return "<" + ", ".join([f"i64 {value}"] * lanes) + ">"

    # -- memory --

    def variable(self, lanes: int) -> Value:
        """A pointer to a variable of this function."""
        name = self._name()
        kind = Value("", "f64", lanes).type
        self._variables.append(f"  {name} = alloca {kind}, align 64")
        return Value(name, "ptr")

    def offset(self, pointer: Value, components: Whole) -> Value:
        """A pointer so many float64 further on."""
        if isinstance(components, int) and components == 0:
            return pointer
        return self._new(
            f"getelementptr inbounds double, {pointer}, i64 {_text(components)}", "ptr"
        )

    def load(self, pointer: Value, lanes: int) -> Value:
        """The number, or the vector, that lies there."""
        kind = Value("", "f64", lanes).type
        return self._new(f"load {kind}, {pointer}, align 8", "f64", lanes)

    def store(self, value: Value, pointer: Value) -> None:
        """Write it there."""
        if value.kind != "f64" or pointer.kind != "ptr":
            raise TypeError(f"{value} is not stored at {pointer}")
        self._write(f"store {value}, {pointer}, align 8")

    def load_whole(self, pointer: Value, place: Whole) -> Value:
        """A whole number of an array of them."""
        address = self._new(f"getelementptr inbounds i64, {pointer}, i64 {_text(place)}", "ptr")
        return self._new(f"load i64, {address}, align 8", "i64")

    def store_whole(self, value: Value, pointer: Value, place: Whole) -> None:
        """Write a whole number into an array of them."""
        address = self._new(f"getelementptr inbounds i64, {pointer}, i64 {_text(place)}", "ptr")
        self._write(f"store {value}, {address}, align 8")

    def is_set(self, pointer: Value) -> Value:
        """Whether the byte there is not 0; looked at anew every time, since others may set it."""
        byte = self._new(f"load volatile i8, {pointer}, align 1", "i8")
        return self._new(f"icmp ne i8 {byte.text}, 0", "i1")

    # -- whole numbers --

    def iadd(self, a: Whole, b: Whole) -> Value:
        """a + b."""
        return self._whole("add", a, b)

    def isub(self, a: Whole, b: Whole) -> Value:
        """a - b."""
        return self._whole("sub", a, b)

    def imul(self, a: Whole, b: Whole) -> Value:
        """a * b."""
        return self._whole("mul", a, b)

    def iquotient(self, a: Whole, b: Whole) -> Value:
        """a / b, cut."""
        return self._whole("sdiv", a, b)

    def iremainder(self, a: Whole, b: Whole) -> Value:
        """What a / b leaves."""
        return self._whole("srem", a, b)

    def icompare(self, operator: str, a: Whole, b: Whole) -> Value:
        """A condition of whole numbers."""
        return self._new(f"icmp {_WHOLE_COMPARISONS[operator]} i64 {_text(a)}, {_text(b)}", "i1")

    def iselect(self, condition: Value, yes: Whole, no: Whole) -> Value:
        """One of two whole numbers."""
        return self._new(f"select {condition}, i64 {_text(yes)}, i64 {_text(no)}", "i64")

    def both(self, a: Value, b: Value) -> Value:
        """Whether both conditions hold."""
        return self._new(f"and i1 {a.text}, {b.text}", "i1")

    def negated(self, a: Value) -> Value:
        """Whether a condition does not hold."""
        return self._new(f"xor i1 {a.text}, true", "i1")

    def to_number(self, a: Value) -> Value:
        """A whole number as float64."""
        return self.to_numbers(a)

    # -- order --

    @contextmanager
    def loop(self, start: Whole, stop: Whole, step: int = 1) -> Iterator[Value]:
        """The body for start, start + step, … below stop."""
        name = self._name()[1:]
        before = self._block
        counter, following = Value(f"%{name}", "i64"), f"%{name}.next"
        self._write(f"br label %{name}.head")
        self._label(f"{name}.head")
        place = len(self._lines)
        self._write("phi")
        self._write(f"%{name}.more = icmp slt i64 {counter.text}, {_text(stop)}")
        self._write(f"br i1 %{name}.more, label %{name}.body, label %{name}.end")
        self._label(f"{name}.body")
        yield counter
        last = self._block
        self._write(f"{following} = add i64 {counter.text}, {step}")
        self._write(f"br label %{name}.head, !llvm.loop !0")
        phi = f"phi i64 [ {_text(start)}, %{before} ], [ {following}, %{last} ]"
        self._lines[place] = f"  {counter.text} = {phi}"
        self._label(f"{name}.end")

    @contextmanager
    def when(self, condition: Value) -> Iterator[None]:
        """The body if the condition holds."""
        name = self._name()[1:]
        self._write(f"br {condition}, label %{name}.then, label %{name}.after")
        self._label(f"{name}.then")
        yield
        if not self._ended:
            self._write(f"br label %{name}.after")
        self._label(f"{name}.after")

    def give_back(self, value: Whole | None = None) -> None:
        """The end of the function, here."""
        if isinstance(value, int):
            value = Value(str(value), "i64")
        self._write(f"ret {value}" if value is not None else "ret void")
        self._ended = True

    def call(self, name: str, *arguments: Whole) -> Value:
        """A function of this module."""
        kinds, returns = self.module.signature(name)
        written = []
        for argument, kind in zip(arguments, kinds.values(), strict=True):
            value = Value(str(argument), "i64") if isinstance(argument, int) else argument
            if value.kind != kind:
                raise TypeError(f"{name} takes {kind}, not {value}")
            written.append(f"{value.type} {value.text}")
        text = f"call {_scalar(returns)} @{name}({', '.join(written)})"
        if returns == "void":
            self._write(text)
            return Value("", "void")
        return self._new(text, returns)

    # -- text --

    def _arithmetic(self, name: str, a: Value, b: Value) -> Value:
        self._alike(a, b)
        return self._new(f"{name} {a}, {b.text}", "f64", a.lanes)

    def _whole(self, name: str, a: Whole, b: Whole) -> Value:
        if isinstance(a, int) and isinstance(b, int):
            values = {"add": a + b, "sub": a - b, "mul": a * b}
            return Value(str(values[name]), "i64")
        return self._new(f"{name} i64 {_text(a)}, {_text(b)}", "i64")

    def _alike(self, *values: Value) -> None:
        if len({(value.kind, value.lanes) for value in values}) != 1:
            raise TypeError(f"{', '.join(map(str, values))} are not alike")

    def _name(self) -> str:
        self._count += 1
        return f"%v{self._count}"

    def _new(self, text: str, kind: str, lanes: int = 1) -> Value:
        name = self._name()
        self._write(f"{name} = {text}")
        return Value(name, kind, lanes)

    def _write(self, text: str) -> None:
        if self._ended:
            raise TypeError("nothing follows the end of a function")
        self._lines.append(f"  {text}")

    def _label(self, name: str) -> None:
        self._ended = False
        self._block = name
        self._lines.append(f"{name}:")


def _text(value: Whole) -> str:
    return str(value) if isinstance(value, int) else value.text


def _scalar(kind: str) -> str:
    return "double" if kind == "f64" else kind
