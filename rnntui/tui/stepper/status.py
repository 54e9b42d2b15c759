"""The status line: where we are, the loss, and how the worked answers stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width
from rnntui.tui.drawing.cached_lines import CachedLines
from rnntui.tui.drawing.line import BOLD, Line

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile
    from rnntui.session.checks import CheckedValue
    from rnntui.session.moment import Moment

_LOUD = Style(bold=True, reverse=True)


class StatusLine(CachedLines):
    """One line; parts are left out whole where it is narrow. A message takes the place of it all."""

    checks: reactive[tuple[CheckedValue, ...] | None] = reactive(None)
    """Every worked answer of the file, once they have been checked."""

    moment: reactive[Moment | None] = reactive(None, always_update=True)
    """Where we are."""

    def __init__(self, file: SequenceFile) -> None:
        super().__init__()
        self.file = file

    def show(self, moment: Moment) -> None:
        """Show a moment."""
        self.moment = moment

    def render_line(self, y: int) -> Strip:
        """The line for the moment."""
        return self.line().strip(self.size.width, self.rich_style)

    def line(self) -> Line:
        """What it says."""
        moment = self.moment
        if moment is None:
            return Line()
        if moment.message:
            return Line(printable(moment.message), _LOUD)
        width = self.size.width
        left, right = self._left(moment), self._right(moment, " as announced")
        for least in ("model", "announced", "file", "iteration", "equation", "phase"):
            if sum(cell_width(part) + 3 for part in left.values()) + right.cell_len <= width:
                break
            left.pop(least, None)
            if least == "announced":
                right = self._right(moment, "")
        line = Line(" · ".join(left.values())).shortened(width)
        space = width - line.cell_len - right.cell_len
        return line if space < 1 else line.add(" " * space).join(right)

    def _left(self, moment: Moment) -> dict[str, str]:
        from rnntui.notation.formula import name_symbol
        from rnntui.session.moment import initial_gradients

        position, program = moment.position, moment.program
        parts = {"file": printable(Path(self.file.file).stem), "model": _model(moment)}
        parts["iteration"] = f"iteration {position.iteration}"
        if len(moment.iteration.traces) > 1:
            parts["sequence"] = f"sequence {position.sequence + 1}/{len(moment.iteration.traces)}"
        parts["phase"] = position.phase
        if position.phase != "update":
            parts["t"] = f"t {position.t}/{moment.trace.length}"
        counts = {
            "forward": len(program.model.equations),
            "backward": len(program.backward if position.t else initial_gradients(program)),
            "update": len(moment.optimiser.equations),
        }
        name = printable(name_symbol(moment.equation.target))
        parts["equation"] = f"{name} ({position.equation + 1}/{counts[position.phase]})"
        return parts

    def _right(self, moment: Moment, announced: str) -> Line:
        line = Line()
        iteration = moment.iteration
        if iteration.fault is not None:
            line.add(f" ! {printable(str(iteration.fault))} ", _LOUD)
        elif iteration.loss is not None:
            line.add(f"loss {format_number(iteration.loss, 4)}")
        checks = self.checks
        if checks:
            right = sum(check.status == "right" for check in checks)
            mistakes = sum(check.status == "mistake" for check in checks)
            wrong = len(checks) - right - mistakes
            line.add(f"  ✓ {right}/{len(checks) - mistakes}", BOLD)
            if mistakes:
                line.add(f"  ✗ {mistakes}{announced}")
            if wrong:
                line.add(f"  ✗ {wrong} wrong", _LOUD)
        return line


def _model(moment: Moment) -> str:
    """`lstm 2→2→2`: the sizes of input, state and readout."""
    program = moment.program
    sizes = []
    states = program.model.states
    for key in ("x", states[-1] if states else "", "y"):
        if key in program.shapes:
            shape = program.shapes[key]
            sizes.append("×".join(map(str, shape)) or "1")
    return f"{printable(program.model.name)} {'→'.join(sizes)}"
