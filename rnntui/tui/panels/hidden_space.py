"""Hidden space: the hidden state over the sequence as points in the plane, joined in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rnntui.text.problems import printable
from rnntui.tui import drawing
from rnntui.tui.drawing.line import DIM, Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.panels.panel import Plot, Plots, PlotsPanel
from rnntui.tui.panels.registry import panel

if TYPE_CHECKING:
    import numpy as np

    from rnntui.data.sequence import InputSequence
    from rnntui.engine.trace import Trace
    from rnntui.language.program import Program
    from rnntui.session.moment import Moment

_GROUPS = 8  # symbols told apart by colour and glyph
_POINTS = 500  # as many as are drawn within a frame


@panel(
    "hidden",
    title="Hidden space",
    area="hidden",
    about="the hidden state over the sequence as points in the plane",
)
class HiddenSpacePanel(PlotsPanel["Moment"]):
    """Two components of the hidden state, or two scalar states; a single one is drawn over t."""

    names = ("space",)

    def __init__(self) -> None:
        self._axes: tuple[Program, list[_Axis]] | None = None

    def view(self, moment: Moment) -> Moment:
        """The moment."""
        return moment

    def plots(self, view: Moment) -> Plots:
        """What is known of the trajectory."""
        if self._axes is None or self._axes[0] is not view.program:
            self._axes = view.program, _axes(view)
        axes = self._axes[1]
        if not axes:
            return Plots({"space": Plot(_nothing, "nothing")})
        known = _known(view, axes)
        version = (view.trace, known, view.t if view.t in known else None)
        return Plots({"space": Plot(partial(_plot, view, axes), version)}, _note(axes))


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
    import numpy as np

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
    """The latest points in order of time, sequence after sequence; groups by symbol or a task's state.

    labels: of the points, and steps: the symbol by which each was come to, which is the arrow's
    name; both are empty where there are too many to be written.
    """

    points: np.ndarray
    groups: list[int] | None
    names: list[str]
    labels: list[str]
    steps: list[str]
    breaks: list[int]
    current: int | None


def _note(axes: list[_Axis]) -> str:
    if len(axes) == 1:
        return printable(f"{axes[0]} over t")
    of = f"  of {axes[0].of}" if axes[0].of > 2 else ""
    return printable(f"{axes[0]} →  {axes[1]} ↑{of}")


def _first(moment: Moment, axes: list[_Axis]) -> int:
    """The first timestep with a point: 0 is there only of states."""
    return 0 if all(axis.key in moment.program.model.states for axis in axes) else 1


def _known(moment: Moment, axes: list[_Axis]) -> range:
    """The timesteps of this sequence that have points by now."""
    stop = min(moment.known_range(axis.key).stop for axis in axes)
    return range(_first(moment, axes), max(stop, _first(moment, axes)))


def _path(moment: Moment, axes: list[_Axis]) -> _Path:
    """The last points up to the moment, of which only so many are looked at."""
    import numpy as np

    here = _known(moment, axes)
    stretches: list[tuple[Trace, range]] = []  # the latest first
    room = _POINTS
    for number in range(moment.position.sequence, -1, -1):
        trace = moment.iteration.traces[number]
        whole = here if trace is moment.trace else range(_first(moment, axes), trace.length + 1)
        stretches.append((trace, whole[max(len(whole) - room, 0) :]))
        room -= len(stretches[-1][1])
        if not room:
            break
    names = _group_names(moment)
    count = _POINTS - room
    written = count <= drawing.plot_labels.LABELLED
    points: list[np.ndarray] = [np.empty((0, 2))]
    groups: list[int] = []
    labels: list[str] = []
    steps: list[str] = []
    breaks: list[int] = []
    for trace, stretch in reversed(stretches):
        if groups and stretch:
            breaks.append(len(groups))
        points.append(_points(trace, axes, stretch))
        states = [_group(trace.sequence, names, t) for t in stretch]
        groups += [group for group, _ in states]
        if written:
            labels += [label for _, label in states]
            steps += _symbols(trace.sequence, stretch)
    shown = [printable(name) for name in names] if len(names) <= _GROUPS else []
    if shown and len(names) in groups:
        shown.append("start")
    current = count - 1 - (here.stop - 1 - moment.t) if moment.t in here else None
    return _Path(
        np.concatenate(points),
        groups if names else None,
        shown,
        labels,
        steps,
        breaks,
        current,
    )


def _points(trace: Trace, axes: list[_Axis], stretch: range) -> np.ndarray:
    """The places of some timesteps, (number of timesteps, 2); a single component is drawn over t.

    There may be none: of what is no state nothing is known before its line at t = 1.
    """
    import numpy as np

    within = slice(stretch.start, stretch.stop)
    columns = [
        trace.values[axis.key][within].reshape(len(stretch), axis.of)[:, axis.component]
        for axis in axes
    ]
    if len(columns) == 1:
        columns.insert(0, np.array(stretch, dtype=float))
    return np.stack(columns, axis=1)


def _symbols(sequence: InputSequence, stretch: range) -> list[str]:
    symbols = sequence.symbols
    return [printable(symbols[t - 1]) if symbols and t else "" for t in stretch]


def _group_names(moment: Moment) -> list[str]:
    """What points are told apart by: the states of a task (a grammar's, a count), else symbols."""
    from rnntui.data.tasks.task import TaskSequence

    first = moment.sequence
    if isinstance(first, TaskSequence) and first.state_names:
        return list(first.state_names)
    symbols = list(moment.file.data.alphabet)
    return symbols if len(symbols) <= _GROUPS else []


def _group(sequence: InputSequence, names: Sequence[str], t: int) -> tuple[int, str]:
    """The group of the state at t, and its label; a number past the names is the start."""
    from rnntui.data.tasks.task import TaskSequence

    if isinstance(sequence, TaskSequence) and sequence.state_names:
        state = int(sequence.states[t])
        return (state, printable(names[state])) if state >= 0 else (len(names), str(t))
    if t and names and sequence.symbols:
        return list(names).index(sequence.symbols[t - 1]), str(t)
    return len(names), str(t)


def _plot(
    moment: Moment, axes: list[_Axis], width: int, height: int, palette: Palette
) -> list[Line]:
    path = _path(moment, axes)
    return drawing.plots.scatter_plot(
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


def _nothing(width: int, height: int, palette: Palette) -> list[Line]:
    return [Line("this model has no state"[:width], DIM)]
