"""Equations → Python source over NumPy arrays: what the engine runs for whole sequences.

What does not depend on its own past is computed for all timesteps at once; the rest goes timestep
by timestep (`compile.recurrent_loop`), without what the recurrence does not reach.

The source is generated from a checked tree, never from user text: names become prefixed
identifiers (`q_h`, `p_h` for pre(h), `d_h` for grad(h)), numbers become float64 constants.
A quantity that varies in time is an array whose first axis is t = 0 … T.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from rnntui.compile.in_place import WRITING
from rnntui.compile.over_time import concat_over_time, rows
from rnntui.compile.recurrence import blocks
from rnntui.compile.recurrent_loop import RecurrentLoop
from rnntui.compile.statements import UFUNCS, Statements
from rnntui.compile.workspace import Operand, Workspace
from rnntui.language.differentiate import BackwardEquation
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import Key
from rnntui.language.shapes import Shape
from rnntui.language.tree import Equation, Expression, Name, names

_WORD = re.compile(r"\w+")
CARRIES = "carries()"  # no quantity's key
_PREFIXES = {
    "grad": "d",
    "weight": "w",
    "cotangent": "k",
    "pre": "p",
    "common": "s",
    "hoisted": "x",
    "fused": "z",
}

_SCOPE: dict[str, Any] = {
    **{f"f_{name}": function.value for name, function in FUNCTIONS.items()},
    **{f"into_{name}": function for name, function in WRITING.items()},
    **{name: getattr(np, name) for name in UFUNCS.values()},
    "add_up": np.add.reduce,
    "concat_over_time": concat_over_time,
    "empty": np.empty,
    "matmul": np.matmul,
    "negative": np.negative,
    "rows": rows,
    "square": np.square,
    "where": np.where,
}


def identifier(key: str) -> str:
    """The Python identifier of a quantity; different quantities never share one."""
    if key == CARRIES:
        return "carries"
    prefix, of = "", Key(key)
    while of.operator:
        prefix, of = prefix + _PREFIXES[of.operator], of.of
    return f"{prefix or 'q'}_{of}"


class SequenceFunction:
    """A generated function over whole sequences: function(T, arrays) computes into the arrays.

    source: of bind(T, arrays), which prepares and gives what then runs.
    """

    def __init__(self, keys: Iterable[str], work: Workspace, statements: Sequence[str]) -> None:
        unpack = [f"{identifier(key)} = arrays[{key!r}]" for key in dict.fromkeys(keys)]
        prepared = (*unpack, *work.lines)
        used = {word for line in statements for word in _WORD.findall(line)}
        names = [line.partition(" = ")[0] for line in prepared]
        # as arguments: names of a scope around it take Python a time that grows with their square
        arguments = [f"{name}={name}" for name in ("T", *names) if name in used]
        self.source = "\n".join(
            [
                "def bind(T, arrays):",
                *(f"    {line}" for line in prepared),
                f"    def run({', '.join(arguments)}):",
                *(f"        {line}" for line in statements or ["pass"]),
                "    return run",
            ]
        )
        scope = _SCOPE | work.constants
        exec(compile(self.source, "<equations>", "exec"), scope)
        self._bind = scope["bind"]

    def bind(self, steps: int, arrays: Mapping[str, Any]) -> Callable[[], None]:
        """What computes, as often as it is called, from what the arrays then contain.

        NumPy's warnings are the caller's to silence: NaN and inf are values; the engine reports them.
        """
        run: Callable[[], None] = self._bind(steps, arrays)
        return run

    def __call__(self, steps: int, arrays: Mapping[str, Any]) -> None:
        """Compute once."""
        with np.errstate(all="ignore"):
            self.bind(steps, arrays)()


class SequenceCode:
    """Writes one function over whole sequences.

    constant: parameters, which have no time axis. shapes: of every name.
    """

    def __init__(self, constant: Iterable[str], shapes: Mapping[str, Shape]) -> None:
        self.constant = frozenset(constant)
        self.shapes = dict(shapes)
        self.work = Workspace()

    def forward(
        self, assignments: Sequence[Equation], initial: Mapping[str, Expression]
    ) -> SequenceFunction:
        """Computes t = 0 where `initial` says how, and t = 1 … T."""
        formulas: dict[str, Expression] = {a.target: a.expression for a in assignments}
        needs = {key: [n.key for n in names(node)] for key, node in formulas.items()}
        lines = self._at_the_start(initial)
        for block in blocks(needs):
            if block.recurrent:
                lines += self._loop(block.keys).forward(formulas)
            else:
                (key,) = block.keys
                lines += self._over_time(key, formulas[key])
        return self._function(lines, [*formulas, *_keys([*formulas.values(), *initial.values()])])

    def backward(
        self, equations: Sequence[BackwardEquation], initial: Sequence[BackwardEquation] = ()
    ) -> SequenceFunction:
        """Computes t = T … 1, the initial states' at t = 0, and the parameters'.

        arrays[CARRIES][t] says whether gradients flow from t + 1 to t. initial: what parameters
        receive through initial values.
        """
        timed: dict[str, BackwardEquation] = {
            e.target: e for e in equations if e.of not in self.constant
        }
        lines: list[str] = []
        for block in blocks({key: [n.key for n in e.uses] for key, e in timed.items()}):
            if block.recurrent:
                formulas = {key: (timed[key].within, timed[key].following) for key in block.keys}
                lines += self._loop(block.keys).backward(formulas)
            else:
                lines += self._gradient_over_time(timed[block.keys[0]])
        following: dict[str, Expression] = {
            e.target: e.following for e in timed.values() if e.following is not None
        }
        lines += self._at_the_start(following)  # what flows from t = 1 to t = 0
        lines += self._parameters(equations, initial)
        used = [key for e in (*equations, *initial) for key in (e.target, *(n.key for n in e.uses))]
        return self._function(lines, [CARRIES, *used])

    def by_use(self, equations: Sequence[BackwardEquation]) -> SequenceFunction:
        """What the use of each parameter at t = 1 … T contributes to its gradient."""
        over = self._over("T")
        for e in equations:
            if e.within is not None:
                over.value(e.within, Operand(identifier(e.target), self.shapes[e.target], True))
        return self._function(
            over.lines, [key for e in equations for key in (e.target, *(n.key for n in e.uses))]
        )

    def _loop(self, keys: Sequence[str]) -> RecurrentLoop:
        return RecurrentLoop(
            self.work, keys, self.shapes, self._is_constant, identifier, self._over
        )

    def _over_time(self, key: str, formula: Expression) -> list[str]:
        over = self._over("T")
        over.value(formula, self._operand(Name(key), "T"))
        return over.lines

    def _gradient_over_time(self, equation: BackwardEquation) -> list[str]:
        lines: list[str] = []
        if equation.within is not None:
            lines += self._over_time(equation.target, equation.within)
        else:  # the array may have what another sequence has left in it
            lines.append(f"{self._operand(Name(equation.target), 'T').text}.fill(0.0)")
        if equation.following is not None:
            over = self._over("T - 1")
            part = over.value(equation.following)
            axes = ", ".join([":", *["None"] * len(part.shape)])
            carries = self.work.prepared(f"carries[1:T][{axes}]")
            target = self._operand(Name(equation.target), "T - 1").text
            carried = f"where({carries}, {part.text}, 0.0)"
            lines += [*over.lines, f"add({target}, {carried}, {target})"]
            self.work.release(part)
        return lines

    def _at_the_start(self, formulas: Mapping[str, Expression]) -> list[str]:
        """Quantities at t = 0; a name's shift counts from there."""
        start = Statements(self.work, self.shapes, self._operand_at_start)
        for key, node in formulas.items():
            start.value(node, self._operand_at_start(Name(key)))
        return start.lines

    def _parameters(
        self, equations: Sequence[BackwardEquation], initial: Sequence[BackwardEquation]
    ) -> list[str]:
        over = self._over("T")
        start = Statements(self.work, self.shapes, self._operand_at_start)
        for equation in equations:
            if equation.of in self.constant and equation.within is not None:
                over.summed(equation.within, self._operand(Name(equation.target), "T"))
        for equation in initial:
            if equation.within is not None:
                target = identifier(equation.target)
                part = start.value(equation.within)
                start.lines.append(f"add({target}, {part.text}, {target})")
                self.work.release(part)
        return [*over.lines, *start.lines]

    def _over(self, last: str) -> Statements:
        """Formulas over t = 1 … last, which is T or T - 1."""
        return Statements(self.work, self.shapes, lambda name: self._operand(name, last), last)

    def _operand(self, name: Name, last: str) -> Operand:
        text, shape = identifier(name.key), self.shapes[name.key]
        if self._is_constant(name.key):
            return Operand(text, shape)
        start = 1 + name.shift
        return Operand(self.work.prepared(f"{text}[{start} : {last} + {start}]"), shape, True)

    def _operand_at_start(self, name: Name) -> Operand:
        text, shape = identifier(name.key), self.shapes[name.key]
        if self._is_constant(name.key):
            return Operand(text, shape)
        return Operand(self.work.prepared(f"{text}[{name.shift}, ...]"), shape)

    def _is_constant(self, key: str) -> bool:
        """Whether a name stands for one value at all timesteps."""
        match Key(key):
            case Key("grad", of):
                return of in self.constant
        return key in self.constant

    def _function(self, lines: Sequence[str], keys: Iterable[str]) -> SequenceFunction:
        return SequenceFunction(keys, self.work, lines)


def _keys(expressions: Iterable[Expression]) -> list[str]:
    return [name.key for node in expressions for name in names(node)]
