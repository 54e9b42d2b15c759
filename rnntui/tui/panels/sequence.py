"""The sequence: input, target, prediction and loss at each timestep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rnntui.session import views
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width
from rnntui.tui import drawing
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import DIM, PLAIN, Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    from rnntui.session.moment import Moment
    from rnntui.session.views.sequence import SequenceRow, SequenceView

_LABEL = 10  # cells for the name of a row
_WIDEST = 16  # cells for a timestep's column at most
_LOSS = 5  # cells for a loss, so that columns stay where they are while it falls
_LEAST = ("loss", "t", "target")  # rows, the least telling first
_BLOCK = 64  # timesteps whose cells are made together: no more are in sight at most sizes


@panel(
    "sequence",
    title="Sequence",
    area="sequence",
    about="input, target, prediction and loss at each timestep",
)
class SequencePanel(RowsPanel["SequenceView"]):
    """One column a timestep, the current one between ► and ◄; what is not computed yet is `·`."""

    def __init__(self) -> None:
        self._cache = Cache()

    def view(self, moment: Moment) -> SequenceView:
        """What there is to say of the sequence at hand."""
        return views.sequence.view(moment)

    def rows(self, view: SequenceView, room: Room) -> Rows:
        """As many of the rows as there is room for, the most telling first."""
        self._cache.begin(view.version, room.palette)
        blocks = self._blocks_about(view)
        names = ["t", *(row.name for row in view.rows)]
        for least in _LEAST:  # what to leave out where it is low
            if len(names) > room.height and least in names:
                names.remove(least)
        widest = max(block.widths[name] for block in blocks for name in names)
        has_loss = any(row.name == "loss" for row in view.rows)
        column = min(max(widest, _LOSS if has_loss else 1), _WIDEST) + 2
        # one at least is in sight, whole or as …
        column = min(column, max(room.width - _LABEL - 2, 3))
        columns = max((room.width - _LABEL - 2) // column, 1)
        start = _window(view.t, columns, view.length)
        seen = range(start, min(start + columns, view.length + 1))
        known = {row.name: row.known for row in view.rows}
        lines = []
        for name in names:
            computed = known.get(name, seen)
            line = partial(self._row, view, room.palette, name, seen, column, computed)
            lines.append(self._cache.get((name, seen, column, view.t, computed), line))
        return Rows(lines, note=printable(view.words))

    def _row(
        self,
        view: SequenceView,
        palette: Palette,
        name: str,
        seen: range,
        column: int,
        known: range,
    ) -> Line:
        line = Line(name.ljust(_LABEL), DIM)
        line.add("‹ " if seen.start > 1 else "  ", DIM)
        for t in seen:
            cell = "·"
            if t in known:
                cell = self._block(view, (t - 1) // _BLOCK).cells[name][(t - 1) % _BLOCK]
            centred = _centred(cell, column - 2)
            if t == view.t:
                marks = "►◄" if name == "input" else "  "
                line.add(marks[0] + centred + marks[1], palette.current)
            else:
                line.add(f" {centred} ", PLAIN if t < view.t or name != "loss" else DIM)
        if seen.stop <= view.length:
            line.add("›", DIM)
        return line

    def _blocks_about(self, view: SequenceView) -> list[_Block]:
        """The blocks in sight from t: the columns are as wide as these need."""
        here, last = (view.t - 1) // _BLOCK, (view.length - 1) // _BLOCK
        return [self._block(view, n) for n in range(max(here - 1, 0), min(here + 1, last) + 1)]

    def _block(self, view: SequenceView, number: int) -> _Block:
        return self._cache.get(number, lambda: _Block.of(view, number))


def _window(t: int, columns: int, length: int) -> int:
    """The first timestep to show so that t is in sight, in the middle where there is a choice."""
    return max(1, min(t - columns // 2, length - columns + 1))


def _centred(text: str, width: int) -> str:
    """The text in the middle, or `…` in its place: a number is never cut."""
    taken = cell_width(text)
    if taken > width:
        text, taken = "…", 1
    left = (width - taken) // 2
    return " " * left + text + " " * (width - taken - left)


@dataclass(frozen=True)
class _Block:
    """Some timesteps' cells as text, row by row, known or not.

    widths: by row, the cells of its widest text; columns do not move when it comes to be known.
    """

    cells: dict[str, list[str]]
    widths: dict[str, int]

    @classmethod
    def of(cls, view: SequenceView, number: int) -> _Block:
        """Block `number`, from 0; the last one is shorter."""
        first = number * _BLOCK + 1
        steps = range(first, min(first + _BLOCK, view.length + 1))
        cells = {"t": [str(t) for t in steps]}
        cells |= {row.name: _cells(row, steps) for row in view.rows}
        widths = {name: max(map(cell_width, row), default=0) for name, row in cells.items()}
        return cls(cells, widths)


def _cells(row: SequenceRow, steps: range) -> list[str]:
    if row.name != "loss" or row.values is None:
        return [printable(text) for text in row.texts(steps)]
    losses = row.values[steps.start - 1 : steps.stop - 1].tolist()
    return [drawing.cells.fitted_number(loss, 2, _LOSS).strip() for loss in losses]
