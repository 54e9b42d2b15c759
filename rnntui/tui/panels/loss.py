"""Loss: this iteration's loss at each timestep, and the curve over iterations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rnntui.session import views
from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.tui import drawing
from rnntui.tui.drawing.line import DIM, Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.panels.panel import Plot, Plots, PlotsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    from rnntui.session.moment import Moment
    from rnntui.session.views.loss import LossView
    from rnntui.tui.drawing.growing_curve import GrowingCurve

_LOG_FROM = 30.0  # a loss that fell by this factor is read on a logarithmic axis


@panel(
    "loss",
    title="Loss",
    area="loss",
    about="the loss over iterations, and at each timestep",
)
class LossPanel(PlotsPanel["LossView"]):
    """The curve over iterations, and the losses of this sequence's timesteps."""

    names = ("curve", "steps")

    def __init__(self) -> None:
        # the curves, and what they are of
        self._over_iterations: tuple[object, GrowingCurve] | None = None
        self._over_timesteps: tuple[object, GrowingCurve] | None = None

    def view(self, moment: Moment) -> LossView:
        """What there is to say of the loss."""
        return views.loss.view(moment)

    def plots(self, view: LossView) -> Plots:
        """Both plots."""
        if view.objective is None:
            return Plots({"curve": Plot(_no_loss, "no loss"), "steps": Plot(_nothing, "nothing")})
        note = "  ".join(
            f"{printable(key)} {format_number(value, 4)}" for key, value in view.metrics.items()
        )
        return Plots({"curve": self._iterations(view), "steps": self._timesteps(view)}, note)

    def _iterations(self, view: LossView) -> Plot:
        before = self._over_iterations
        # losses that are fewer than there were begin anew
        fewer = before is not None and len(view.losses) < before[1].stop
        if before is None or before[0] is not view.losses_version or fewer:
            self._over_iterations = before = (
                view.losses_version,
                drawing.growing_curve.GrowingCurve(),
            )
        curve = before[1]
        draw = partial(_draw_iterations, curve, view)
        return Plot(draw, (curve, len(view.losses), view.iteration))

    def _timesteps(self, view: LossView) -> Plot:
        before = self._over_timesteps
        if before is None or before[0] != view.version:
            curve = drawing.growing_curve.GrowingCurve(1)
            curve.extend(view.at_each_t)
            self._over_timesteps = before = view.version, curve
        draw = partial(_draw_timesteps, before[1], view)
        return Plot(draw, (view.version, view.t, view.known))


def _no_loss(width: int, height: int, palette: Palette) -> list[Line]:
    return [Line("no targets, or no line for a loss"[:width], DIM)]


def _nothing(width: int, height: int, palette: Palette) -> list[Line]:
    return []


def _draw_iterations(
    curve: GrowingCurve, view: LossView, width: int, height: int, palette: Palette
) -> list[Line]:
    if curve.stop < len(view.losses):  # those of pictures that were never seen are there as well
        curve.extend(view.losses[curve.stop :])
    x, y = curve.before()
    return drawing.plots.line_plot(
        [drawing.plots.Series("loss", y, x)],
        width,
        height,
        palette,
        log=curve.spread > _LOG_FROM,
        marker_x=view.iteration,
        marker_y=view.loss,
        title="loss" if view.loss is None else f"loss {format_number(view.loss, 4)}",
        x_label="iteration",
    )


def _draw_timesteps(
    curve: GrowingCurve, view: LossView, width: int, height: int, palette: Palette
) -> list[Line]:
    # what is not computed yet is left out; a NaN that was computed stays, and is announced
    x, y = curve.before(view.known.stop if view.known else 0)
    return drawing.plots.line_plot(
        [drawing.plots.Series("loss of each timestep", y, x)],
        width,
        height,
        palette,
        marker_x=float(view.t) if view.t >= 1 else None,
        marker_y=view.loss_at_t,
        title="at each t",
        x_label="t",
    )
