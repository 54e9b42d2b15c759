"""The plots of one panel."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from rnntui.tui.drawing.cached_lines import CachedLines
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.panels.panel import Plots

_HIGH = 12  # lines from which on plots stand below each other
_WIDE = 56  # cells from which on they stand side by side


class PlotsBody(CachedLines):
    """Below each other where it is high, else side by side; where it is neither, the first one alone."""

    DEFAULT_CSS = """
    PlotsBody {
        layout: horizontal;
        width: 1fr;
        height: 1fr;
        &.stacked { layout: vertical; }
    }
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._views = {name: PlotView(id=name) for name in names}

    def compose(self) -> ComposeResult:
        """The plots."""
        yield from self._views.values()

    def paint(self, crop: Region) -> list[Strip]:
        """Make the lines of a region: there is nothing but what the plots paint on it."""
        return [Strip.blank(crop.width, self.rich_style)] * crop.height

    def show(self, plots: Plots) -> None:
        """Show these plots, as far as they have changed."""
        width, height = self.size
        self.set_class(height >= _HIGH, "stacked")
        alone = width < _WIDE and height < _HIGH
        for number, (name, view) in enumerate(self._views.items()):
            view.display = number == 0 or not alone
            plot = plots.plots[name]
            view.show(plot.draw, plot.version)
