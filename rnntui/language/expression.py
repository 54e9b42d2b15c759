"""One expression: text → Python's own tree → ours, by a whitelist. User text is never evaluated."""

from __future__ import annotations

import ast
import keyword
import math
import re
import warnings
from dataclasses import dataclass

from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import derived, grad
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
)
from rnntui.text.problems import InputError, Problem, SourcePlace, near_name

DERIVED = ("grad", "pre", "weight")  # grad(h), pre(h), weight(loss) are names, not calls
RESERVED = {*FUNCTIONS, *DERIVED, "x", "target", "t", "T"}

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
# how other programs call what the language has
_ELSEWHERE = {
    "cat": "concat(a, b)",
    "clamp": "clip(z, low, high)", "concatenate": "concat(a, b)",
    "hardsigmoid": "hard_sigmoid(z)", "hardtanh": "hard_tanh(z)", "hstack": "concat(a, b)",
    "linear": "W @ x + b", "ln": "log(z)", "log_sigmoid": "logsigmoid(z)", "matmul": "a @ b",
    "mse": "mean_squared_error(y, target)", "mse_loss": "mean_squared_error(y, target)",
    "pow": "a ** b", "power": "a ** b", "relu6": "clip(z, 0, 6)", "remainder": "mod(a, b)",
    "square": "z ** 2", "swish": "silu(z)", "transpose": "A.T",
}  # fmt: skip
_ALIKE = 0.8  # of a function's name, so that no hint is another function's by accident
_AFTER_OPERAND = re.compile(r"[^\s)]")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_ALLOWED = "an expression has numbers, names, + - * / ** @, comparisons, [ ], .T and functions"
# Deeper nesting than any formula a person writes, and so little that its derivatives stay within
# Python's limits too. The left operand of a chain a + b + … is one deeper, anything else three.
_DEPTH = 150
_LARGEST_SUBSCRIPT = 10**9
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_LONG_NUMBER = re.compile(r"\d[\d_]{4300,}")  # Python refuses to convert longer ones


@dataclass(frozen=True)
class Origin:
    """Where a text stands: its file, the line of its first line, and the column of its first character.

    one_line: the file has all of it on one line, its line breaks written as escapes.
    """

    file: str = ""
    line: int = 1
    column: int = 1
    one_line: bool = False

    def place(self, lines: list[str], row: int, column: int) -> SourcePlace:
        """The place of a 0-based row and column of the text."""
        offset = self.column - 1 if row == 0 or self.one_line else 0
        padding = " " * offset
        text = lines[row] if row < len(lines) else ""
        line = self.line if self.one_line else self.line + row
        return SourcePlace(line, column + 1 + offset, padding + text, self.file)


def split_comment(line: str) -> tuple[str, str]:
    """A line's code and its comment; the language has no strings, so # always starts a comment."""
    code, _, comment = line.partition("#")
    return code, comment.strip()


class ExpressionReader:
    """Turns Python's tree of one piece of text into ours, or says where it may not go."""

    def __init__(self, lines: list[str], row: int, origin: Origin) -> None:
        self.lines, self.row, self.origin = lines, row, origin
        self.code: list[str] = []

    def parse(self, code: str) -> Expression:
        """The expression in `code`, whose columns are those of the text."""
        code = code.replace("\r", " ")  # which would be a line end to Python, but not here
        self.code = code.split("\n")
        if not code.strip():
            row = len(self.code) - 1
            written = split_comment(self.lines[self.row + row])[0].rstrip()
            raise InputError(Problem("an expression is missing", self._place(row, len(written))))
        self._check_characters()
        self._check_brackets()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # what Python only warns of, such as 1if, is refused
                # The parentheses, on lines of their own, let a formula go on over lines.
                tree = ast.parse(f"(\n{code}\n)", mode="eval")
        except SyntaxError as error:
            raise InputError(self._syntax(error)) from None
        except (RecursionError, MemoryError):
            raise InputError(self._too_deep()) from None
        return self._expression(tree.body, 0)

    def _place(self, row: int, column: int) -> SourcePlace:
        return self.origin.place(self.lines, self.row + row, column)

    def _start(self) -> SourcePlace:
        row = next((r for r, line in enumerate(self.code) if line.strip()), 0)
        return self._place(row, len(self.code[row]) - len(self.code[row].lstrip()))

    def _check_characters(self) -> None:
        for row, line in enumerate(self.code):
            if match := _NO_TEXT.search(line):
                problem = Problem("this character is not text", self._place(row, match.start()))
                raise InputError(problem)
            if "\\" in line:
                place = self._place(row, line.index("\\"))
                hint = "an open bracket carries an expression on to the next line"
                raise InputError(Problem("a backslash is not in the language", place, hint))
            if match := _LONG_NUMBER.search(line):
                raise InputError(_too_large(self._place(row, match.start())))

    def _check_brackets(self) -> None:
        stack: list[tuple[str, int, int]] = []
        for row, line in enumerate(self.code):
            for column, character in enumerate(line):
                if character in "([{":
                    stack.append((character, row, column))
                elif character in _BRACKETS and (
                    not stack or stack.pop()[0] != _BRACKETS[character]
                ):
                    message = f"this `{character}` closes nothing"
                    raise InputError(Problem(message, self._place(row, column)))
        if stack:
            bracket, row, column = stack[-1]
            message = f"this `{bracket}` is never closed"
            raise InputError(Problem(message, self._place(row, column)))

    def _syntax(self, error: SyntaxError) -> Problem:
        row, column = (error.lineno or 1) - 2, (error.offset or 1) - 1
        if error.msg and "too many nested" in error.msg:
            return self._too_deep()
        if not 0 <= row < len(self.code) or column >= len(self.code[row].rstrip()):
            row = max(r for r, line in enumerate(self.code) if line.strip() or r == 0)
            column = len(self.code[row].rstrip())
            return Problem("the expression ends too early", self._place(row, column))
        rest = self.code[row][column:]
        word = re.match(r"\w+", rest)
        if word and keyword.iskeyword(word[0]):
            message = f"`{word[0]}` is a reserved word of Python"
        elif "=" in rest[:2] or "==" in (error.msg or "") or "assign" in (error.msg or ""):
            message = "`=` stands once, after the name"
        else:
            message = "this cannot be read as an expression"
        return Problem(message, self._place(row, column))

    def _too_deep(self) -> Problem:
        return Problem(
            "this expression is nested too deeply",
            self._start(),
            "give its parts names on lines of their own",
        )

    def _at(self, node: ast.expr) -> SourcePlace:
        """Where a node begins; for an operator with two operands, where the operator stands."""
        if isinstance(node, ast.BinOp):
            row, column = (node.left.end_lineno or 1) - 2, node.left.end_col_offset or 0
            column = _characters(self.code[row], column)
            while row < len(self.code):
                if match := _AFTER_OPERAND.search(self.code[row], column):
                    return self._place(row, match.start())
                row, column = row + 1, 0
        row = node.lineno - 2
        if row < 0:  # a list without brackets begins at the parenthesis that we put around it
            return self._start()
        return self._place(row, _characters(self.code[row], node.col_offset))

    def _refuse(self, node: ast.expr, message: str, hint: str = "") -> InputError:
        return InputError(Problem(message, self._at(node), hint))

    def _expression(self, node: ast.expr, depth: int) -> Expression:
        if depth > _DEPTH:
            raise InputError(self._too_deep())
        place = self._at(node)
        match node:
            case ast.Constant():
                return self._number(node, place)
            case ast.Name():
                return self._name(node, place)
            case ast.UnaryOp(op=ast.USub()):
                return Negative(self._value(node.operand, depth + 3), place=place)
            case ast.UnaryOp(op=ast.UAdd()):
                return self._value(node.operand, depth + 3)
            case ast.BinOp() if type(node.op) in _OPERATORS:
                left = self._value(node.left, depth + 1)
                right = self._value(node.right, depth + 3)
                return Binary(_OPERATORS[type(node.op)], left, right, place=place)
            case ast.Compare():
                return self._compare(node, place, depth)
            case ast.Call():
                return self._call(node, place, depth)
            case ast.Subscript():
                return self._subscript(node, place, depth)
            case ast.Attribute():
                if node.attr != "T":
                    raise self._refuse(node, f"`.{node.attr}` is not known", "only .T is")
                return Transpose(self._value(node.value, depth + 3), place=place)
            case ast.Tuple() | ast.List():
                raise self._refuse(node, "a list is not an expression", "use concat(a, b)")
            case ast.BinOp():
                raise self._refuse(node, "this operator is not in the language", "use + - * / ** @")
            case ast.BoolOp() | ast.UnaryOp() | ast.IfExp():
                raise self._refuse(
                    node, "this is not in the language", "choose with where(condition, a, b)"
                )
        raise self._refuse(node, "this is not in the language", _ALLOWED)

    def _value(self, node: ast.expr, depth: int) -> Expression:
        """An operand: a number, a vector or a matrix, and no condition."""
        if isinstance(node, ast.Compare):
            raise self._refuse(
                node, "a condition is not a number", "choose with where(condition, a, b)"
            )
        return self._expression(node, depth)

    def _number(self, node: ast.Constant, place: SourcePlace) -> Expression:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self._refuse(node, f"`{ast.unparse(node)}` is not a number", _ALLOWED)
        try:
            value = float(node.value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise InputError(_too_large(place))
        return Number(value, place=place)

    def _name(self, node: ast.Name, place: SourcePlace) -> Expression:
        if node.id in FUNCTIONS or node.id in DERIVED:
            raise self._refuse(node, f"`{node.id}` is a function", f"write {node.id}(…)")
        if node.id in ("t", "T"):
            raise self._refuse(node, f"`{node.id}` is not a quantity", "`t` stands only in [t-1]")
        return Name(node.id, place=place)

    def _compare(self, node: ast.Compare, place: SourcePlace, depth: int) -> Expression:
        if len(node.ops) != 1 or type(node.ops[0]) not in _COMPARISONS:
            raise self._refuse(node, "a condition compares two values", "write a < b")
        left = self._value(node.left, depth + 3)
        right = self._value(node.comparators[0], depth + 3)
        return Compare(_COMPARISONS[type(node.ops[0])], left, right, place=place)

    def _call(self, node: ast.Call, place: SourcePlace, depth: int) -> Expression:
        if not isinstance(node.func, ast.Name):
            raise self._refuse(node, "only a function of the language can be called")
        if node.keywords:
            raise self._refuse(node, f"`{node.func.id}` takes no named arguments")
        name = node.func.id
        if name in DERIVED:
            return self._derived(node, name, place, depth)
        if name not in FUNCTIONS:
            elsewhere = _ELSEWHERE.get(name, "")
            hint = elsewhere and f"write {elsewhere}"
            hint = hint or near_name(name, [*FUNCTIONS, *DERIVED], _ALIKE)
            raise self._refuse(node, f"`{name}` is not a function of the language", hint)
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise self._refuse(argument, "`*` does not spread arguments here")
        arguments = tuple(
            (self._expression if name == "where" and number == 0 else self._value)(a, depth + 3)
            for number, a in enumerate(node.args)
        )
        problem = FUNCTIONS[name].check_arguments(arguments)
        if problem:
            raise self._refuse(node, problem)
        return Call(name, arguments, place=place)

    def _derived(self, node: ast.Call, kind: str, place: SourcePlace, depth: int) -> Expression:
        if len(node.args) == 1:
            inner = node.args[0]
            if isinstance(inner, ast.Name) and inner.id not in FUNCTIONS:
                return Name(derived(kind, inner.id), place=place)
            if kind == "grad" and isinstance(inner, ast.Call):
                of = self._expression(inner, depth + 3)
                if isinstance(of, Name) and of.key.operator == "pre":
                    return Name(grad(of.key), place=place)
        raise self._refuse(node, f"`{kind}` takes the name of one quantity", f"write {kind}(h)")

    def _subscript(self, node: ast.Subscript, place: SourcePlace, depth: int) -> Expression:
        shift = self._time_shift(node.slice)
        if shift is not None:
            return self._shifted(node, shift, place, depth)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not 1 <= len(items) <= 2:
            raise self._refuse(node, "one subscript for a vector, two for a matrix")
        subscripts = tuple(self._subscript_item(item, node) for item in items)
        return Index(self._value(node.value, depth + 3), subscripts, place=place)

    def _time_shift(self, node: ast.expr) -> int | None:
        """k of [t+k], or None where t does not occur."""
        match node:
            case ast.Name(id="t"):
                return 0
            case ast.BinOp(left=ast.Name(id="t"), op=op, right=ast.Constant(value=int() as by)):
                if isinstance(by, bool) or by > _LARGEST_SUBSCRIPT:
                    return None
                if isinstance(op, ast.Sub):
                    return -by
                if isinstance(op, ast.Add):
                    return by
        return None

    def _shifted(
        self, node: ast.Subscript, shift: int, place: SourcePlace, depth: int
    ) -> Expression:
        inner = self._value(node.value, depth + 3)
        if not isinstance(inner, Name) or inner.shift:
            raise self._refuse(
                node, "only a name can be taken at another timestep", "give this a line of its own"
            )
        if shift == 0:
            raise self._refuse(
                node, f"`{inner.key}[t]` is this timestep's value", f"write `{inner.key}` alone"
            )
        if shift < -1:
            raise self._refuse(
                node,
                f"`{inner.key}[t-{-shift}]` looks back {-shift} timesteps, and a state keeps one",
                f"carry it over: before = {inner.key}[t-1], then before[t-1]",
            )
        if shift > 1:
            raise self._refuse(
                node, f"`{inner.key}[t+{shift}]` is in the future", "a recurrence looks back: [t-1]"
            )
        return Name(inner.key, shift, place=place)

    def _subscript_item(self, item: ast.expr, node: ast.Subscript) -> int | Span:
        if isinstance(item, ast.Slice):
            if item.step is not None:
                raise self._refuse(node, "a slice takes no step", "write a[1:3]")
            return Span(self._integer(item.lower, node), self._integer(item.upper, node))
        index = self._integer(item, node)
        assert index is not None
        return index

    def _integer(self, item: ast.expr | None, node: ast.Subscript) -> int | None:
        match item:
            case None:
                return None
            case ast.Constant(value=int() as value) if _is_subscript(value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if (
                _is_subscript(value)
            ):
                return -value
        raise self._refuse(
            node, "a subscript is a whole number or [t-1]", "components count from 0: x[0]"
        )


def _is_subscript(value: int) -> bool:
    return not isinstance(value, bool) and value <= _LARGEST_SUBSCRIPT


def _too_large(place: SourcePlace) -> Problem:
    return Problem("this number is too large for float64", place, "at most 1.8e308")


def _characters(text: str, used: int) -> int:
    """How many characters of `text` its first `used` UTF-8 bytes are."""
    return len(text.encode()[:used].decode(errors="ignore"))
