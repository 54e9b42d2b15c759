"""Equations → Python source over NumPy arrays: what the engine runs for whole sequences.

What does not depend on its own past is computed for all timesteps at once (`language.over_time`);
the rest goes timestep by timestep, without what the recurrence does not reach.

The source is generated from a checked tree, never from user text: names become prefixed
identifiers (`q_h`, `p_h` for pre(h), `d_h` for grad(h)), numbers become float64 constants.
A quantity that varies in time is an array whose first axis is t = 0 … T.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from rnntui.language import numerics
from rnntui.language.differentiate import BackwardEquation
from rnntui.language.evaluate import evaluate
from rnntui.language.functions import FUNCTIONS
from rnntui.language.over_time import OverTime, is_literal, written_subscripts
from rnntui.language.recurrence import Hoisting, blocks
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Equation,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Transpose,
    names,
)

CARRIES = "carries()"  # no quantity's key
_HOISTED = "hoisted("

_SCOPE: dict[str, Any] = {
    **{f"f_{name}": function.value for name, function in FUNCTIONS.items()},
    "add_up": np.add.reduce,
    "concat_over_time": numerics.concat_over_time,
    "matmul": np.matmul,
    "where": np.where,
}


def identifier(key: str) -> str:
    """The Python identifier of a quantity; different quantities never share one."""
    prefix = ""
    if key == CARRIES:
        return "carries"
    if key.startswith(_HOISTED):
        return f"x_{key[len(_HOISTED) : -1]}"
    for kind, letter in (("grad(", "d"), ("weight(", "w"), ("pre(", "p"), ("shared(", "s")):
        if key.startswith(kind):
            prefix += letter
            key = key[len(kind) : -1]
    return f"{prefix or 'q'}_{key}"


class SequenceCode:
    """The source of functions run(T, arrays) over whole sequences, and how to call them.

    constant: parameters, which have no time axis. shapes: of every name.
    """

    def __init__(self, constant: Iterable[str], shapes: Mapping[str, Shape]) -> None:
        self.constant = frozenset(constant)
        self.shapes = dict(shapes)
        self.constants: dict[str, Any] = {}

    def forward(
        self, assignments: Sequence[Equation], initial: Mapping[str, Expression]
    ) -> Callable[..., None]:
        """run(T, arrays): computes t = 0 where `initial` says how, and t = 1 … T, into the arrays."""
        formulas = {a.target: a.expression for a in assignments}
        needs = {key: [n.key for n in names(node)] for key, node in formulas.items()}
        lines = [
            f"{identifier(key)}[0] = {self.at(node, lambda name: str(name.shift))}"
            for key, node in initial.items()
        ]
        for block in blocks(needs):
            if block.recurrent:
                lines += _Loop(self, block.keys, forward=True).lines(
                    {key: (formulas[key], None) for key in block.keys}
                )
            else:
                (key,) = block.keys
                found = self._over("T").source(formulas[key])
                lines.append(f"{identifier(key)}[1:] = {found.text}")
        used = _keys([*formulas.values(), *initial.values()])
        return self._function(lines, [*formulas, *used])

    def backward(
        self, equations: Sequence[BackwardEquation], initial: Sequence[BackwardEquation] = ()
    ) -> Callable[..., None]:
        """run(T, arrays): computes t = T … 1, the initial states' at t = 0, and the parameters'.

        arrays[CARRIES][t] says whether gradients flow from t + 1 to t. initial: what parameters
        receive through initial values.
        """
        timed = {e.target: e for e in equations if e.of not in self.constant}
        lines: list[str] = []
        for block in blocks({key: _used(e) for key, e in timed.items()}):
            if block.recurrent:
                lines += _Loop(self, block.keys, forward=False).lines(
                    {key: (timed[key].within, timed[key].following) for key in block.keys}
                )
            else:
                lines += self._gradient_over_time(timed[block.keys[0]])
        lines += self._at_the_start(timed.values())
        lines += self._parameters(equations, initial)
        used = [key for e in (*equations, *initial) for key in (e.target, *_used(e))]
        return self._function(lines, [CARRIES, *used])

    def by_use(self, equations: Sequence[BackwardEquation]) -> Callable[..., None]:
        """run(T, arrays): what the use of each parameter at t = 1 … T contributes to its gradient."""
        lines = [
            f"{identifier(e.target)}[...] = {self._over('T').source(e.within).text}"
            for e in equations
            if e.within is not None
        ]
        return self._function(lines, [key for e in equations for key in (e.target, *_used(e))])

    def _gradient_over_time(self, equation: BackwardEquation) -> list[str]:
        target, lines = identifier(equation.target), []
        if equation.within is not None:
            lines.append(f"{target}[1:] = {self._over('T').source(equation.within).text}")
        if equation.following is not None:
            part = self._over("T - 1").source(equation.following)
            axes = ", ".join([":", *["None"] * part.rank])
            carries = f"{identifier(CARRIES)}[1:T][{axes}]"
            lines.append(f"{target}[1:T] += where({carries}, {part.text}, 0.0)")
        return lines

    def _at_the_start(self, equations: Iterable[BackwardEquation]) -> list[str]:
        """Gradients of the initial states: what flows from t = 1 to t = 0."""
        return [
            f"{identifier(e.target)}[0] = {self.at(e.following, lambda name: str(name.shift))}"
            for e in equations
            if e.following is not None
        ]

    def _parameters(
        self, equations: Sequence[BackwardEquation], initial: Sequence[BackwardEquation]
    ) -> list[str]:
        lines = []
        for equation in equations:
            if equation.of in self.constant and equation.within is not None:
                total = self._over("T").summed(equation.within)
                lines.append(f"{identifier(equation.target)}[...] = {total}")
        for equation in initial:
            if equation.within is not None:
                part = self.at(equation.within, lambda name: str(name.shift))
                lines.append(f"{identifier(equation.target)}[...] += {part}")
        return lines

    def _over(self, last: str) -> OverTime:
        """Formulas over t = 1 … last, which is T or T - 1."""

        def place(name: Name) -> tuple[str, bool]:
            if self.is_constant(name.key):
                return identifier(name.key), False
            if name.key.startswith(_HOISTED):
                return f"{identifier(name.key)}[: {last}]", True
            start = 1 + name.shift
            stop = {"T": 1, "T - 1": 0}[last] + name.shift
            end = f"T{stop:+d}" if stop else "T"
            return f"{identifier(name.key)}[{start}:{end}]", True

        return OverTime(self.shapes, place, self.literal, last if last == "T" else f"({last})")

    def is_constant(self, key: str) -> bool:
        """Whether a name stands for one value at all timesteps."""
        return key in self.constant or (key.startswith("grad(") and key[5:-1] in self.constant)

    def literal(self, node: Expression) -> str:
        """The source of a formula without names: a constant, made only once."""
        # beside arrays and NumPy's scalars Python's own numbers do the same, faster
        if isinstance(node, Number):
            return self._constant(float(node.value))
        return self._constant(evaluate(node, _no_name))

    def _constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def at(self, node: Expression, index: Callable[[Name], str]) -> str:
        """The source of a formula at one timestep; index: of a name in time, or the whole source
        of it, with an `=` before."""
        if is_literal(node):
            return self.literal(node)
        match node:
            case Name():
                if self.is_constant(node.key):
                    return identifier(node.key)
                found = index(node)
                return found[1:] if found[0] == "=" else f"{identifier(node.key)}[{found}]"
            case Negative():
                return f"(-{self.at(node.operand, index)})"
            case Binary(operator="@"):
                # the method: np.dot asks for overrides first, which takes as long as the product
                return f"{self.at(node.left, index)}.dot({self.at(node.right, index)})"
            case Binary() | Compare():
                return f"({self.at(node.left, index)} {node.operator} {self.at(node.right, index)})"
            case Transpose():
                return f"{self.at(node.value, index)}.T"
            case Index():
                items = ", ".join(written_subscripts(node))
                return f"{self.at(node.value, index)}[{items}]"
            case Call():
                arguments = ", ".join(self.at(argument, index) for argument in node.arguments)
                return f"f_{node.function}({arguments})"
        raise TypeError(node)

    def hoisted(self, node: Expression, shape: Shape) -> Name:
        """A new name for the values of a formula over time, or its one value if it has no time."""
        name = Name(f"{_HOISTED}{len(self.shapes)})")
        self.shapes[name.key] = shape
        if all(self.is_constant(used.key) for used in names(node)):
            self.constant |= {name.key}
        return name

    def zeros(self, key: str) -> str:
        """The source of a gradient that nothing has reached."""
        return self._constant(np.zeros(self.shapes[key])[()])

    def hoist_lines(self, kept: Mapping[Expression, Name], last: str) -> list[str]:
        """The statements that compute what was taken out of a loop, for t = 1 … last."""
        return [
            f"{identifier(name.key)} = {self._over(last).source(node).text}"
            for node, name in kept.items()
        ]

    def _function(self, lines: Sequence[str], keys: Sequence[str]) -> Callable[..., None]:
        unpack = [f"{identifier(key)} = arrays[{key!r}]" for key in dict.fromkeys(keys)]
        return self.function([*unpack, *lines])

    def function(self, lines: Sequence[str]) -> Callable[..., None]:
        """run(T, arrays): these statements, which this code has written."""
        body = "\n".join(["def run(T, arrays):", *(f"    {line}" for line in lines or ["pass"])])
        scope = _SCOPE | self.constants
        exec(compile(body, "<equations>", "exec"), scope)
        run = scope["run"]

        def guarded(steps: int, arrays: dict[str, Any]) -> None:
            with np.errstate(all="ignore"):  # NaN and inf are values; the engine reports them
                run(steps, arrays)

        guarded.source = body  # type: ignore[attr-defined]
        return guarded


Formulas = Mapping[str, tuple[Expression | None, Expression | None]]


class _Loop:
    """A block of quantities that need each other's past (backward: each other's future).

    Their values live in local variables from one timestep to the next: `l_` at t, `n_` at its
    neighbour.
    """

    def __init__(self, code: SequenceCode, keys: Sequence[str], forward: bool) -> None:
        self.code = code
        self.keys = keys
        self.forward = forward
        self._neighbours: set[str] = set()

    def lines(self, formulas: Formulas) -> list[str]:
        """The whole loop; formulas: what is of timestep t, and what flows in from t + 1."""
        whole, short = self._hoisting(), self._hoisting()
        body: list[str] = []
        for key in self.keys:
            within, following = formulas[key]
            body += self._assign(key, within, following, whole, short)
        near = sorted(self._neighbours)
        start = "0" if self.forward else "T"
        return [
            *self.code.hoist_lines(whole.kept, "T"),
            *self.code.hoist_lines(short.kept, "T - 1"),
            *(f"{_local(key, 'n')} = {identifier(key)}[{start}]" for key in near),
            f"for t in {'range(1, T + 1)' if self.forward else 'range(T, 0, -1)'}:",
            "    s = t - 1",
            *(f"    {line}" for line in body),
            *(f"    {_local(key, 'n')} = {_local(key, 'l')}" for key in near),
        ]

    def _hoisting(self) -> Hoisting:
        shapes = self.code.shapes
        return Hoisting(self.keys, lambda node: self.code.hoisted(node, shape_of(node, shapes)))

    def _assign(
        self,
        key: str,
        within: Expression | None,
        following: Expression | None,
        whole: Hoisting,
        short: Hoisting,
    ) -> list[str]:
        local, cell = _local(key, "l"), f"{identifier(key)}[t]"
        lines = []
        if within is not None:
            lines.append(f"{local} = {self.code.at(whole.rest(within), self._place)}")
        if following is not None:
            part = self.code.at(short.rest(following), self._place)
            carried = f"{local} + {part}" if within is not None else part
            lines.append(f"if {identifier(CARRIES)}[t]: {local} = {carried}")
            if within is None:
                lines.append(f"else: {local} = {self.code.zeros(key)}")
        lines.append(f"{cell} = {local}")
        if not self.code.shapes[key]:
            lines.append(f"{local} = {cell}")  # a scalar, not an array without axes
        return lines

    def _place(self, name: Name) -> str:
        if name.key in self.keys:
            if name.shift == 0:
                return "=" + _local(name.key, "l")
            self._neighbours.add(name.key)
            return "=" + _local(name.key, "n")
        if name.key.startswith(_HOISTED):
            return "s"
        return f"t{name.shift:+d}" if name.shift else "t"


def _no_name(name: Name) -> Any:
    raise KeyError(name.key)


def _local(key: str, kind: str) -> str:
    return f"{kind}_{identifier(key)}"


def _used(equation: BackwardEquation) -> list[str]:
    return _keys(part for part in (equation.within, equation.following) if part is not None)


def _keys(expressions: Iterable[Expression]) -> list[str]:
    return [name.key for node in expressions for name in names(node)]
