"""Formulas as NumPy statements, each of which writes into an array made beforehand.

A formula is computed at one timestep, or for all at once: then all that varies has a leading axis
of time. Shapes decide what the statements are: a scalar beside a vector gets an axis, `W @ h` over
time is `h.dot(W.T)`, and what sums over components leaves time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from rnntui.compile.in_place import WRITING
from rnntui.compile.recurrence import signed_terms
from rnntui.compile.workspace import Operand, Workspace
from rnntui.language.definitions import expand
from rnntui.language.evaluate import evaluate, subscripts
from rnntui.language.functions import FUNCTIONS
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Transpose,
    names,
)

UFUNCS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "**": "power",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
}
_SQUARE = Number(2)


def is_literal(node: Expression) -> bool:
    """Whether a formula has no names in it, and so one value for good."""
    return next(names(node), None) is None


class Statements:
    """Writes statements, into `lines`.

    operand_of: what a name stands for. length: the source of how many timesteps there are, where
    operands with time are among them.
    """

    def __init__(
        self,
        work: Workspace,
        shapes: Mapping[str, Shape],
        operand_of: Callable[[Name], Operand],
        length: str = "",
    ) -> None:
        self.work = work
        self.shapes = shapes
        self.length = length
        self.lines: list[str] = []
        self._operand_of = operand_of
        self._locals = 0

    def value(self, node: Expression, into: Operand | None = None) -> Operand:
        """The value of a formula; in the array `into`, if one is given."""
        value = self._value(node, into)
        if into is None or value.text == into.text:
            return value
        self.lines.append(f"{into.text}[...] = {value.text}")
        self.work.release(value)
        return into

    def fixed(self, node: Expression) -> Operand:
        """The value of a formula in an array that is the same in every run."""
        value = self._value(node, None)
        if value.fixed:
            return value
        return self.value(node, self._array(value.shape, value.timed, None))

    def summed(self, node: Expression, into: Operand) -> None:
        """The formula added up over time: what a parameter's gradient is."""
        for number, (positive, term) in enumerate(signed_terms(node)):
            if number == 0:
                part = self._sum(term, into)
                if part.text != into.text:  # a number, for all components
                    self.lines.append(f"{into.text}[...] = {part.text}")
                    self.work.release(part)
                if not positive:
                    self.lines.append(f"negative({into.text}, {into.text})")
            else:
                part = self._sum(term, None)
                function = "add" if positive else "subtract"
                self.lines.append(f"{function}({into.text}, {part.text}, {into.text})")
                self.work.release(part)

    def _value(self, node: Expression, into: Operand | None) -> Operand:
        if is_literal(node):
            # an array even of one number: NumPy converts Python's own in every call
            value = np.asarray(evaluate(node, _no_name))
            return Operand(self.work.constant(value), value.shape)
        match node:
            case Name():
                return self._operand_of(node)
            case Negative():
                return self._elementwise("negative", node, [node.operand], into)
            case Binary(operator="@"):
                return self._product(node, into)
            case Binary(operator="**") if node.right == _SQUARE:
                return self._elementwise("square", node, [node.left], into)
            case Binary():
                return self._elementwise(UFUNCS[node.operator], node, node.children(), into)
            case Compare():
                return self._called(UFUNCS[node.operator], node, beside=True)
            case Transpose():
                inner = self.value(node.value)
                suffix = ".swapaxes(1, 2)" if inner.timed else ".T"
                return self.work.view(inner, suffix, shape_of(node, self.shapes))
            case Index():
                inner = self.value(node.value)
                items = [*([":"] if inner.timed else []), *_written_subscripts(node), "..."]
                return self.work.view(inner, f"[{', '.join(items)}]", shape_of(node, self.shapes))
            case Call():
                return self._call(node, into)
        raise TypeError(node)

    def _call(self, node: Call, into: Operand | None) -> Operand:
        name, kind = node.function, FUNCTIONS[node.function].kind
        if FUNCTIONS[name].value is None:
            made_of = expand(node, lambda n: shape_of(n, self.shapes))
            assert made_of is not None, "a function has a value or a definition"
            return self._value(made_of, into)
        match kind:
            case "dot":
                return self._dot(node, into)
            case "outer":
                return self._outer(node, into)
            case "concat":
                return self._concat(node)
        if name in WRITING:
            return self._elementwise(f"into_{name}", node, node.arguments, into)
        return self._called(f"f_{name}", node, beside=kind != "vector", sums=kind in _SUMMING)

    def _elementwise(
        self,
        function: str,
        node: Expression,
        arguments: tuple[Expression, ...] | list[Expression],
        into: Operand | None,
    ) -> Operand:
        shape = shape_of(node, self.shapes)
        operands = [self.value(argument) for argument in arguments]
        texts = [self._beside(operand, len(shape)) for operand in operands]
        self.work.release(*operands)  # one of them may be the output as well
        out = self._array(shape, any(operand.timed for operand in operands), into)
        self.lines.append(f"{function}({', '.join(texts)}, {out.text})")
        return out

    def _product(self, node: Binary, into: Operand | None) -> Operand:
        a, b = self.value(node.left), self.value(node.right)
        shape, timed = shape_of(node, self.shapes), a.timed or b.timed
        out = self._array(shape, timed, into, dense=True)
        column, row = "[:, :, None]", "[:, None, :]"
        match len(a.shape), len(b.shape):
            case _ if not timed:
                line = f"{a.text}.dot({b.text}, {out.text})"
            case (2, 1) if not a.timed:
                line = f"{b.text}.dot({self.work.view(a, '.T', a.shape).text}, {out.text})"
            case (1, 2) if not b.timed:
                line = f"{a.text}.dot({b.text}, {out.text})"
            case (2, 1) if b.timed:
                parts = a.text, self._axis(b, column), self._axis(out, column)
                line = f"matmul({', '.join(parts)})"
            case (1, 2) if a.timed:
                parts = self._axis(a, row), b.text, self._axis(out, row)
                line = f"matmul({', '.join(parts)})"
            case _:
                line = f"matmul({a.text}, {b.text}, {out.text})"
        self.lines.append(line)
        self.work.release(a, b)
        return out

    def _dot(self, node: Call, into: Operand | None) -> Operand:
        a, b = (self.value(argument) for argument in node.arguments)
        timed = a.timed or b.timed
        if not timed:
            out = self._array((), False, into)
            self.lines.append(f"{a.text}.dot({b.text}, {out.text})")
            self.work.release(a, b)
            return out
        product = self._array(a.shape, timed, None)
        self.lines.append(f"multiply({a.text}, {b.text}, {product.text})")
        out = self._array((), timed, into)
        self.lines.append(f"add_up({product.text}, -1, None, {out.text})")
        self.work.release(a, b, product)
        return out

    def _outer(self, node: Call, into: Operand | None) -> Operand:
        a, b = (self.value(argument) for argument in node.arguments)
        columns = self._axis(a, "[:, :, None]" if a.timed else "[:, None]")
        rows = self._axis(b, "[:, None, :]" if b.timed else "")
        out = self._array(shape_of(node, self.shapes), a.timed or b.timed, into)
        self.lines.append(f"multiply({columns}, {rows}, {out.text})")
        self.work.release(a, b)
        return out

    def _concat(self, node: Call) -> Operand:
        operands = [self.value(argument) for argument in node.arguments]
        timed = any(operand.timed for operand in operands)
        if timed:
            parts = ", ".join(f"({o.text}, {o.timed}, {len(o.shape)})" for o in operands)
            source = f"concat_over_time({self.length}, {parts})"
        else:
            source = f"f_concat({', '.join(operand.text for operand in operands)})"
        return self._local(source, shape_of(node, self.shapes), timed)

    def _called(
        self, function: str, node: Call | Compare, beside: bool, sums: bool = False
    ) -> Operand:
        """By a function that gives a new array. sums: over components, and not over time."""
        operands = [self.value(argument) for argument in node.children()]
        rank = max(len(operand.shape) for operand in operands)
        timed = any(operand.timed for operand in operands)
        texts = [self._beside(operand, rank) if beside else operand.text for operand in operands]
        if sums and timed:
            texts.append(str(tuple(range(1, rank + 1))))
        source = f"{function}({', '.join(texts)})"
        return self._local(source, shape_of(node, self.shapes), timed)

    def _local(self, source: str, shape: Shape, timed: bool) -> Operand:
        name = f"w{self._locals}"
        self._locals += 1
        # the operands are not released: a function may give back what it was given
        self.lines.append(f"{name} = {source}")
        return Operand(name, shape, timed, fixed=False)

    def _sum(self, node: Expression, into: Operand | None) -> Operand:
        shape = shape_of(node, self.shapes)
        if (
            isinstance(node, Call)
            and node.function == "outer"
            and all(map(self._varies, node.arguments))
        ):
            # Σ_t a[t] ⊗ b[t] is one matrix product
            a, b = (self.value(argument) for argument in node.arguments)
            out = self._array(shape, False, into, dense=True)
            transposed = self.work.view(a, ".T", a.shape)
            self.lines.append(f"{transposed.text}.dot({b.text}, {out.text})")
            self.work.release(a, b)
            return out
        value = self.value(node)
        out = self._array(shape, False, into)
        if value.timed:
            self.lines.append(f"add_up({value.text}, 0, None, {out.text})")
        else:
            self.lines.append(f"multiply({value.text}, {self.length}, {out.text})")
        self.work.release(value)
        return out

    def _varies(self, node: Expression) -> bool:
        return any(self._operand_of(name).timed for name in names(node))

    def _array(
        self, shape: Shape, timed: bool, into: Operand | None, dense: bool = False
    ) -> Operand:
        """Where a statement can write a value: `into`, if it has room for just that."""
        if into is None or (into.shape, into.timed) != (shape, timed) or dense > into.dense:
            return self.work.buffer(shape, self.length if timed else "")
        return into

    def _beside(self, operand: Operand, rank: int) -> str:
        """As an operand beside one with more axes; without time, NumPy's broadcasting does."""
        missing = rank - len(operand.shape)
        if not operand.timed or missing <= 0:
            return operand.text
        return self._axis(operand, f"[:, {', '.join(['None'] * missing)}]")

    def _axis(self, operand: Operand, suffix: str) -> str:
        return self.work.view(operand, suffix, operand.shape).text if suffix else operand.text


_SUMMING = ("reduce", "loss")


def _written_subscripts(node: Index) -> list[str]:
    """The source of each subscript, as NumPy takes them."""
    return [
        f"{'' if s.start is None else s.start}:{'' if s.stop is None else s.stop}"
        if isinstance(s, slice)
        else str(s)
        for s in subscripts(node)
    ]


def _no_name(name: Name) -> object:
    raise KeyError(name.key)
