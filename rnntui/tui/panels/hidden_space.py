"""Hidden space: the hidden state over the sequence as points in the plane, joined in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container

from rnntui.data.sequence import InputSequence
from rnntui.data.tasks.task import TaskSequence
from rnntui.session.moment import Moment
from rnntui.text.problems import printable
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.drawing.plot_view import PlotView
from rnntui.tui.drawing.plots import scatter_plot
from rnntui.tui.panels.panel import Shows

_GROUPS = 8  # symbols told apart by colour and glyph
_POINTS = 500  # as many as are drawn within a frame


class HiddenSpacePanel(Shows, Container):
    """Two components of the hidden state, or two scalar states; a single one is drawn over t."""

    title = "Hidden space"

    def compose(self) -> ComposeResult:
        """One plot."""
        yield PlotView(id="space")

    def draw(self, moment: Moment) -> None:
        """Draw what is known of the trajectory."""
        axes = _axes(moment)
        view = self.query_one("#space", PlotView)
        if not axes:
            view.show(_nothing, "nothing")
            return
        path = _path(moment, axes)
        note = _note(moment, axes)
        if note != self.border_subtitle:
            self.border_subtitle = note
        version = (id(moment.iteration), len(path.points), path.current)
        view.show(partial(_plot, path), version)


@dataclass(frozen=True)
class _Axis:
    """A component of a quantity, its index in C order."""

    key: str
    component: int
    of: int

    def __str__(self) -> str:
        return self.key if self.of == 1 else f"{self.key}[{self.component}]"


def _axes(moment: Moment) -> list[_Axis]:
    """Two components of the hidden state, or two scalar states; one alone is drawn over t.

    The hidden state is the quantity with that role, else a state, else a candidate.
    """
    program = moment.program
    for role in ("hidden", "state", "candidate"):
        keys = [e.target for e in program.model.equations if program.model.role(e.target) == role]
        sizes = {key: int(np.prod(program.shapes[key])) for key in keys}
        for key in reversed(keys):
            if sizes[key] > 1:
                return [_Axis(key, component, sizes[key]) for component in (0, 1)]
        if keys:
            return [_Axis(key, 0, 1) for key in keys[:2]]
    return []


@dataclass(frozen=True)
class _Path:
    """Points in order of time, sequence after sequence; groups by symbol or a task's state.

    steps: the symbol by which each point was come to, which is the arrow's name.
    """

    points: np.ndarray
    groups: list[int] | None
    names: list[str]
    labels: list[str]
    steps: list[str]
    breaks: list[int]
    current: int | None


def _note(moment: Moment, axes: list[_Axis]) -> str:
    if len(axes) == 1:
        return printable(f"{axes[0]} over t")
    of = f"  of {axes[0].of}" if axes[0].of > 2 else ""
    return printable(f"{axes[0]} →  {axes[1]} ↑{of}")


def _path(moment: Moment, axes: list[_Axis]) -> _Path:
    traces = moment.iteration.traces[: moment.position.sequence + 1]
    model = moment.program.model
    first = 0 if all(axis.key in model.states for axis in axes) else 1
    names = _group_names(moment)
    points: list[tuple[float, float]] = []
    groups, labels, steps, breaks = [], [], [], []
    current = None
    for number, trace in enumerate(traces):
        here = number == moment.position.sequence
        if points:
            breaks.append(len(points))
        values = [
            trace.values[axis.key].reshape(trace.length + 1, -1)[:, axis.component] for axis in axes
        ]
        for t in range(first, trace.length + 1):
            if here and not all(moment.known(axis.key, t) for axis in axes):
                break
            place = [float(column[t]) for column in values]
            points.append((float(t), place[0]) if len(place) == 1 else (place[0], place[1]))
            group, label = _group(trace.sequence, names, t)
            groups.append(group)
            labels.append(label)
            symbols = trace.sequence.symbols
            steps.append(printable(symbols[t - 1]) if symbols and t else "")
            if here and t == moment.t:
                current = len(points) - 1
    dropped = max(len(points) - _POINTS, 0)
    shown = [printable(name) for name in names] if len(names) <= _GROUPS else []
    if shown and len(names) in groups:
        shown.append("start")
    return _Path(
        np.array(points[dropped:], dtype=float).reshape(-1, 2),
        groups[dropped:] if names else None,
        shown,
        labels[dropped:],
        steps[dropped:],
        [b - dropped for b in breaks if b > dropped],
        None if current is None else current - dropped,
    )


def _group_names(moment: Moment) -> list[str]:
    """What points are told apart by: the states of a task (a grammar's, a count), else symbols."""
    first = moment.sequence
    if isinstance(first, TaskSequence) and first.state_names:
        return list(first.state_names)
    symbols = list(moment.file.data.alphabet)
    return symbols if len(symbols) <= _GROUPS else []


def _group(sequence: InputSequence, names: Sequence[str], t: int) -> tuple[int, str]:
    """The group of the state at t, and its label; a number past the names is the start."""
    if isinstance(sequence, TaskSequence) and sequence.state_names:
        state = int(sequence.states[t])
        return (state, printable(names[state])) if state >= 0 else (len(names), str(t))
    if t and names and sequence.symbols:
        return list(names).index(sequence.symbols[t - 1]), str(t)
    return len(names), str(t)


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
        steps=path.steps,
    )


def _nothing(width: int, height: int, palette: Palette) -> Text:
    return Text("this model has no state"[:width], style="dim")
