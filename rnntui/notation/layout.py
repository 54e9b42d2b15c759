"""A formula as it is set on paper, before it is LaTeX or MathML: pieces, their widths, their lines.

Widths are estimates in em; they are good enough to see what fits on a line and what does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch


@dataclass(frozen=True)
class Math:
    """Any piece of a formula."""


@dataclass(frozen=True)
class Symbol(Math):
    """A name. style: italic, upright or bold."""

    text: str
    style: str = "italic"


@dataclass(frozen=True)
class Numeral(Math):
    """A number as `format_number` writes it, `-1.8e-26`, `nan` and `inf` included."""

    text: str


@dataclass(frozen=True)
class FunctionName(Math):
    """The sign of a function, which stands before its arguments."""

    text: str


@dataclass(frozen=True)
class Operator(Math):
    """A sign. form: infix, prefix or separator; the infix sign `` is a product without a sign."""

    sign: str
    form: str = "infix"


@dataclass(frozen=True)
class Row(Math):
    """Pieces side by side."""

    items: tuple[Math, ...]


@dataclass(frozen=True)
class Script(Math):
    """A piece with an index below, an exponent above, or both."""

    base: Math
    below: Math | None = None
    above: Math | None = None


@dataclass(frozen=True)
class Accent(Math):
    """A piece under a hat, bar or tilde."""

    base: Math
    kind: str


@dataclass(frozen=True)
class Fraction(Math):
    """One piece above another."""

    over: Math
    under: Math


@dataclass(frozen=True)
class Root(Math):
    """The square root of a piece."""

    inside: Math


@dataclass(frozen=True)
class Sum(Math):
    """Σ with its bounds."""

    lower: Math
    upper: Math


@dataclass(frozen=True)
class Fence(Math):
    """A piece in brackets that are as tall as it is; one of them may be missing, at a line break."""

    left: str
    inside: Math
    right: str


@dataclass(frozen=True)
class Matrix(Math):
    """Numbers in rows and columns, in square brackets."""

    rows: tuple[tuple[Math, ...], ...]


@dataclass(frozen=True)
class Cases(Math):
    """A choice: values with their conditions, None for the last."""

    rows: tuple[tuple[Math, Math | None], ...]


@singledispatch
def width(math: Math) -> float:
    """How wide a piece is, in em."""
    raise TypeError(math)


@width.register
def _(math: Symbol) -> float:
    return 1.3 if math.text in "⋯⋱" else 0.55 * len(math.text)


@width.register
def _(math: FunctionName) -> float:
    return 0.5 * len(math.text) + 0.15


@width.register
def _(math: Numeral) -> float:
    mantissa, _, exponent = math.text.partition("e")
    size = sum(0.28 if c == "." else 0.78 if c == "-" else 0.5 for c in mantissa)
    return size + (2.2 + 0.4 * len(exponent) if exponent else 0.0)


@width.register
def _(math: Operator) -> float:
    if math.form != "infix":
        return 0.5 if math.form == "separator" else 0.8
    return 1.25 if math.sign else 0.2


@width.register
def _(math: Row) -> float:
    return sum(map(width, math.items))


@width.register
def _(math: Script) -> float:
    scripts = [width(script) for script in (math.below, math.above) if script is not None]
    return width(math.base) + 0.72 * max(scripts, default=0.0)


@width.register
def _(math: Accent) -> float:
    return width(math.base)


@width.register
def _(math: Fraction) -> float:
    return max(width(math.over), width(math.under)) + 0.3


@width.register
def _(math: Root) -> float:
    return width(math.inside) + 0.9


@width.register
def _(math: Sum) -> float:
    return max(1.5, 0.72 * width(math.lower), 0.72 * width(math.upper)) + 0.2


@width.register
def _(math: Fence) -> float:
    each = 0.85 if tall(math.inside) else 0.4
    return width(math.inside) + each * (bool(math.left) + bool(math.right))


@width.register
def _(math: Matrix) -> float:
    columns = [max(map(width, column)) for column in zip(*math.rows, strict=True)]
    return sum(columns) + len(columns) + 0.5


@width.register
def _(math: Cases) -> float:
    values = max(width(value) for value, _ in math.rows)
    return values + max(width(c) if c is not None else 3.5 for _, c in math.rows) + 3.5


def tall(math: Math) -> bool:
    """Whether a piece is taller than a line of text, so that brackets around it have to grow."""
    match math:
        case Matrix() | Cases() | Fraction() | Sum():
            return True
        case Row():
            return any(map(tall, math.items))
        case Script() | Accent():
            return tall(math.base)
        case Fence() | Root():
            return tall(math.inside)
    return False


# --- lines ---


@dataclass(frozen=True)
class _Opening:
    fence: Fence


@dataclass(frozen=True)
class _Closing:
    fence: Fence
    script: Script | None  # what stands at the closing bracket


_Piece = Math | _Opening | _Closing

# Where a line is rather broken: before + and −, and rather not between a matrix and a vector.
_COST = {"+": 0, "−": 0, "=": 0, "←": 0, "⊙": 2, "·": 2, "⊗": 2, "/": 2, ",": 3, "": 6}


def break_lines(math: Math, first: float, rest: float) -> list[Math]:
    """The formula in lines no wider than `first` (the first) and `rest`, broken before operators.

    A bracket that is open at the end of a line is half a Fence there, and half a Fence on the next.
    """
    if width(math) <= first:
        return [math]
    pieces = list(_pieces(math, rest))
    lines: list[Math] = []
    start, limit = 0, first
    while start < len(pieces):
        stop = _line_end(pieces, start, limit)
        lines.append(_folded(pieces[start:stop]))
        start, limit = stop, rest
    return lines


def _pieces(math: Math, limit: float) -> Iterator[_Piece]:
    """The pieces in a row, brackets taken apart, and fractions that fit on no line."""
    match math:
        case Row():
            for item in math.items:
                yield from _pieces(item, limit)
        case Fence():
            yield from _opened(math, None, limit)
        case Script(base=Fence() as fence):
            yield from _opened(fence, math, limit)
        case Fraction() if width(math) > limit:
            yield from _opened(Fence("(", math.over, ")"), None, limit)
            yield Operator("/")
            yield from _opened(Fence("(", math.under, ")"), None, limit)
        case _:
            yield math


def _opened(fence: Fence, script: Script | None, limit: float) -> Iterator[_Piece]:
    yield _Opening(fence)
    yield from _pieces(fence.inside, limit)
    yield _Closing(fence, script)


def _piece_width(piece: _Piece) -> float:
    return width(piece) if isinstance(piece, Math) else 0.85


def _line_end(pieces: Sequence[_Piece], start: int, limit: float) -> int:
    """Where the line that begins at `start` ends: at its cheapest break, the later the better."""
    used, depth = 0.0, 0
    breaks: list[tuple[int, float, int]] = []  # cost, width up to it, position
    for position in range(start, len(pieces)):
        piece = pieces[position]
        if isinstance(piece, Operator) and piece.form != "prefix" and position > start:
            after = piece.form == "separator"
            cost = 10 * depth + _COST.get(piece.sign, 2)
            breaks.append((cost, used, position + 1 if after else position))
        depth += isinstance(piece, _Opening) - isinstance(piece, _Closing)
        used += _piece_width(piece)
        if used > limit and breaks:
            # a line that is hardly begun is not broken, unless there is no other position
            far = [point for point in breaks if point[1] > 0.35 * limit] or breaks
            cheapest = min(cost for cost, _, _ in far)
            return max(position for cost, _, position in far if cost == cheapest)
    return len(pieces)


def _folded(pieces: Sequence[_Piece]) -> Math:
    """Pieces of one line as a row, with brackets around them that begin or end on other lines."""
    stack: list[tuple[_Opening | None, list[Math]]] = [(None, [])]
    for piece in pieces:
        if isinstance(piece, _Opening):
            stack.append((piece, []))
        elif isinstance(piece, _Closing):
            opening, items = stack.pop()
            if opening is None:  # opened on a line before: everything so far is inside
                stack.append((None, []))
            left = piece.fence.left if opening is not None else ""
            fence: Math = Fence(left, Row(tuple(items)), piece.fence.right)
            if piece.script is not None:
                fence = Script(fence, piece.script.below, piece.script.above)
            stack[-1][1].append(fence)
        else:
            stack[-1][1].append(piece)
    while len(stack) > 1:
        opening, items = stack.pop()
        assert opening is not None
        stack[-1][1].append(Fence(opening.fence.left, Row(tuple(items)), ""))
    return Row(tuple(stack[0][1]))
