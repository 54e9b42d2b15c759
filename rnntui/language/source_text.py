"""Tree → text of the language itself: parsed again, it is the same tree."""

from __future__ import annotations

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
    Span,
    Transpose,
)
from rnntui.text.numbers import format_exact

# How tightly operators bind, as in Python.
COMPARE, SUM, TERM, MINUS, POWER, ATOM = range(6)
BINDS = {"+": SUM, "-": SUM, "*": TERM, "/": TERM, "@": TERM, "**": POWER}


def to_text(node: Expression) -> str:
    """The expression in the language itself: parsed again, it is the same tree."""
    return _text(node, COMPARE)


def equation_text(equation: Equation) -> str:
    """`target = expression` in the language itself."""
    return f"{equation.target} = {to_text(equation.expression)}"


def _text(node: Expression, least: int) -> str:
    text, binds = _written(node)
    return text if binds >= least else f"({text})"


def _written(node: Expression) -> tuple[str, int]:
    match node:
        case Number():
            return format_exact(node.value), ATOM
        case Name():
            shift = f"[t{node.shift:+d}]" if node.shift else ""
            return node.key + shift, ATOM
        case Negative():
            return "-" + _text(node.operand, MINUS), MINUS
        case Compare():
            sides = _text(node.left, SUM), _text(node.right, SUM)
            return f"{sides[0]} {node.operator} {sides[1]}", COMPARE
        case Binary(operator="**"):
            # as in Python, -a ** b is -(a ** b), and a ** -b needs no parentheses
            return f"{_text(node.left, ATOM)} ** {_text(node.right, MINUS)}", POWER
        case Binary():
            binds = BINDS[node.operator]
            left, right = _text(node.left, binds), _text(node.right, binds + 1)
            return f"{left} {node.operator} {right}", binds
        case Transpose():
            value = _text(node.value, ATOM)
            if isinstance(node.value, Number):
                value = f"({value})"  # the point of 3.T would be a decimal point
            return value + ".T", ATOM
        case Index():
            return f"{_text(node.value, ATOM)}[{subscript_text(node)}]", ATOM
        case Call():
            return f"{node.function}({', '.join(map(to_text, node.arguments))})", ATOM
    raise TypeError(node)


def subscript_text(node: Index) -> str:
    """What stands between the brackets: `0`, `1:3, 2`."""
    return ", ".join(
        f"{'' if s.start is None else s.start}:{'' if s.stop is None else s.stop}"
        if isinstance(s, Span)
        else str(s)
        for s in node.subscripts
    )
