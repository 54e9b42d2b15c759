"""The equation under the cursor: symbols → numbers put in → pre-activation → value, and the listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.text import Text

from rnntui.language.render import Token, format_value, name_symbol, to_formula
from rnntui.language.tree import Equation
from rnntui.session.checks import CheckedValue
from rnntui.session.explanation import Line, answers_here, explain
from rnntui.session.moment import Moment, initial_gradients
from rnntui.text.problems import printable
from rnntui.tui.check_table import MARKS, decimals
from rnntui.tui.panels.panel import Row, RowsPanel

STYLES = {
    "function": "bold",
    "value": "cyan",
    "number": "cyan",
    "name": "",
    "sign": "dim",
    "space": "",
}


_OPERATORS = tuple("+−⊙·⊗/=")
_LEAST = ("terms", "pre-activation", "numbers")  # lines of the working, the least telling first


class EquationPanel(RowsPanel):
    """The working of one equation, worked answers beside it, and where it stands among the others."""

    title = "Equation"

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Row]:
        """The working, then the listing of the phase's equations as far as there is room."""
        found = explain(moment)
        self.note = printable(found.title)
        indent = min(len(found.target) + 3, max(width // 3, 4))
        lines = {
            line.kind: self._line(line, found.target if number == 0 else "", indent, width)
            for number, line in enumerate(found.lines)
        }
        answers = [
            row for check in answers_here(moment) for row in _wrapped(_answer(check), width, 2)
        ]
        for kind in _LEAST:  # where it is low, the value is what has to be in sight
            if sum(map(len, lines.values())) + min(len(answers), 2) > height:
                lines.pop(kind, None)
        rows: list[Row] = [row for part in lines.values() for row in part]
        rows += answers
        self._working = len(rows)
        rows.append(Text(""))
        rows += self._listing(moment, width)
        return rows

    def anchor(self, moment: Moment) -> range | None:
        """The working stays at the top."""
        return range(self._working)

    def _line(self, line: Line, target: str, indent: int, width: int) -> list[Text]:
        text = Text(f"{target} = ".rjust(indent) if target else "= ".rjust(indent))
        text.stylize("bold", 0, len(target))
        body = formula(line.tokens)
        if line.kind == "value":
            body.stylize("bold")
        text.append_text(body)
        return _wrapped(text, width, indent)

    def _listing(self, moment: Moment, width: int) -> list[Row]:
        shapes = moment.program.all_shapes
        here = moment.position.equation
        return [
            lambda n=number, e=equation: _listed(e, n == here, shapes, width)
            for number, equation in enumerate(_equations(moment))
        ]


def _listed(equation: Equation, here: bool, shapes: Mapping, width: int) -> Text:
    text = Text("► " if here else "  ", no_wrap=True)
    text.append(f"{name_symbol(equation.target)} = ")
    text.append_text(formula(to_formula(equation.expression, shapes)))
    text.stylize("bold" if here else "dim")
    text.truncate(width, overflow="ellipsis")
    return text


def formula(tokens: Sequence[Token]) -> Text:
    """A formula in colour."""
    return Text.assemble(*((token.text, STYLES[token.kind]) for token in tokens))


def _equations(moment: Moment) -> Sequence[Equation]:
    position, program = moment.position, moment.program
    if position.phase == "forward":
        return program.model.equations
    if position.phase == "update":
        return [line.equation for line in moment.optimiser.equations]
    if position.t == 0:
        return initial_gradients(program)
    return [e.equation(last=not moment.trace.carries(position.t)) for e in program.backward]


def _answer(check: CheckedValue) -> Text:
    mark, style, words = MARKS[check.status]
    value = check.value
    what = printable(check.subject)
    digits = decimals(float(np.max(value.tolerance)))
    expected = format_value(np.asarray(value.expected), digits)
    text = Text.assemble((f"{mark} ", style), f"worked answer for {what}: ", (expected, "bold"))
    if words:
        text.append(f"  {words}", style=style)
    if check.status in ("wrong", "mistake") and check.computed is not None:
        text.append(f", computed {format_value(check.computed, digits)}")
    if check.expectation.note:
        text.append(f"  {printable(check.expectation.note)}", style="italic")
    return text


def _wrapped(text: Text, width: int, indent: int) -> list[Text]:
    """The text in lines of `width`, all but the first indented; broken before operators, else at spaces."""
    lines: list[Text] = []
    rest = text
    while rest.cell_len > width > 0:
        cut = _break(rest.plain, width, indent)
        if cut is None:
            break
        lines.append(rest[:cut])
        rest = Text.assemble(" " * indent, rest[cut + 1 :])
    return [*lines, rest]


def _break(plain: str, width: int, indent: int) -> int | None:
    """Where to break a line; a number, having no spaces, is never broken."""
    spaces = [n for n in range(indent + 1, min(width + 1, len(plain))) if plain[n] == " "]
    if not spaces:  # a word longer than the line
        cut = plain.find(" ", width)
        return cut if cut >= 0 else None
    operators = [
        n for n in spaces if plain[n + 1 : n + 2] in _OPERATORS and plain[n + 2 : n + 3] == " "
    ]
    far = [n for n in operators if n > indent + (width - indent) // 3]
    return far[-1] if far else spaces[-1]
