"""What generated code prepares once for a length of sequences, and uses whenever it runs.

Views and intermediate arrays do not depend on values, so they are made where the code is bound to
its arrays; what is left to run again and again is little but NumPy's own functions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from rnntui.language.shapes import Shape


@dataclass(frozen=True)
class Operand:
    """The source of a value.

    shape: behind the axis of time, which it has if `timed`. fixed: it is the same array in every
    run, so that views of it can be made beforehand. dense: C-contiguous, as `dot` wants its output.
    buffer: the intermediate array that it is, or is a view of; else empty.
    """

    text: str
    shape: Shape
    timed: bool = False
    fixed: bool = True
    dense: bool = True
    buffer: str = ""


class Workspace:
    """The statements of preparation. `T` is the length there.

    constants: the values of names that stand for them.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._made: dict[str, str] = {}
        self._free: dict[tuple[Shape, str], list[Operand]] = defaultdict(list)
        self._kinds: dict[str, tuple[Operand, tuple[Shape, str]]] = {}

    def constant(self, value: Any) -> str:
        """A name for a value."""
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def prepared(self, text: str, letter: str = "v") -> str:
        """A name for what is the same in every run; the same name for the same source."""
        if text not in self._made:
            self._made[text] = f"{letter}{len(self._made)}"
            self.lines.append(f"{self._made[text]} = {text}")
        return self._made[text]

    def view(self, operand: Operand, suffix: str, shape: Shape) -> Operand:
        """A view of an operand, such as `.T`; made beforehand if that can be."""
        text = operand.text + suffix
        if operand.fixed:
            text = self.prepared(text)
        return replace(operand, text=text, shape=shape, dense=False)

    def buffer(self, shape: Shape, length: str = "") -> Operand:
        """An intermediate array that is free; length: its timesteps, if it has an axis of time."""
        kind = (shape, length)
        if self._free[kind]:
            return self._free[kind].pop()
        name = f"b{len(self._kinds)}"
        lengths = ", ".join([*([length] if length else []), *map(str, shape)])
        self.lines.append(f"{name} = empty(({lengths}{',' if lengths else ''}))")
        operand = Operand(name, shape, bool(length), buffer=name)
        self._kinds[name] = (operand, kind)
        return operand

    def release(self, *operands: Operand) -> None:
        """These values are not needed any more."""
        for operand in operands:
            if operand.buffer:
                whole, kind = self._kinds[operand.buffer]
                assert whole not in self._free[kind], "it is released once"
                self._free[kind].append(whole)
