"""Equations → Python source over NumPy arrays: what the engine runs for whole sequences.

The source is generated from a checked tree, never from user text: names become prefixed
identifiers (`q_h`, `p_h` for pre(h), `d_h` for grad(h)), numbers become float64 constants.
A quantity that varies in time is an array whose first axis is t = 0 … T.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnntui.language.differentiate import BackwardEquation
from rnntui.language.evaluate import subscripts
from rnntui.language.functions import FUNCTIONS
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


def identifier(key: str) -> str:
    """The Python identifier of a quantity; different quantities never share one."""
    prefix = ""
    if key == CARRIES:
        return "carries"
    for kind, letter in (("grad(", "d"), ("weight(", "w"), ("pre(", "p")):
        if key.startswith(kind):
            prefix += letter
            key = key[len(kind) : -1]
    return f"{prefix or 'q'}_{key}"


class SequenceCode:
    """The source of two functions, forward(T, …) and backward(T, …), and how to call them.

    constant: parameters, which have no time axis.
    """

    def __init__(self, constant: Sequence[str]) -> None:
        self.constant = frozenset(constant)
        self.constants: dict[str, Any] = {}

    def forward(self, assignments: Sequence[Equation]) -> Callable[..., None]:
        """forward(T, arrays): computes t = 1 … T into the arrays, by key."""
        lines = [f"{self._target(a.target)} = {self._code(a.expression)}" for a in assignments]
        keys = [key for a in assignments for key in (a.target, *_keys(a.expression))]
        return self._function("range(1, T + 1)", lines, keys)

    def backward(self, equations: Sequence[BackwardEquation]) -> Callable[..., None]:
        """backward(T, arrays): computes t = T … 1; parameters' gradients are added up.

        arrays[CARRIES][t] says whether gradients flow from t + 1 to t.
        """
        lines: list[str] = []
        keys: list[str] = [CARRIES]
        for equation in equations:
            target = self._target(equation.target)
            full, last = equation.equation(last=False), equation.equation(last=True)
            keys += [equation.target, *_keys(full.expression)]
            if equation.of in self.constant:
                lines.append(f"{target} += {self._code(full.expression)}")
            elif equation.following is None:
                lines.append(f"{target} = {self._code(full.expression)}")
            else:
                lines += [
                    f"if {identifier(CARRIES)}[t]: {target} = {self._code(full.expression)}",
                    f"else: {target} = {self._code(last.expression)}",
                ]
        return self._function("range(T, 0, -1)", lines, keys)

    def _function(
        self, steps: str, lines: Sequence[str], keys: Sequence[str]
    ) -> Callable[..., None]:
        used = dict.fromkeys(keys)
        unpack = [f"{identifier(key)} = arrays[{key!r}]" for key in used]
        body = "\n".join(
            ["def run(T, arrays):"]
            + [f"    {line}" for line in unpack]
            + [f"    for t in {steps}:"]
            + [f"        {line}" for line in lines or ["pass"]]
        )
        scope: dict[str, Any] = {f"f_{n}": f.value for n, f in FUNCTIONS.items()} | self.constants
        exec(compile(body, "<equations>", "exec"), scope)
        run = scope["run"]

        def guarded(steps: int, arrays: dict[str, Any]) -> None:
            with np.errstate(all="ignore"):  # NaN and inf are values; the engine reports them
                run(steps, arrays)

        return guarded

    def _target(self, key: str) -> str:
        constant = key.startswith("grad(") and key[5:-1] in self.constant
        return identifier(key) if constant else f"{identifier(key)}[t]"

    def _code(self, node: Expression) -> str:
        match node:
            case Number():
                name = f"c{len(self.constants)}"
                self.constants[name] = np.float64(node.value)
                return name
            case Name():
                if node.key in self.constant:
                    return identifier(node.key)
                return f"{identifier(node.key)}[t{node.shift:+d}]"
            case Negative():
                return f"(-{self._code(node.operand)})"
            case Binary() | Compare():
                return f"({self._code(node.left)} {node.operator} {self._code(node.right)})"
            case Transpose():
                return f"{self._code(node.value)}.T"
            case Index():
                items = ", ".join(
                    f"{'' if s.start is None else s.start}:{'' if s.stop is None else s.stop}"
                    if isinstance(s, slice)
                    else str(s)
                    for s in subscripts(node)
                )
                return f"{self._code(node.value)}[{items}]"
            case Call():
                arguments = ", ".join(self._code(argument) for argument in node.arguments)
                return f"f_{node.function}({arguments})"
        raise TypeError(node)


def _keys(expression: Expression) -> list[str]:
    return [name.key for name in names(expression)]
