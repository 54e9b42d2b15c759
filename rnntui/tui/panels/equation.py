"""The equation under the cursor: symbols → numbers put in → pre-activation → value, and the listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.style import Style

from rnntui.text.problems import printable
from rnntui.text.terminal_cells import fitting_start
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import BOLD, DIM, ITALIC, PLAIN, Line
from rnntui.tui.drawing.marks import MARKS
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    from rnntui.language.tree import Equation
    from rnntui.notation.formula import Token
    from rnntui.session.checks import CheckedValue
    from rnntui.session.explanation import WorkingLine
    from rnntui.session.moment import Moment

_STYLES = {
    "function": BOLD,
    "value": Style(color="cyan"),
    "number": Style(color="cyan"),
    "name": PLAIN,
    "sign": DIM,
    "space": PLAIN,
}
_OPERATORS = tuple("+−⊙·⊗/=")
_LEAST = ("terms", "pre-activation", "numbers")  # lines of the working, the least telling first


@panel(
    "equation",
    title="Equation",
    area="equation",
    about="the equation under the cursor, with its numbers put in, and the equations around it",
)
class EquationPanel(RowsPanel["Moment"]):
    """The working of one equation, worked answers beside it, and where it stands among the others."""

    def __init__(self) -> None:
        self._cache = Cache()
        self._worked_for: tuple[Any, ...] | None = None
        self._worked: tuple[list[Line], str] = [], ""

    def view(self, moment: Moment) -> Moment:
        """The moment."""
        return moment

    def rows(self, view: Moment, room: Room) -> Rows:
        """The working, then the listing of the phase's equations as far as there is room.

        The working stays at the top.
        """
        worked_for = (view.trace, view.position, view.checks, room.width, room.height)
        if worked_for != self._worked_for:
            self._worked_for = worked_for
            self._worked = self._working(view, room.width, room.height)
        working, note = self._worked
        return Rows([*working, *self._listing(view, room.width)], range(len(working) - 1), note)

    def _working(self, moment: Moment, width: int, height: int) -> tuple[list[Line], str]:
        """The equation step by step and the worked answers for it, then a blank line; its title."""
        from rnntui.session.explanation import answers_here, explain

        working = explain(moment)
        indent = min(len(working.target) + 3, max(width // 3, 4))
        lines = {
            line.kind: _worked_out(line, working.target if number == 0 else "", indent, width)
            for number, line in enumerate(working.lines)
        }
        answers = [
            row for check in answers_here(moment) for row in _wrapped(_answer(check), width, 2)
        ]
        for kind in _LEAST:  # where it is low, the value is what has to be in sight
            if sum(map(len, lines.values())) + min(len(answers), 2) > height:
                lines.pop(kind, None)
        rows = [*(row for part in lines.values() for row in part), *answers, Line()]
        return rows, printable(working.title)

    def _listing(self, moment: Moment, width: int) -> list[Line]:
        """The equations of the phase; they are the same from one timestep to the next."""
        program, position = moment.program, moment.position
        last = position.phase == "backward" and not moment.trace.carries(position.t)
        self._cache.begin(
            program.model.equations,
            program.all_shapes,
            moment.optimiser,
            position.phase,
            position.t == 0,
            last,
            width,
        )
        equations = self._cache.get("equations", lambda: tuple(_equations(moment)))
        return [
            self._cache.get(
                (number, number == position.equation),
                partial(_listed, equation, number == position.equation, program.all_shapes, width),
            )
            for number, equation in enumerate(equations)
        ]


def _worked_out(line: WorkingLine, target: str, indent: int, width: int) -> list[Line]:
    """One line of the working, in as many lines of the screen as it takes."""
    before = f"{target} = " if target else "= "
    whole = Line(" " * (indent - len(before)))
    whole.add(target, BOLD).add(before[len(target) :])
    body = formula(line.tokens)
    return _wrapped(whole.join(body.styled(BOLD) if line.kind == "value" else body), width, indent)


def _listed(equation: Equation, here: bool, shapes: Mapping[str, Any], width: int) -> Line:
    from rnntui.notation.formula import name_symbol, to_formula

    line = Line(f"{'► ' if here else '  '}{name_symbol(equation.target)} = ")
    line.join(formula(to_formula(equation.expression, shapes)))
    return line.styled(BOLD if here else DIM).shortened(width)


def formula(tokens: Sequence[Token]) -> Line:
    """A formula in colour."""
    line = Line()
    for token in tokens:
        line.add(token.text, _STYLES[token.kind])
    return line


def _equations(moment: Moment) -> Sequence[Equation]:
    from rnntui.session.moment import initial_gradients

    position, program = moment.position, moment.program
    if position.phase == "forward":
        return program.model.equations
    if position.phase == "update":
        return [line.equation for line in moment.optimiser.equations]
    if position.t == 0:
        return initial_gradients(program)
    return [e.equation(last=not moment.trace.carries(position.t)) for e in program.backward]


def _answer(check: CheckedValue) -> Line:
    import numpy as np

    from rnntui.notation.formula import format_value
    from rnntui.tui.check_table import decimals

    mark, style, words = MARKS[check.status]
    value = check.value
    what = printable(check.subject)
    digits = decimals(float(np.max(value.tolerance)))
    expected = format_value(np.asarray(value.expected), digits)
    line = Line(f"{mark} ", style).add(f"worked answer for {what}: ").add(expected, BOLD)
    if words:
        line.add(f"  {words}", style)
    if check.status in ("wrong", "mistake") and check.computed is not None:
        line.add(f", computed {format_value(check.computed, digits)}")
    if check.expectation.note:
        line.add(f"  {printable(check.expectation.note)}", ITALIC)
    return line


def _wrapped(line: Line, width: int, indent: int) -> list[Line]:
    """The text in lines of `width`, all but the first indented; broken before operators, else at spaces."""
    lines: list[Line] = []
    rest = line
    while rest.cell_len > width > 0:
        cut = _break(rest.plain, width, indent)
        if cut is None:
            break
        before, after = rest.split(cut)
        lines.append(before)
        _, after = after.split(1)  # the space
        rest = Line(" " * indent).join(after)
    return [*lines, rest]


def _break(plain: str, width: int, indent: int) -> int | None:
    """Where to break a line; a number, having no spaces, is never broken."""
    fitting = len(fitting_start(plain, width))  # characters
    spaces = [n for n in range(indent + 1, min(fitting + 1, len(plain))) if plain[n] == " "]
    if not spaces:  # a word longer than the line
        cut = plain.find(" ", max(fitting, indent + 1))
        return cut if cut >= 0 else None
    operators = [
        n for n in spaces if plain[n + 1 : n + 2] in _OPERATORS and plain[n + 2 : n + 3] == " "
    ]
    far = [n for n in operators if n > indent + (width - indent) // 3]
    return far[-1] if far else spaces[-1]
