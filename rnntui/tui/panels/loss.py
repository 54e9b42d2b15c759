"""Loss: this iteration's loss at each timestep, and the curve over iterations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from textual.app import ComposeResult
from textual.containers import Container

from rnntui.engine.trace import Trace
from rnntui.session.moment import Moment
from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.tui.drawing.decimation import thinned, thinned_ahead
from rnntui.tui.drawing.kept_lines import FramedLines
from rnntui.tui.drawing.line import DIM, Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.drawing.plots import Series, line_plot
from rnntui.tui.panels.panel import Shows

_POINTS = 4000  # of a curve; more than there are dots across, so that thinning is not seen
_LOG_FROM = 30.0  # a loss that fell by this factor is read on a logarithmic axis


class LossPanel(Shows, FramedLines, Container):
    """Two plots: below each other where it is high, else side by side."""

    DEFAULT_CSS = """
    LossPanel {
        layout: horizontal;
        &.stacked { layout: vertical; }
        &.single #steps { display: none; }
    }
    """

    def compose(self) -> ComposeResult:
        """The curve over iterations, and the losses of this sequence's timesteps."""
        self._curve = PlotView(id="curve")
        self._steps = PlotView(id="steps")
        self._history = _History(())
        self._thinned: tuple[Trace, np.ndarray, np.ndarray] | None = None
        yield self._curve
        yield self._steps

    def draw(self, moment: Moment) -> None:
        """Draw both plots, if they have changed."""
        self.set_class(self.size.height >= 14, "stacked")
        self.set_class(self.size.width < 56 and self.size.height < 14, "single")
        objective = moment.program.model.objective
        if objective is None:
            for view in (self._curve, self._steps):
                view.show(_no_loss, "no loss")
            return
        self.write_on_frame(
            "  ".join(
                f"{printable(key)} {format_number(value, 4)}"
                for key, value in moment.metrics.items()
            )
        )
        if not self._history.is_of(moment.losses):
            self._history = _History(moment.losses)
        iteration, history = moment.position.iteration, self._history
        count = len(moment.losses)
        draw = partial(_draw_curve, history, count, iteration)
        self._curve.show(draw, (history, count, iteration))
        self._show_steps(moment, objective)

    def _show_steps(self, moment: Moment, objective: str) -> None:
        known = moment.known_range(objective)
        if self._thinned is None or self._thinned[0] is not moment.trace:
            losses = moment.trace.values[objective]
            t = np.arange(1.0, len(losses))
            self._thinned = moment.trace, *thinned(t, losses[1:], _POINTS)
        trace, t, losses = self._thinned
        # what is not computed yet is left out; a NaN that was computed stays, and is announced
        stop = int(np.searchsorted(t, known.stop)) if known else 0
        now = moment.t
        here = float(trace.values[objective][now]) if now in known and now else None
        series = Series("loss of each timestep", losses[:stop], t[:stop])
        self._steps.show(partial(_draw_steps, series, now, here), (trace, now, known))


class _History:
    """The losses of all iterations, thinned as they grow: a million cost no more than a thousand."""

    def __init__(self, losses: Sequence[float]) -> None:
        self._losses = losses
        self._count = 0
        self._x, self._y = np.empty(0), np.empty(0)

    def is_of(self, losses: Sequence[float]) -> bool:
        """Whether these are the losses, of which there may be more by now."""
        return losses is self._losses and len(losses) >= self._count

    def series(self, count: int) -> Series:
        """The first `count` losses, which are all that there were when it was asked for last."""
        new = np.array(self._losses[self._count : count], dtype=float)
        x, y = thinned_ahead(self._count, new, _POINTS)
        x, y = np.concatenate([self._x, x]), np.concatenate([self._y, y])
        self._x, self._y = thinned(x, y, _POINTS)
        self._count += len(new)
        return Series("loss", self._y, self._x)

    def at(self, iteration: int) -> float | None:
        """The loss of an iteration."""
        return self._losses[iteration] if iteration < len(self._losses) else None


def _no_loss(width: int, height: int, palette: Palette) -> list[Line]:
    return [Line("no targets, so no loss"[:width], DIM)]


def _draw_curve(
    history: _History, count: int, iteration: int, width: int, height: int, palette: Palette
) -> list[Line]:
    series, loss = history.series(count), history.at(iteration)
    finite = series.y[np.isfinite(series.y)]
    log = len(finite) > 1 and finite.min() > 0 and finite.max() > _LOG_FROM * finite.min()
    return line_plot(
        [series],
        width,
        height,
        palette,
        log=bool(log),
        marker_x=iteration,
        marker_y=loss,
        title="loss" if loss is None else f"loss {format_number(loss, 4)}",
        x_label="iteration",
    )


def _draw_steps(
    series: Series, now: int, loss: float | None, width: int, height: int, palette: Palette
) -> list[Line]:
    marker = float(now) if now >= 1 else None
    return line_plot(
        [series],
        width,
        height,
        palette,
        marker_x=marker,
        marker_y=loss,
        title="at each t",
        x_label="t",
    )
