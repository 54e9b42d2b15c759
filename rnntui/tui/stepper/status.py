"""The status line: where we are, the loss, and how the worked answers stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from rnntui.session import views
from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width
from rnntui.tui.drawing.cached_lines import CachedLines
from rnntui.tui.drawing.line import BOLD, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rnntui.session.checks import CheckedValue
    from rnntui.session.moment import Moment
    from rnntui.session.views.status import AnswerCounts, StatusView

_LOUD = Style(bold=True, reverse=True)
_LEAST = ("model", "announced", "equation", "phase", "file", "iteration")  # the least telling first


class StatusLine(CachedLines):
    """One line; parts are left out whole where it is narrow. A message takes the place of it all."""

    DEFAULT_CSS = """
    StatusLine { height: 1; background: $panel; color: $text; padding: 0 1; }
    """

    answers: reactive[AnswerCounts | None] = reactive(None)
    """How many worked answers of the file are right, once they have been checked."""

    view: reactive[StatusView | None] = reactive(None, always_update=True)
    """Where we are."""

    def show(self, moment: Moment) -> None:
        """Show a moment."""
        self.view = views.status.view(moment)

    def count(self, checks: Sequence[CheckedValue]) -> None:
        """Show how every worked answer of the file stands."""
        self.answers = views.status.AnswerCounts.of(checks)

    def render_line(self, y: int) -> Strip:
        """The line for the moment."""
        return self.line().strip(self.size.width, self.rich_style)

    def line(self) -> Line:
        """What it says."""
        view, width = self.view, self.size.width
        if view is None:
            return Line()
        if view.message:
            return Line(printable(view.message), _LOUD)
        left, right = _where(view), self._standing(view, " as announced")
        for least in _LEAST:
            if sum(cell_width(part) + 3 for part in left.values()) + right.cell_len <= width:
                break
            left.pop(least, None)
            if least == "announced":
                right = self._standing(view, "")
        line = Line(" · ".join(left.values())).shortened(width)
        space = width - line.cell_len - right.cell_len
        return line if space < 1 else line.add(" " * space).join(right)

    def _standing(self, view: StatusView, announced: str) -> Line:
        """The loss, or where a number stopped being finite, and the worked answers."""
        line, answers = Line(), self.answers
        if view.fault:
            line.add(f" ! {printable(view.fault)} ", _LOUD)
        elif view.loss is not None:
            line.add(f"loss {format_number(view.loss, 4)}")
        if answers is not None and answers.right + answers.mistakes + answers.wrong:
            line.add(f"  ✓ {answers.right}/{answers.right + answers.wrong}", BOLD)
            if answers.mistakes:
                line.add(f"  ✗ {answers.mistakes}{announced}")
            if answers.wrong:
                line.add(f"  ✗ {answers.wrong} wrong", _LOUD)
        return line


def _where(view: StatusView) -> dict[str, str]:
    """The parts on the left by name: `lstm 2→2→2` says the sizes of input, state and readout."""
    sizes = "→".join("×".join(map(str, shape)) or "1" for shape in view.sizes)
    parts = {"file": printable(view.file), "model": f"{printable(view.model)} {sizes}"}
    parts["iteration"] = f"iteration {view.iteration}"
    if view.sequences > 1:
        parts["sequence"] = f"sequence {view.sequence}/{view.sequences}"
    parts["phase"] = view.phase
    if view.t is not None:
        parts["t"] = f"t {view.t}/{view.length}"
    parts["equation"] = f"{printable(view.quantity)} ({view.equation}/{view.equations})"
    return parts
