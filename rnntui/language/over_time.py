"""A formula for all timesteps at once, as NumPy source: a leading axis of time on all that varies.

Shapes decide what the source is: a scalar beside a vector gets an axis, `W @ h` is `h @ W.T`, and
what sums over components leaves time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rnntui.language.evaluate import subscripts
from rnntui.language.functions import FUNCTIONS
from rnntui.language.recurrence import signed_terms
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Expression,
    Index,
    Name,
    Negative,
    Transpose,
    names,
)


def is_literal(node: Expression) -> bool:
    """Whether a formula has no names in it, and so one value for good."""
    return next(names(node), None) is None


def written_subscripts(node: Index) -> list[str]:
    """The source of each subscript, as NumPy takes them."""
    return [
        f"{'' if s.start is None else s.start}:{'' if s.stop is None else s.stop}"
        if isinstance(s, slice)
        else str(s)
        for s in subscripts(node)
    ]


@dataclass(frozen=True)
class Source:
    """The source of a value: with a leading axis of time or without, and the axes behind it."""

    text: str
    timed: bool
    rank: int

    def beside(self, rank: int) -> str:
        """As an operand beside one with more axes; without time, NumPy's broadcasting does."""
        if not self.timed or self.rank == rank:
            return self.text
        return f"{self.text}[:, {', '.join(['None'] * (rank - self.rank))}]"


class OverTime:
    """Writes formulas for a range of timesteps.

    shapes: of all names. place: the source of a name over the range, and whether it varies in
    time. constant: the source of a formula without names. length: the source of how many
    timesteps there are.
    """

    def __init__(
        self,
        shapes: Mapping[str, Shape],
        place: Callable[[Name], tuple[str, bool]],
        constant: Callable[[Expression], str],
        length: str,
    ) -> None:
        self.shapes = shapes
        self.length = length
        self._place = place
        self._constant = constant

    def source(self, node: Expression) -> Source:
        """The formula over time."""
        if is_literal(node):
            return Source(self._constant(node), False, len(shape_of(node, self.shapes)))
        match node:
            case Name():
                text, timed = self._place(node)
                return Source(text, timed, len(self.shapes[node.key]))
            case Negative():
                inner = self.source(node.operand)
                return Source(f"(-{inner.text})", inner.timed, inner.rank)
            case Binary(operator="@"):
                return self._product(node)
            case Binary() | Compare():
                left, right = self.source(node.left), self.source(node.right)
                rank = max(left.rank, right.rank)
                text = f"({left.beside(rank)} {node.operator} {right.beside(rank)})"
                return Source(text, left.timed or right.timed, rank)
            case Transpose():
                inner = self.source(node.value)
                axes = "swapaxes(1, 2)" if inner.timed else "T"
                return Source(f"{inner.text}.{axes}", inner.timed, 2)
            case Index():
                return self._index(node)
            case Call():
                return self._call(node)
        raise TypeError(node)

    def summed(self, node: Expression) -> str:
        """The formula added up over time: what a parameter's gradient is."""
        text = ""
        for positive, term in signed_terms(node):
            sign = ("+ " if text else "") if positive else "- " if text else "-"
            text += f"{' ' if text else ''}{sign}{self._term(term)}"
        return text

    def _term(self, node: Expression) -> str:
        if isinstance(node, Call) and node.function == "outer":
            a, b = (self.source(argument) for argument in node.arguments)
            if a.timed and b.timed:  # Σ_t a[t] ⊗ b[t] is one matrix product
                return f"{a.text}.T.dot({b.text})"
        found = self.source(node)
        return f"add_up({found.text})" if found.timed else f"({self.length} * {found.text})"

    def _product(self, node: Binary) -> Source:
        a, b = self.source(node.left), self.source(node.right)
        rank = a.rank + b.rank - 2
        timed = a.timed or b.timed
        if not timed:
            return Source(f"{a.text}.dot({b.text})", False, rank)
        match a.rank, b.rank:
            case (2, 1):
                if not a.timed:
                    text = f"{b.text}.dot({a.text}.T)"
                elif b.timed:
                    text = f"matmul({a.text}, {b.text}[:, :, None])[:, :, 0]"
                else:
                    text = f"matmul({a.text}, {b.text})"
            case (1, 2):
                if not b.timed:
                    text = f"{a.text}.dot({b.text})"
                elif a.timed:
                    text = f"matmul({a.text}[:, None, :], {b.text})[:, 0, :]"
                else:
                    text = f"matmul({a.text}, {b.text})"
            case _:
                text = f"matmul({a.text}, {b.text})"
        return Source(text, True, rank)

    def _index(self, node: Index) -> Source:
        inner = self.source(node.value)
        items = [":", *written_subscripts(node)] if inner.timed else written_subscripts(node)
        rank = len(shape_of(node, self.shapes))
        return Source(f"{inner.text}[{', '.join(items)}]", inner.timed, rank)

    def _call(self, node: Call) -> Source:
        found = [self.source(argument) for argument in node.arguments]
        name, kind = f"f_{node.function}", FUNCTIONS[node.function].kind
        if not any(source.timed for source in found):
            text = f"{name}({', '.join(source.text for source in found)})"
            return Source(text, False, len(shape_of(node, self.shapes)))
        rank = max(source.rank for source in found)
        match kind:
            case "elementwise" | "vector":
                return Source(f"{name}({found[0].text})", True, rank)
            case "pairwise" | "where":
                parts = ", ".join(source.beside(rank) for source in found)
                return Source(f"{name}({parts})", True, rank)
            case "reduce" | "loss" | "dot":
                parts = ", ".join(source.beside(rank) for source in found)
                if kind == "dot":
                    return Source(f"add_up({' * '.join(s.text for s in found)}, -1)", True, 0)
                return Source(f"{name}({parts}, {tuple(range(1, rank + 1))})", True, 0)
            case "outer":
                a, b = found
                columns = f"{a.text}[:, :, None]" if a.timed else f"{a.text}[:, None]"
                rows = f"{b.text}[:, None, :]" if b.timed else b.text
                return Source(f"({columns} * {rows})", True, 2)
            case "concat":
                parts = ", ".join(f"({s.text}, {s.timed}, {s.rank})" for s in found)
                shape = shape_of(node, self.shapes)
                return Source(f"concat_over_time({self.length}, {parts})", True, len(shape))
        raise TypeError(node)
