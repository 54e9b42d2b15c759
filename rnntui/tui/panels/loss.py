"""Loss: this iteration's loss at each timestep, and the curve over iterations."""

from __future__ import annotations

from functools import partial

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container

from rnntui.session.moment import Moment
from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.drawing.plots import Series, line_plot
from rnntui.tui.panels.panel import Shows

_LOG_FROM = 30.0  # a loss that fell by this factor is read on a logarithmic axis


class LossPanel(Shows, Container):
    """Two plots: below each other where it is high, else side by side."""

    title = "Loss"

    DEFAULT_CSS = """
    LossPanel {
        layout: horizontal;
        &.stacked { layout: vertical; }
        &.single #steps { display: none; }
    }
    """

    def compose(self) -> ComposeResult:
        """The curve over iterations, and the losses of this sequence's timesteps."""
        yield PlotView(id="curve")
        yield PlotView(id="steps")

    def draw(self, moment: Moment) -> None:
        """Draw both plots, if they have changed."""
        self.set_class(self.size.height >= 14, "stacked")
        self.set_class(self.size.width < 56 and self.size.height < 14, "single")
        objective = moment.program.model.objective
        if objective is None:
            for view in self.query(PlotView):
                view.show(_no_loss, "no loss")
            return
        losses = np.array(moment.losses)
        iteration = moment.position.iteration
        metrics = "  ".join(
            f"{printable(key)} {format_number(value, 4)}" for key, value in moment.metrics.items()
        )
        if metrics != self.border_subtitle:
            self.border_subtitle = metrics
        curve = partial(_curve, losses, iteration)
        self.query_one("#curve", PlotView).show(curve, (len(losses), iteration, id(moment.losses)))
        now = moment.t
        steps = moment.trace.values[objective][1:]
        known = np.array([moment.known(objective, t + 1) for t in range(len(steps))])
        draw = partial(_steps, np.where(known, steps, np.nan), known, now)
        version = (moment.trace, now, int(known.sum()))
        self.query_one("#steps", PlotView).show(draw, version)


def _no_loss(width: int, height: int, palette: Palette) -> Text:
    return Text("no targets, so no loss"[:width], style="dim")


def _curve(losses: np.ndarray, iteration: int, width: int, height: int, palette: Palette) -> Text:
    title = "loss"
    if iteration < len(losses):
        title = f"loss {format_number(float(losses[iteration]), 4)}"
    finite = losses[np.isfinite(losses)]
    log = len(finite) > 1 and finite.min() > 0 and finite.max() > _LOG_FROM * finite.min()
    return line_plot(
        [Series("loss", losses)],
        width,
        height,
        palette,
        log=bool(log),
        marker_x=iteration,
        title=title,
        x_label="iteration",
    )


def _steps(
    losses: np.ndarray, known: np.ndarray, now: int, width: int, height: int, palette: Palette
) -> Text:
    t = np.arange(1, len(losses) + 1, dtype=float)
    # what is not computed yet is left out; a NaN that was computed stays, and is announced
    series = Series("loss of each timestep", losses[known], t[known])
    marker = float(now) if now >= 1 else None
    return line_plot(
        [series], width, height, palette, marker_x=marker, title="at each t", x_label="t"
    )
