"""What each operator and function asks of its operands' shapes, and says of its value's."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from rnntui.language.functions import FUNCTIONS
from rnntui.language.source_text import to_text
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Span,
    Transpose,
    names,
)
from rnntui.text.problems import InputError, Problem

Shape = tuple[int, ...]
Partial = tuple[int | None, ...]  # a length that is not known yet is None


def describe(shape: Sequence[int | None]) -> str:
    """A shape in words: `a scalar`, `a vector of 3`, `a 2×3 matrix`."""
    lengths = ["?" if n is None else str(n) for n in shape]
    if not lengths:
        return "a scalar"
    return f"a vector of {lengths[0]}" if len(lengths) == 1 else f"a {'×'.join(lengths)} matrix"


class ShapeError(InputError):
    """Shapes that do not fit; `involved` are the quantities in the offending expression."""

    def __init__(self, message: str, node: Expression, hint: str = "") -> None:
        super().__init__(Problem(message, node.place, hint))
        self.involved = tuple(dict.fromkeys(name.key for name in names(node)))


class ShapeRules:
    """Finds the shape of a node from below, holds it against what is expected, tells its operands.

    shapes: of the names, as far as they are known; visiting a node may add to them (`learn`).
    assuming: in a round that may assume, operands of unknown shape are alike.
    """

    def __init__(self, shapes: MutableMapping[str, Partial | None]) -> None:
        self.shapes = shapes
        self.assuming = False

    def visit(self, node: Expression, expected: Partial | None) -> Partial | None:
        """The shape of a node, as far as it is known. Raises ShapeError on a clash."""
        match node:
            case Number():
                return self._merge(node, (), expected)
            case Name():
                return self.name(node, expected)
            case Negative():
                return self.visit(node.operand, expected)
            case Binary(operator="@"):
                return self._product(node, expected)
            case Binary() | Compare():
                return self._alike(node, (node.left, node.right), expected)
            case Transpose():
                return self._transpose(node, expected)
            case Index():
                return self._index(node, expected)
            case Call():
                return self._call(node, expected)
        raise TypeError(node)

    def _merge(self, node: Expression, a: Partial | None, b: Partial | None) -> Partial | None:
        if a is None or b is None:
            return b if a is None else a
        fits = len(a) == len(b) and all(
            m is None or n is None or m == n for m, n in zip(a, b, strict=True)
        )
        if not fits:
            message = f"`{to_text(node)}` is {describe(a)}, where {describe(b)} is needed"
            raise ShapeError(message, node)
        return tuple(n if m is None else m for m, n in zip(a, b, strict=True))

    def name(self, node: Name, expected: Partial | None) -> Partial | None:
        """The shape of a name, which from now on is known to be `expected`."""
        known = self.shapes.get(node.key)
        merged = self._merge(node, known, expected)
        if merged is not None and merged != known:
            self.learn(node.key, merged)
        return merged

    def learn(self, key: str, shape: Partial) -> None:
        """Take down what is known of a name from now on."""
        self.shapes[key] = shape

    def _alike(
        self, node: Expression, operands: Sequence[Expression], expected: Partial | None
    ) -> Partial | None:
        """Elementwise operands: alike, or scalars beside the others."""
        shapes = [self.visit(operand, () if expected == () else None) for operand in operands]
        result: Partial | None = None
        first: Expression | None = None
        for operand, shape in zip(operands, shapes, strict=True):
            if shape is not None and shape != ():
                if expected is not None and expected != ():
                    self._merge(operand, shape, expected)
                if result is not None and first is not None:
                    self._check_alike(node, first, result, operand, shape)
                result = self._merge(operand, shape, result)
                first = first or operand
        if result is None and all(shape == () for shape in shapes):
            result = ()
        result = self._merge(node, result, expected)
        open_operands = [o for o, s in zip(operands, shapes, strict=True) if s is None]
        for operand, shape in zip(operands, shapes, strict=True):
            if result is None or result == () or shape in ((), result):
                continue  # nothing to tell it (and telling all again would double at each level)
            alone = len(open_operands) == 1 and all(s == () for s in shapes if s is not None)
            if shape is not None or alone or self.assuming:
                self.visit(operand, result)
        return result

    def _check_alike(
        self, node: Expression, a: Expression, m: Partial, b: Expression, n: Partial
    ) -> None:
        if len(m) != len(n) or any(
            p is not None and q is not None and p != q for p, q in zip(m, n, strict=True)
        ):
            sign = f"`{node.operator}`" if isinstance(node, Binary | Compare) else "this"
            if isinstance(node, Call):
                sign = f"`{node.function}`"
            raise ShapeError(
                f"`{_short(a)}` is {describe(m)} but `{_short(b)}` is {describe(n)}",
                node,
                f"{sign} takes two of one shape, or a scalar",
            )

    def _product(self, node: Binary, expected: Partial | None) -> Partial | None:
        left, right = self.visit(node.left, None), self.visit(node.right, None)
        for operand, shape in ((node.left, left), (node.right, right)):
            if shape == ():
                hint = "a matrix product takes vectors and matrices; a scalar multiplies with *"
                raise ShapeError(f"`{_short(operand)}` is a scalar", node, hint)
        # beside a vector stands a matrix; beside a matrix, what the result is like tells the rest
        line = expected if expected is not None and len(expected) == 1 else (None,)
        if left is None and right is not None and len(right) == 1:
            left = self.visit(node.left, (*line, right[0]))
        elif left is None and right is not None and expected is not None:
            left = self.visit(node.left, (*expected[:-1], right[0]))
        elif right is None and left is not None and len(left) == 1:
            right = self.visit(node.right, (left[0], *line))
        elif right is None and left is not None and expected is not None:
            right = self.visit(node.right, (left[1], *expected[1:]))
        if left is None or right is None:
            return expected
        if len(left) == len(right) == 1:
            message = f"`{_short(node.left)}` and `{_short(node.right)}` are both vectors"
            raise ShapeError(message, node, "@ takes a matrix; their scalar product is dot(a, b)")
        if left[-1] is not None and right[0] is not None and left[-1] != right[0]:
            columns = _counted(left[-1], "column" if len(left) == 2 else "component")
            rows_text = _counted(right[0], "row" if len(right) == 2 else "component")
            raise ShapeError(
                f"`{_short(node.left)}` has {columns} but `{_short(node.right)}` has {rows_text}",
                node,
                "in A @ b they must be equally many",
            )
        inner = left[-1] if left[-1] is not None else right[0]
        result = self._merge(node, (*left[:-1], *right[1:]), expected)
        assert result is not None
        self._tell(node.left, left, (*result[: len(left) - 1], inner))
        self._tell(node.right, right, (inner, *result[len(left) - 1 :]))
        return result

    def _tell(self, node: Expression, seen: Partial | None, shape: Partial | None) -> None:
        """Hand down an operand's shape, if that is more than was `seen` of it."""
        if seen != shape:
            self.visit(node, shape)

    def _transpose(self, node: Transpose, expected: Partial | None) -> Partial | None:
        below = None if expected is None else tuple(reversed(expected))
        if expected is not None and len(expected) != 2:
            raise ShapeError(
                f"`{_short(node)}` is a matrix, where {describe(expected)} is needed", node
            )
        below_shape = self.visit(node.value, below or (None, None))
        assert below_shape is not None
        return tuple(reversed(below_shape))

    def _index(self, node: Index, expected: Partial | None) -> Partial | None:
        value = self.visit(node.value, None)
        if value is None:
            if len(node.subscripts) == 1 and not self.assuming:
                return expected
            self.visit(node.value, (None,) * len(node.subscripts))
            return expected
        if len(node.subscripts) > len(value):
            name = _short(node.value)
            raise ShapeError(f"`{name}` is {describe(value)}", node, "it has no such component")
        result: list[int | None] = []
        for axis, length in enumerate(value):
            subscript = node.subscripts[axis] if axis < len(node.subscripts) else Span()
            if isinstance(subscript, Span):
                result.append(self._span(node, subscript, length))
            elif length is not None and not -length <= subscript < length:
                raise ShapeError(
                    f"`{_short(node.value)}` has no component {subscript}",
                    node,
                    f"its {length} components count from 0 to {length - 1}"
                    if length > 1
                    else "it has only component 0",
                )
        return self._merge(node, tuple(result), expected)

    def _span(self, node: Index, span: Span, length: int | None) -> int | None:
        if length is None:
            return None
        size = len(range(*slice(span.start, span.stop).indices(length)))
        if size == 0:
            raise ShapeError(
                f"`{_short(node)}` is empty", node, f"there are {length}, counted from 0"
            )
        return size

    def _call(self, node: Call, expected: Partial | None) -> Partial | None:
        arguments = node.arguments
        match FUNCTIONS[node.function].kind:
            case "elementwise":
                return self.visit(arguments[0], expected)
            case "vector":
                shape = self.visit(arguments[0], expected)
                if shape is not None and len(shape) != 1:
                    message = f"`{_short(arguments[0])}` is {describe(shape)}"
                    raise ShapeError(message, node, f"`{node.function}` takes a vector")
                return self.visit(arguments[0], (None,)) if shape is None else shape
            case "reduce":
                self.visit(arguments[0], None)
                return self._merge(node, (), expected)
            case "pairwise":
                return self._alike(node, arguments, expected)
            case "where":
                condition = self.visit(arguments[0], () if expected == () else None)
                if condition == () or expected == ():
                    return self._alike(node, arguments[1:], expected)
                return self._alike(node, arguments, expected)
            case "dot" | "loss":
                return self._paired(node, expected)
            case "outer":
                rows, columns = expected if expected and len(expected) == 2 else (None, None)
                left = self.visit(arguments[0], (rows,))
                right = self.visit(arguments[1], (columns,))
                assert left is not None
                assert right is not None
                return self._merge(node, (left[0], right[0]), expected)
            case "concat":
                return self._concat(node, expected)
            case "literal":
                sizes = [int(a.value) for a in arguments if isinstance(a, Number)]
                if node.function == "one_hot":
                    if sizes[0] >= sizes[1]:
                        raise ShapeError("one_hot(k, n) needs k below n", node)
                    sizes = sizes[1:]
                if 0 in sizes:
                    raise ShapeError(f"`{_short(node)}` is empty", node)
                return self._merge(node, tuple(sizes), expected)
        raise TypeError(node.function)

    def _paired(self, node: Call, expected: Partial | None) -> Partial | None:
        """dot and the losses: two of one shape to a scalar."""
        first, second = node.arguments
        expected_shape: Partial | None = (None,) if node.function == "dot" else None
        a = self.visit(first, expected_shape)
        b = self.visit(second, expected_shape)
        if a is not None and b is not None:
            sizes_differ = len(a) != len(b) or any(
                m is not None and n is not None and m != n for m, n in zip(a, b, strict=True)
            )
            if sizes_differ:
                raise ShapeError(
                    f"`{_short(first)}` is {describe(a)} but `{_short(second)}` is {describe(b)}",
                    node,
                    f"`{node.function}` takes two of one shape",
                )
        self._tell(second, b, a)
        self._tell(first, a, b)
        return self._merge(node, (), expected)

    def _concat(self, node: Call, expected: Partial | None) -> Partial | None:
        shapes = [self.visit(argument, None) for argument in node.arguments]
        if any(shape is not None and len(shape) == 2 for shape in shapes):
            columns = next(s[1] for s in shapes if s is not None and len(s) == 2)
            shapes = [self.visit(argument, (None, columns)) for argument in node.arguments]
            rows = [shape[0] for shape in shapes if shape is not None]
            total = None if None in rows else sum(n for n in rows if n is not None)
            return self._merge(node, (total, columns), expected)
        if any(shape is None for shape in shapes):
            if not self.assuming:
                return self._merge(node, (None,), expected)
            shapes = [
                self.visit(a, (None,)) if s is None else s
                for a, s in zip(node.arguments, shapes, strict=True)
            ]
        lengths = [1 if shape == () else shape[0] for shape in shapes if shape is not None]
        total = None if None in lengths else sum(n for n in lengths if n is not None)
        return self._merge(node, (total,), expected)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _short(node: Expression, most: int = 40) -> str:
    text = to_text(node)
    return text if len(text) <= most else text[: most - 1] + "…"
