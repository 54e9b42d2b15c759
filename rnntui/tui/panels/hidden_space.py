"""Hidden space: the hidden state over the sequence as points in the plane, joined in time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container

from rnntui.session.moment import Moment
from rnntui.text.problems import printable
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.drawing.plots import scatter_plot
from rnntui.tui.panels.panel import Shows

_GROUPS = 8  # symbols told apart by colour and glyph
_POINTS = 500  # as many as are drawn within a frame


class HiddenSpacePanel(Shows, Container):
    """The first two components of the hidden state; a scalar state is drawn over t."""

    title = "Hidden space"

    def compose(self) -> ComposeResult:
        """One plot."""
        yield PlotView(id="space")

    def draw(self, moment: Moment) -> None:
        """Draw what is known of the trajectory."""
        key = hidden_state(moment)
        view = self.query_one("#space", PlotView)
        if key is None:
            view.show(_nothing, "nothing")
            return
        path = _path(moment, key)
        size = moment.program.shapes[key]
        axes = printable(_axes(key, size))
        if axes != self.border_subtitle:
            self.border_subtitle = axes
        place = (moment.position.sequence, moment.t)
        version = (moment.iteration, place, len(path.points), path.current)
        view.show(partial(_plot, path), version)


def hidden_state(moment: Moment) -> str | None:
    """The quantity with the role hidden, else a state, else what the readout is made from."""
    model = moment.program.model
    keys = [e.target for e in model.equations]
    for role in ("hidden", "state", "candidate"):
        found = [key for key in keys if model.role(key) == role]
        if found:
            return found[-1]
    return model.states[-1] if model.states else None


@dataclass(frozen=True)
class _Path:
    """Points in order of time, sequence after sequence; groups by symbol."""

    points: np.ndarray
    groups: list[int] | None
    names: list[str]
    labels: list[str]
    breaks: list[int]
    current: int | None


def _axes(key: str, size: tuple[int, ...]) -> str:
    count = int(np.prod(size))
    if count == 1:
        return f"{key} over t"
    shown = f"{key}[0] →  {key}[1] ↑"
    return shown if count == 2 else f"{shown}  of {count}"


def _path(moment: Moment, key: str) -> _Path:
    traces = moment.iteration.traces[: moment.position.sequence + 1]
    model = moment.program.model
    first = 0 if key in model.states else 1
    symbols = list(moment.file.data.alphabet)
    grouped = 0 < len(symbols) <= _GROUPS
    points, groups, labels, breaks = [], [], [], []
    current = None
    for number, trace in enumerate(traces):
        here = number == moment.position.sequence
        if points:
            breaks.append(len(points))
        for t in range(first, trace.length + 1):
            if here and not moment.known(key, t):
                break
            value = np.ravel(trace.values[key][t])
            points.append((float(t), value[0]) if len(value) == 1 else (value[0], value[1]))
            names = trace.sequence.symbols
            groups.append(symbols.index(names[t - 1]) if grouped and names and t else len(symbols))
            labels.append(str(t))
            if here and t == moment.t:
                current = len(points) - 1
    kept = slice(max(len(points) - _POINTS, 0), None)
    dropped = kept.start
    names_shown = [printable(symbol) for symbol in symbols] if grouped else []
    if grouped and len(symbols) in groups:
        names_shown.append("start")
    return _Path(
        np.array(points[kept], dtype=float).reshape(-1, 2),
        groups[kept] if grouped else None,
        names_shown,
        labels[kept],
        [b - dropped for b in breaks if b > dropped],
        None if current is None else current - dropped,
    )


def _plot(path: _Path, width: int, height: int, palette: Palette) -> Text:
    return scatter_plot(
        path.points,
        width,
        height,
        palette,
        groups=path.groups,
        names=path.names,
        breaks=path.breaks,
        current=path.current,
        labels=path.labels,
    )


def _nothing(width: int, height: int, palette: Palette) -> Text:
    return Text("this model has no state"[:width], style="dim")
