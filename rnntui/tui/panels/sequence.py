"""The sequence: input, target, prediction and loss at each timestep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from rnntui.data.tasks.task import TaskSequence
from rnntui.language.render import format_value
from rnntui.session.moment import Moment
from rnntui.text.problems import cell_width, printable
from rnntui.tui.drawing.cells import fitted_number
from rnntui.tui.panels.panel import Row, RowsPanel

_LABEL = 10  # cells for the name of a row
_WIDEST = 16  # cells for a timestep's column at most
_LOSS = 5  # cells for a loss, so that columns stay where they are while it falls


class SequencePanel(RowsPanel):
    """One column a timestep, the current one between ► and ◄; what is not computed yet is `·`."""

    title = "Sequence"

    def rows(self, moment: Moment, width: int, height: int) -> Sequence[Row]:
        """As many of the rows as there is room for, the most telling first."""
        sequence = moment.sequence
        self.note = printable(sequence.words) if isinstance(sequence, TaskSequence) else ""
        table = _Table(moment)
        names = ["t", "input", "target", "predicted", "loss"]
        cells = {name: table.cells(name) for name in names}
        present = [name for name in names if cells[name]]
        for least in ("loss", "t", "target"):  # what to leave out where it is low
            if len(present) > height and least in present:
                present.remove(least)
        widest = max((cell_width(cell) for name in present for cell in cells[name]), default=1)
        column = min(max(widest, _LOSS if cells["loss"] else 1), _WIDEST) + 2
        column = min(column, max(width - _LABEL - 2, 3))  # one at least is in sight, whole or as …
        room = max((width - _LABEL - 2) // column, 1)
        t = max(moment.t, 1)
        start = _window(t, room, moment.trace.length)
        return [
            self._row(name, cells[name], start, room, column, t, moment.trace.length)
            for name in present
        ]

    def _row(
        self,
        name: str,
        cells: Sequence[str],
        start: int,
        room: int,
        column: int,
        now: int,
        length: int,
    ) -> Text:
        text = Text.assemble((name.ljust(_LABEL), "dim"), no_wrap=True)
        text.append("‹ " if start > 1 else "  ", style="dim")
        for t in range(start, min(start + room, length + 1)):
            shown = _fitted(cells[t - 1], column - 2)
            space = column - 2 - cell_width(shown)
            left, right = space // 2, space - space // 2
            centred = " " * left + shown + " " * right
            if t == now:
                text.append("►" if name == "input" else " ", style=self.palette.current)
                text.append(centred, style=self.palette.current)
                text.append("◄" if name == "input" else " ", style=self.palette.current)
            else:
                text.append(f" {centred} ", style="" if t < now or name != "loss" else "dim")
        if start + room <= length:
            text.append("›", style="dim")
        return text


def _window(t: int, room: int, length: int) -> int:
    """The first timestep to show so that t is in sight, in the middle where there is a choice."""
    return max(1, min(t - room // 2, length - room + 1))


def _fitted(text: str, width: int) -> str:
    """The text, or `…` in its place: a number is never cut."""
    return text if cell_width(text) <= width else "…"


class _Table:
    """The cells of each row as text."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.sequence = moment.sequence
        self.length = moment.trace.length

    def cells(self, name: str) -> list[str]:
        """One text a timestep, or nothing where the row does not apply."""
        sequence = self.sequence
        match name:
            case "t":
                return [str(t) for t in range(1, self.length + 1)]
            case "input":
                return self._given(sequence.symbols, sequence.inputs)
            case "target":
                return self._given(sequence.target_symbols, sequence.targets)
            case "predicted":
                return self._predicted()
        return self._losses()

    def _given(self, symbols: Sequence[str], values: np.ndarray | None) -> list[str]:
        if symbols:
            return [printable(symbol) for symbol in symbols]
        return [] if values is None else [short(value) for value in values]

    def _predicted(self) -> list[str]:
        moment = self.moment
        key = readout(moment)
        if key is None:
            return []
        alphabet = list(moment.file.data.target_alphabet)
        cells = []
        for t in range(1, self.length + 1):
            if not moment.known(key, t):
                cells.append("·")
                continue
            value = np.asarray(moment.trace.values[key][t])
            if self.sequence.target_symbols and value.shape == (len(alphabet),):
                best = int(np.argmax(value))
                cells.append(printable(alphabet[best]) if np.isfinite(value).all() else "nan")
            else:
                cells.append(short(value))
        return cells

    def _losses(self) -> list[str]:
        objective = self.moment.program.model.objective
        if objective is None:
            return []
        values = self.moment.trace.values[objective]
        return [
            fitted_number(float(values[t]), 2, _LOSS).strip()
            if self.moment.known(objective, t)
            else "·"
            for t in range(1, self.length + 1)
        ]


def readout(moment: Moment) -> str | None:
    """The quantity that is the prediction: what has the role readout, or is called y."""
    model = moment.program.model
    keys = [e.target for e in model.equations if model.role(e.target) == "readout"]
    return keys[-1] if keys else None


def short(value: np.ndarray) -> str:
    """A value in a few cells: `0.88`, `(1 −1)`."""
    text = format_value(value, 2)
    return f"({text[1:-1]})" if text.startswith("[") else text
