"""Hidden space: the hidden state over the sequence as points in the plane, joined in time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rnntui.session import views
from rnntui.text.problems import printable
from rnntui.tui import drawing
from rnntui.tui.drawing.line import DIM, Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.panels.panel import Plot, Plots, PlotsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rnntui.session.moment import Moment
    from rnntui.session.views.hidden_space import HiddenSpaceView, SpaceAxis


@panel(
    "hidden",
    title="Hidden space",
    area="hidden",
    about="the hidden state over the sequence as points in the plane",
)
class HiddenSpacePanel(PlotsPanel["HiddenSpaceView"]):
    """Two components of the hidden state, or two scalar states; a single one is drawn over t."""

    names = ("space",)

    def view(self, moment: Moment) -> HiddenSpaceView:
        """What there is to say of the hidden space."""
        return views.hidden_space.view(moment)

    def plots(self, view: HiddenSpaceView) -> Plots:
        """What is known of the trajectory."""
        if not view.axes:
            return Plots({"space": Plot(_nothing, "nothing")})
        return Plots({"space": Plot(partial(_draw, view), view.version)}, _note(view.axes))


def _note(axes: Sequence[SpaceAxis]) -> str:
    if len(axes) == 1:
        return f"{printable(axes[0].name)} over t"
    of = f"  of {axes[0].of}" if axes[0].of > 2 else ""
    return f"{printable(axes[0].name)} →  {printable(axes[1].name)} ↑{of}"


def _draw(view: HiddenSpaceView, width: int, height: int, palette: Palette) -> list[Line]:
    path = view.path
    return drawing.plots.scatter_plot(
        path.points,
        width,
        height,
        palette,
        groups=path.groups,
        names=[printable(name) for name in path.names],
        breaks=path.breaks,
        current=path.current,
        labels=[printable(label) for label in path.labels],
        steps=[printable(step) for step in path.steps],
    )


def _nothing(width: int, height: int, palette: Palette) -> list[Line]:
    return [Line("this model has no state"[:width], DIM)]
