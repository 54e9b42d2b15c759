"""Layout → LaTeX, for amsmath and for MathJax.

Only commands that GitHub allows are used, too: it refuses \\operatorname, for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rnntui.notation.latex_text import GREEK_COMMANDS, SIGNS, latex_text
from rnntui.notation.layout import (
    Accent,
    Cases,
    Fence,
    Fraction,
    FunctionName,
    Math,
    Matrix,
    Numeral,
    Operator,
    Root,
    Row,
    Script,
    Sum,
    Symbol,
    tall,
)

_FUNCTIONS = ("tanh", "exp", "log", "min", "max")
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}


@dataclass(frozen=True)
class LatexStyle:
    """What the reader of the LaTeX takes.

    text: escapes text for \\text{…}. align_signs: numbers of a column stand below one another,
    by \\phantom, which GitHub refuses.
    """

    text: Callable[[str], str]
    align_signs: bool = True


def to_latex(math: Math, style: LatexStyle | None = None) -> str:
    """The formula as LaTeX for math mode."""
    return _Printer(style or LatexStyle(latex_text)).print(math)


class _Printer:
    def __init__(self, style: LatexStyle) -> None:
        self.style = style

    def print(self, math: Math) -> str:
        match math:
            case Symbol():
                return self._symbol(math)
            case Numeral():
                return _numeral(math.text)
            case FunctionName():
                return self._function(math.text)
            case Operator():
                return _operator(math)
            case Row():
                return self._row(math)
            case Script():
                return self._script(math)
            case Accent():
                return f"{_ACCENTS[math.kind]}{{{self.print(math.base)}}}"
            case Fraction():
                return rf"\frac{{{self.print(math.over)}}}{{{self.print(math.under)}}}"
            case Root():
                return rf"\sqrt{{{self.print(math.inside)}}}"
            case Sum():
                return rf"\sum_{{{self.print(math.lower)}}}^{{{self.print(math.upper)}}}"
            case Fence():
                return self._fence(math)
            case Matrix():
                return self._matrix(math)
            case Cases():
                return self._cases(math)
        raise TypeError(math)

    def _symbol(self, symbol: Symbol) -> str:
        text = symbol.text
        if text in SIGNS or text in GREEK_COMMANDS:
            return SIGNS.get(text) or GREEK_COMMANDS[text]
        if not text.isascii():
            return rf"\text{{{self.style.text(text)}}}"
        if symbol.style == "bold":
            return rf"\mathbf{{{text}}}"
        escaped = text.replace("_", r"\_")
        upright = symbol.style == "upright" and any(map(str.isalpha, text))
        return rf"\mathrm{{{escaped}}}" if upright else escaped

    def _function(self, name: str) -> str:
        if name in _FUNCTIONS:
            return "\\" + name
        if name in ("σ", "Θ"):
            return GREEK_COMMANDS[name]
        return rf"\mathrm{{{name.replace('_', chr(92) + '_').replace(' ', chr(92) + ',')}}}"

    def _row(self, row: Row) -> str:
        latex = ""
        for number, item in enumerate(row.items):
            text = self.print(item)
            if number == 0 and isinstance(item, Operator) and item.form == "infix":
                text = "{}" + text  # or it would be set as a sign of what follows
            before = row.items[number - 1] if number else None
            if isinstance(before, FunctionName) and isinstance(item, Fence) and tall(item.inside):
                text = r"\!" + text
            joint = latex[-1:].isalpha() and text[:1].isalpha() and "\\" in latex
            latex += " " + text if joint else text
        return latex

    def _script(self, script: Script) -> str:
        below = "" if script.below is None else f"_{{{self.print(script.below)}}}"
        above = "" if script.above is None else f"^{{{self.print(script.above)}}}"
        base = self.print(script.base)
        if isinstance(script.base, Script) and above:
            base = f"{{{base}}}" if script.base.above is not None else base
        return base + below + above

    def _fence(self, fence: Fence) -> str:
        inside = self.print(fence.inside)
        left, right = SIGNS.get(fence.left, fence.left), SIGNS.get(fence.right, fence.right)
        if fence.left in "([" and fence.right in ")]" and left and right and not tall(fence.inside):
            return f"{left}{inside}{right}"
        return rf"\left{left or '.'} {inside} \right{right or '.'}"

    def _matrix(self, matrix: Matrix) -> str:
        columns = [self._column(column) for column in zip(*matrix.rows, strict=True)]
        rows = [" & ".join(row) for row in zip(*columns, strict=True)]
        return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"

    def _column(self, items: tuple[Math, ...]) -> list[str]:
        texts = [self.print(item) for item in items]
        if not self.style.align_signs or not any(text.startswith("-") for text in texts):
            return texts
        return [
            text
            if text.startswith("-") or not isinstance(item, Numeral)
            else rf"\phantom{{-}}{text}"
            for text, item in zip(texts, items, strict=True)
        ]

    def _cases(self, cases: Cases) -> str:
        rows = [
            self.print(value)
            + " & "
            + (
                r"\text{otherwise}"
                if condition is None
                else rf"\text{{if }} {self.print(condition)}"
            )
            for value, condition in cases.rows
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _operator(operator: Operator) -> str:
    sign = SIGNS.get(operator.sign, operator.sign)
    match operator.form:
        case "infix":
            return f" {sign} " if sign else r" \, "
        case "separator":
            return f"{sign} "
    return sign


def _numeral(text: str) -> str:
    if text in ("nan", "inf", "-inf"):
        return {"nan": r"\mathrm{NaN}", "inf": r"\infty", "-inf": r"-\infty"}[text]
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa
