"""Equations: one assignment a line, `name = expression  # role: what it is`."""

from __future__ import annotations

import keyword
import re
import unicodedata

from rnntui.language.expression import (
    DERIVED,
    RESERVED,
    ExpressionReader,
    Origin,
    split_comment,
)
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import Key
from rnntui.language.tree import ROLES, Equation, Expression, walk
from rnntui.text.problems import InputError, Problem, SourcePlace

MOST_EQUATIONS = 2_000
MOST_NODES = 50_000
_MOST_PROBLEMS = 20

_TARGET = re.compile(r"(grad\()?(pre\()?[^\W\d]\w*\)*")  # h, or in backward equations grad(pre(h))


def parse_equations(text: str, origin: Origin | None = None) -> tuple[Equation, ...]:
    """All equations of a block of text, in order.

    Raises InputError with every line that is not an equation of the language, up to some, and where
    there are more than MOST_EQUATIONS or, in all of them, more than MOST_NODES names, numbers and
    operators.
    """
    origin = origin or Origin()
    lines = text.split("\n")
    equations: list[Equation] = []
    problems: list[Problem] = []
    nodes = 0
    for number, (row, count) in enumerate(_logical_lines(lines), start=1):
        if len(problems) >= _MOST_PROBLEMS:
            break
        try:
            if number > MOST_EQUATIONS:
                raise InputError(_too_many("equations", MOST_EQUATIONS, origin, lines, row))
            equations.append(_parse_line(lines, row, count, origin))
            nodes += sum(1 for _ in walk(equations[-1].expression))
            if nodes > MOST_NODES:
                what = "names, numbers and operators"
                raise InputError(_too_many(what, MOST_NODES, origin, lines, row))
        except InputError as error:
            problems.extend(error.problems)
            if number > MOST_EQUATIONS or nodes > MOST_NODES:
                break
    if problems:
        raise InputError(problems)
    return tuple(equations)


def parse_expression(text: str, origin: Origin | None = None) -> Expression:
    """One expression, such as a breakpoint, a loss or an initial value. Raises InputError."""
    origin = origin or Origin()
    lines = text.split("\n")
    code = "\n".join(split_comment(line)[0] for line in lines)
    return ExpressionReader(lines, 0, origin).parse(code)


def _too_many(what: str, most: int, origin: Origin, lines: list[str], row: int) -> Problem:
    message = f"from here on, a model has more than {most:,} {what}, the most that are computed"
    return Problem(message, origin.place(lines, row, 0), "use vectors for what is alike")


def _logical_lines(lines: list[str]) -> list[tuple[int, int]]:
    """(row, count) of each equation: an open bracket carries it on to the next line."""
    spans: list[tuple[int, int]] = []
    start, depth = 0, 0
    for row, line in enumerate(lines):
        code = split_comment(line)[0]
        if depth <= 0:
            if not code.strip():
                continue
            start, depth = row, 0
        depth += sum(code.count(c) for c in "([{") - sum(code.count(c) for c in ")]}")
        if depth <= 0:
            spans.append((start, row - start + 1))
    if depth > 0:
        spans.append((start, len(lines) - start))
    return spans


def _parse_line(lines: list[str], row: int, count: int, origin: Origin) -> Equation:
    parts = [split_comment(line) for line in lines[row : row + count]]
    code = "\n".join(part[0] for part in parts)
    comment = " ".join(part[1] for part in parts if part[1])
    match = re.match(r"(\s*)(.*?)(?<![=<>!+\-*/@])=(?!=)", code, re.DOTALL)
    first = len(code) - len(code.lstrip())
    place = origin.place(lines, row, first)
    if match is None:
        if re.search(r"[+\-*/@]=", code):
            raise InputError(
                Problem("an equation assigns with `=` alone", place, "write name = expression")
            )
        raise InputError(Problem("this is not an equation", place, "write name = expression"))
    target = _target(match[2].strip(), place)
    expression = ExpressionReader(lines, row, origin).parse(" " * match.end() + code[match.end() :])
    role, description = _split_role(comment)
    return Equation(target, expression, description, role, place)


def _target(written: str, place: SourcePlace) -> Key:
    """The name left of `=`, as Python's parser normalises names in expressions."""
    target = unicodedata.normalize("NFKC", written)
    if keyword.iskeyword(target):
        raise InputError(
            Problem(f"`{target}` is a reserved word of Python", place, "choose another name")
        )
    if re.fullmatch(r"\w+\s*\[\s*t\s*\]", target):
        name = target.partition("[")[0].strip()
        raise InputError(
            Problem(f"`{target}` is this timestep's value", place, f"write `{name}` alone")
        )
    name = written.rstrip(")").rpartition("(")[2]
    balanced = target.count("(") == target.count(")")
    if not _TARGET.fullmatch(target) or not balanced or not name.isidentifier():
        raise InputError(
            Problem(f"`{written}` cannot be assigned", place, "left of = stands one name")
        )
    if target in RESERVED:
        kind = "a function" if target in FUNCTIONS or target in DERIVED else "given, not computed"
        raise InputError(Problem(f"`{target}` is {kind}", place, "choose another name"))
    return Key(target)


def _split_role(comment: str) -> tuple[str, str]:
    """`gate: input gate` → ("gate", "input gate"), `gate` → ("gate", ""); others are descriptions."""
    head, _, rest = comment.partition(":")
    if head.strip() in ROLES:
        return head.strip(), rest.strip()
    return "", comment
