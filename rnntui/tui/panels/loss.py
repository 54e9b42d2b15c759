"""Loss: this iteration's loss at each timestep, and the curve over iterations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.tui import drawing
from rnntui.tui.drawing.line import DIM, Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.panels.panel import Plot, Plots, PlotsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    import numpy as np

    from rnntui.engine.trace import Trace
    from rnntui.session.moment import Moment
    from rnntui.tui.drawing.plots import Series

_POINTS = 4000  # of a curve; more than there are dots across, so that thinning is not seen
_LOG_FROM = 30.0  # a loss that fell by this factor is read on a logarithmic axis


@panel(
    "loss",
    title="Loss",
    area="loss",
    about="the loss over iterations, and at each timestep",
)
class LossPanel(PlotsPanel["Moment"]):
    """The curve over iterations, and the losses of this sequence's timesteps."""

    names = ("curve", "steps")

    def __init__(self) -> None:
        self._history: _History | None = None
        self._thinned: tuple[Trace, np.ndarray, np.ndarray] | None = None

    def view(self, moment: Moment) -> Moment:
        """The moment."""
        return moment

    def plots(self, view: Moment) -> Plots:
        """Both plots."""
        objective = view.program.model.objective
        if objective is None:
            return Plots(dict.fromkeys(self.names, Plot(_no_loss, "no loss")))
        if self._history is None or not self._history.is_of(view.losses):
            self._history = _History(view.losses)
        iteration, history = view.position.iteration, self._history
        count = len(view.losses)
        draw = partial(_draw_curve, history, count, iteration)
        note = "  ".join(
            f"{printable(key)} {format_number(value, 4)}" for key, value in view.metrics.items()
        )
        curve = Plot(draw, (history, count, iteration))
        return Plots({"curve": curve, "steps": self._steps(view, objective)}, note)

    def _steps(self, moment: Moment, objective: str) -> Plot:
        import numpy as np

        known = moment.known_range(objective)
        if self._thinned is None or self._thinned[0] is not moment.trace:
            losses = moment.trace.values[objective]
            t = np.arange(1.0, len(losses))
            self._thinned = moment.trace, *drawing.decimation.thinned(t, losses[1:], _POINTS)
        trace, t, losses = self._thinned
        # what is not computed yet is left out; a NaN that was computed stays, and is announced
        stop = int(np.searchsorted(t, known.stop)) if known else 0
        now = moment.t
        here = float(trace.values[objective][now]) if now in known and now else None
        series = drawing.plots.Series("loss of each timestep", losses[:stop], t[:stop])
        return Plot(partial(_draw_steps, series, now, here), (trace, now, known))


class _History:
    """The losses of all iterations, thinned as they grow: a million cost no more than a thousand."""

    def __init__(self, losses: Sequence[float]) -> None:
        import numpy as np

        self._losses = losses
        self._count = 0
        self._x: np.ndarray = np.empty(0)
        self._y: np.ndarray = np.empty(0)

    def is_of(self, losses: Sequence[float]) -> bool:
        """Whether these are the losses, of which there may be more by now."""
        return losses is self._losses and len(losses) >= self._count

    def series(self, count: int) -> Series:
        """The first `count` losses, which are all that there were when it was asked for last."""
        import numpy as np

        new = np.array(self._losses[self._count : count], dtype=float)
        x, y = drawing.decimation.thinned_ahead(self._count, new, _POINTS)
        x, y = np.concatenate([self._x, x]), np.concatenate([self._y, y])
        self._x, self._y = drawing.decimation.thinned(x, y, _POINTS)
        self._count += len(new)
        return drawing.plots.Series("loss", self._y, self._x)

    def at(self, iteration: int) -> float | None:
        """The loss of an iteration."""
        return self._losses[iteration] if iteration < len(self._losses) else None


def _no_loss(width: int, height: int, palette: Palette) -> list[Line]:
    return [Line("no targets, so no loss"[:width], DIM)]


def _draw_curve(
    history: _History, count: int, iteration: int, width: int, height: int, palette: Palette
) -> list[Line]:
    import numpy as np

    series, loss = history.series(count), history.at(iteration)
    finite = series.y[np.isfinite(series.y)]
    log = len(finite) > 1 and finite.min() > 0 and finite.max() > _LOG_FROM * finite.min()
    return drawing.plots.line_plot(
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
    return drawing.plots.line_plot(
        [series],
        width,
        height,
        palette,
        marker_x=marker,
        marker_y=loss,
        title="at each t",
        x_label="t",
    )
