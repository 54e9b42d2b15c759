"""The sequence: input, target, prediction and loss at each timestep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width
from rnntui.tui import drawing
from rnntui.tui.drawing.cache import Cache
from rnntui.tui.drawing.line import DIM, PLAIN, Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.panels.panel import Room, Rows, RowsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    import numpy as np

    from rnntui.session.moment import Moment

_LABEL = 10  # cells for the name of a row
_WIDEST = 16  # cells for a timestep's column at most
_LOSS = 5  # cells for a loss, so that columns stay where they are while it falls
_NAMES = ("t", "input", "target", "predicted", "loss")
_BLOCK = 64  # timesteps whose cells are made together: no more are in sight at most sizes


@panel(
    "sequence",
    title="Sequence",
    area="sequence",
    about="input, target, prediction and loss at each timestep",
)
class SequencePanel(RowsPanel["Moment"]):
    """One column a timestep, the current one between ► and ◄; what is not computed yet is `·`."""

    def __init__(self) -> None:
        self._cache = Cache()

    def view(self, moment: Moment) -> Moment:
        """The moment."""
        return moment

    def rows(self, view: Moment, room: Room) -> Rows:
        """As many of the rows as there is room for, the most telling first."""
        from rnntui.data.tasks.task import TaskSequence

        moment, width, height = view, room.width, room.height
        sequence = moment.sequence
        note = printable(sequence.words) if isinstance(sequence, TaskSequence) else ""
        self._cache.begin(moment.trace, room.palette)
        t = max(moment.t, 1)
        about = self._about(moment, t)
        present = [name for name in _NAMES if about[0].cells[name]]
        for least in ("loss", "t", "target"):  # what to leave out where it is low
            if len(present) > height and least in present:
                present.remove(least)
        widest = max((block.widths[name] for block in about for name in present), default=1)
        column = min(max(widest, _LOSS if about[0].cells["loss"] else 1), _WIDEST) + 2
        column = min(column, max(width - _LABEL - 2, 3))  # one at least is in sight, whole or as …
        columns = max((width - _LABEL - 2) // column, 1)
        length = moment.trace.length
        start = _window(t, columns, length)
        seen = range(start, min(start + columns, length + 1))
        known = _known(moment)
        lines = [
            self._cache.get(
                (name, seen, column, t, known.get(name)),
                partial(self._row, moment, room.palette, name, seen, column, t, known.get(name)),
            )
            for name in present
        ]
        return Rows(lines, note=note)

    def _row(
        self,
        moment: Moment,
        palette: Palette,
        name: str,
        seen: range,
        column: int,
        now: int,
        known: range | None,
    ) -> Line:
        line = Line(name.ljust(_LABEL), DIM)
        line.add("‹ " if seen.start > 1 else "  ", DIM)
        for t in seen:
            if known is None or t in known:
                cell = self._block(moment, (t - 1) // _BLOCK).cells[name][(t - 1) % _BLOCK]
            else:
                cell = "·"
            centred = _centred(cell, column - 2)
            if t == now:
                marks = "►◄" if name == "input" else "  "
                line.add(marks[0] + centred + marks[1], palette.current)
            else:
                line.add(f" {centred} ", PLAIN if t < now or name != "loss" else DIM)
        if seen.stop <= moment.trace.length:
            line.add("›", DIM)
        return line

    def _about(self, moment: Moment, t: int) -> list[_Block]:
        """The blocks in sight from t: the columns are as wide as these need."""
        here, last = (t - 1) // _BLOCK, (moment.trace.length - 1) // _BLOCK
        return [self._block(moment, n) for n in range(max(here - 1, 0), min(here + 1, last) + 1)]

    def _block(self, moment: Moment, number: int) -> _Block:
        return self._cache.get(number, lambda: _Block.of(moment, number))


def _window(t: int, room: int, length: int) -> int:
    """The first timestep to show so that t is in sight, in the middle where there is a choice."""
    return max(1, min(t - room // 2, length - room + 1))


def _centred(text: str, width: int) -> str:
    """The text in the middle, or `…` in its place: a number is never cut."""
    taken = cell_width(text)
    if taken > width:
        text, taken = "…", 1
    left = (width - taken) // 2
    return " " * left + text + " " * (width - taken - left)


def _known(moment: Moment) -> dict[str, range]:
    """By row, the timesteps at which what it shows is known; the others always are."""
    rows = {"predicted": readout(moment), "loss": moment.program.model.objective}
    return {name: moment.known_range(key) for name, key in rows.items() if key is not None}


@dataclass(frozen=True)
class _Block:
    """Some timesteps' cells as text, row by row (none where a row does not apply), known or not.

    widths: by row, the cells of its widest text; columns do not move when it comes to be known.
    """

    cells: dict[str, list[str]]
    widths: dict[str, int]

    @classmethod
    def of(cls, moment: Moment, number: int) -> _Block:
        """Block `number`, from 0; the last one is shorter."""
        first = number * _BLOCK + 1
        steps = range(first, min(first + _BLOCK, moment.trace.length + 1))
        within = slice(steps.start - 1, steps.stop - 1)
        sequence = moment.sequence
        cells = {
            "t": [str(t) for t in steps],
            "input": _given(sequence.symbols, sequence.inputs, within),
            "target": _given(sequence.target_symbols, sequence.targets, within),
            "predicted": _predicted(moment, steps),
            "loss": _losses(moment, steps),
        }
        widths = {name: max(map(cell_width, row), default=0) for name, row in cells.items()}
        return cls(cells, widths)


def _given(symbols: Sequence[str], values: np.ndarray | None, within: slice) -> list[str]:
    if symbols:
        return [printable(symbol) for symbol in symbols[within]]
    return [] if values is None else [short(value) for value in values[within]]


def _predicted(moment: Moment, steps: range) -> list[str]:
    key = readout(moment)
    if key is None:
        return []
    alphabet = [printable(symbol) for symbol in moment.file.data.target_alphabet]
    import numpy as np

    values = np.asarray(moment.trace.values[key][steps.start : steps.stop])
    if not moment.sequence.target_symbols or values.shape[1:] != (len(alphabet),):
        return [short(value) for value in values]
    finite = np.isfinite(values).all(axis=1).tolist()
    best = values.argmax(axis=1).tolist()
    return [alphabet[b] if ok else "nan" for b, ok in zip(best, finite, strict=True)]


def _losses(moment: Moment, steps: range) -> list[str]:
    objective = moment.program.model.objective
    if objective is None:
        return []
    values = moment.trace.values[objective][steps.start : steps.stop].tolist()
    return [drawing.cells.fitted_number(value, 2, _LOSS).strip() for value in values]


def readout(moment: Moment) -> str | None:
    """The quantity that is the prediction: what has the role readout, or is called y."""
    model = moment.program.model
    keys = [e.target for e in model.equations if model.role(e.target) == "readout"]
    return keys[-1] if keys else None


def short(value: np.ndarray) -> str:
    """A value in a few cells: `0.88`, `(1 −1)`."""
    from rnntui.notation.formula import format_value

    text = format_value(value, 2)
    return f"({text[1:-1]})" if text.startswith("[") else text
