"""The equation under the cursor: symbols → numbers put in → pre-activation → value, and the listing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rnntui.session import views
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import fitting_start
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.formula import formula
from rnntui.tui.drawing.line import BOLD, DIM, ITALIC, Line
from rnntui.tui.drawing.marks import MARKS
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    from rnntui.session.moment import Moment
    from rnntui.session.views.answers import Answer
    from rnntui.session.views.equation import EquationView, ListedEquation, WorkedFormula

_OPERATORS = tuple("+−⊙·⊗/=")
_LEAST = ("terms", "pre-activation", "numbers")  # lines of the working, the least telling first


@panel(
    "equation",
    title="Equation",
    area="equation",
    about="the equation under the cursor, with its numbers put in, and the equations around it",
)
class EquationPanel(RowsPanel["EquationView"]):
    """The working of one equation, worked answers beside it, and where it stands among the others."""

    def __init__(self) -> None:
        self._working, self._listing = Cache(), Cache()

    def view(self, moment: Moment) -> EquationView:
        """What there is to say of the equation under the cursor."""
        return views.equation.view(moment)

    def rows(self, view: EquationView, room: Room) -> Rows:
        """The working, then the listing of the phase's equations as far as there is room.

        The working stays at the top.
        """
        self._working.begin(view.working_version, room.width, room.height)
        working, note = self._working.get("working", lambda: _working(view, room))
        return Rows([*working, *self._listed(view, room.width)], range(len(working) - 1), note)

    def _listed(self, view: EquationView, width: int) -> list[Line]:
        """The equations of the phase; they are the same from one timestep to the next."""
        self._listing.begin(view.listing_version, width)
        equations = self._listing.get("equations", lambda: view.equations)
        return [
            self._listing.get(
                (number, number == view.cursor),
                partial(_listed, equation, number == view.cursor, width),
            )
            for number, equation in enumerate(equations)
        ]


def _working(view: EquationView, room: Room) -> tuple[list[Line], str]:
    """The equation step by step and the worked answers for it, then a blank line; its title."""
    symbol = printable(view.symbol)
    indent = min(len(symbol) + 3, max(room.width // 3, 4))
    lines = {
        line.kind: _worked_out(line, symbol if number == 0 else "", indent, room.width)
        for number, line in enumerate(view.working)
    }
    answers = [row for answer in view.answers for row in _wrapped(_answer(answer), room.width, 2)]
    for kind in _LEAST:  # where it is low, the value is what has to be in sight
        if sum(map(len, lines.values())) + min(len(answers), 2) > room.height:
            lines.pop(kind, None)
    rows = [*(row for part in lines.values() for row in part), *answers, Line()]
    return rows, printable(view.title)


def _worked_out(line: WorkedFormula, symbol: str, indent: int, width: int) -> list[Line]:
    """One line of the working, in as many lines of the screen as it takes."""
    before = f"{symbol} = " if symbol else "= "
    whole = Line(" " * (indent - len(before)))
    whole.add(symbol, BOLD).add(before[len(symbol) :])
    body = formula(line.tokens)
    return _wrapped(whole.join(body.styled(BOLD) if line.kind == "value" else body), width, indent)


def _listed(equation: ListedEquation, here: bool, width: int) -> Line:
    line = Line(f"{'► ' if here else '  '}{printable(equation.symbol)} = ")
    line.join(formula(equation.tokens))
    return line.styled(BOLD if here else DIM).shortened(width)


def _answer(answer: Answer) -> Line:
    mark = MARKS[answer.status]
    line = Line(f"{mark.sign} ", mark.style)
    line.add(f"worked answer for {printable(answer.subject)}: ").add(answer.expected_text, BOLD)
    if mark.words:
        line.add(f"  {mark.words}", mark.style)
    if answer.correction:
        line.add(f", computed {answer.correction}")
    if answer.note:
        line.add(f"  {printable(answer.note)}", ITALIC)
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
