"""Layout → MathML Core, which browsers draw without any script."""

from __future__ import annotations

from html import escape

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

_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~"}


def to_mathml(math: Math) -> str:
    """The formula as one <math> element."""
    return f'<math displaystyle="true">{_print(math)}</math>'


def _print(math: Math) -> str:
    match math:
        case Symbol():
            return _symbol(math)
        case Numeral():
            return _numeral(math.text)
        case FunctionName():
            slanted = "" if math.text == "σ" else ' mathvariant="normal"'  # σ, but tanh
            return f"<mi{slanted}>{escape(math.text)}</mi><mo>&#x2061;</mo>"
        case Operator():
            return _operator(math)
        case Row():
            return f"<mrow>{''.join(map(_print, math.items))}</mrow>"
        case Script():
            return _script(math)
        case Accent():
            return (
                f'<mover accent="true">{_print(math.base)}'
                f'<mo stretchy="false">{_ACCENTS[math.kind]}</mo></mover>'
            )
        case Fraction():
            return f"<mfrac>{_grouped(math.over)}{_grouped(math.under)}</mfrac>"
        case Root():
            return f"<msqrt>{_print(math.inside)}</msqrt>"
        case Sum():
            bounds = _grouped(math.lower) + _grouped(math.upper)
            return f'<munderover><mo movablelimits="false">∑</mo>{bounds}</munderover>'
        case Fence():
            return _fence(math)
        case Matrix():
            return _matrix(math)
        case Cases():
            return _cases(math)
    raise TypeError(math)


def _grouped(math: Math) -> str:
    """One element, where several would be taken for several arguments."""
    element = _print(math)
    grouped = isinstance(math, FunctionName | Numeral | Fence)
    return f"<mrow>{element}</mrow>" if grouped else element


def _symbol(symbol: Symbol) -> str:
    text = escape(symbol.text)
    if symbol.style == "bold":
        return f'<mi class="bold" mathvariant="normal">{text}</mi>'
    # one letter is slanted by itself, several are upright: which is not always what is meant
    upright = symbol.style == "upright"
    if upright or not symbol.text.isalpha():
        return f'<mi mathvariant="normal">{text}</mi>'
    return "".join(f"<mi>{escape(letter)}</mi>" for letter in symbol.text)


def _numeral(text: str) -> str:
    if text == "nan":
        return "<mtext>NaN</mtext>"
    sign, digits = ("<mo form='prefix'>−</mo>", text[1:]) if text.startswith("-") else ("", text)
    mantissa, _, exponent = digits.partition("e")
    number = "∞" if mantissa == "inf" else mantissa
    element = f"{sign}<mn>{number}</mn>"
    if exponent:
        power = str(int(exponent)).replace("-", "−")
        element += f"<mo>×</mo><msup><mn>10</mn><mn>{power}</mn></msup>"
    return element


def _operator(operator: Operator) -> str:
    sign = escape(operator.sign)
    match operator.form:
        case "infix" if not operator.sign:
            return '<mspace width="0.17em"></mspace>'
        case "infix":
            return f'<mo form="infix" stretchy="false">{sign}</mo>'
        case "prefix":
            return f'<mo form="prefix">{sign}</mo>'
        case "separator":
            return f'<mo separator="true">{sign}</mo>'
    return f'<mo lspace="0" rspace="0">{sign}</mo>'


def _script(script: Script) -> str:
    parts = [script.base, script.below, script.above]
    inside = "".join(f"<mrow>{_print(part)}</mrow>" for part in parts if part is not None)
    if script.below is not None and script.above is not None:
        return f"<msubsup>{inside}</msubsup>"
    return f"<msub>{inside}</msub>" if script.above is None else f"<msup>{inside}</msup>"


def _fence(fence: Fence) -> str:
    stretchy = "true" if tall(fence.inside) else "false"
    left, right = (
        f'<mo form="{form}" fence="true" stretchy="{stretchy}" symmetric="true">{sign}</mo>'
        if sign
        else ""
        for form, sign in (("prefix", fence.left), ("postfix", fence.right))
    )
    return f"<mrow>{left}{_print(fence.inside)}{right}</mrow>"


def _matrix(matrix: Matrix) -> str:
    rows = "".join(
        "<mtr>" + "".join(f"<mtd>{_print(item)}</mtd>" for item in row) + "</mtr>"
        for row in matrix.rows
    )
    return f'<mtable class="matrix">{rows}</mtable>'


def _cases(cases: Cases) -> str:
    rows = ""
    for value, condition in cases.rows:
        when = "<mtext>otherwise</mtext>"
        if condition is not None:
            when = f"<mtext>if&#xA0;</mtext>{_print(condition)}"
        rows += f"<mtr><mtd>{_print(value)}</mtd><mtd>{when}</mtd></mtr>"
    return (
        f'<mrow><mo form="prefix" fence="true">{{</mo><mtable class="cases">{rows}</mtable></mrow>'
    )
