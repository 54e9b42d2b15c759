"""Hidden space: the hidden state over the sequence as points in the plane, joined in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from rnntui.data.sequence import InputSequence
from rnntui.data.tasks.task import TaskSequence
from rnntui.engine.trace import Trace
from rnntui.session.moment import Moment
from rnntui.session.views.arrays import Array, Version, closed, component_name, component_series

MOST_POINTS = 500
"""The latest points, of which a path has no more."""
_GROUPS = 8  # symbols told apart


@dataclass(frozen=True)
class SpaceAxis:
    """A component of a quantity; of: how many components the quantity has."""

    key: str
    index: tuple[int, ...]
    of: int

    @property
    def name(self) -> str:
        """`h[0]`, `S[0,1]`; what has one component has only its name."""
        return self.key if self.of == 1 else component_name(self.key, self.index)


@dataclass(frozen=True, eq=False)
class SpacePath:
    """Points in order of time, sequence after sequence.

    points: (number of points, 2). groups: of each point an index into `names`, by its symbol or its
    task's state; None where points are not told apart. labels: of the points. steps: of each point
    the symbol by which it was come to. breaks: the points that begin another sequence. current: the
    point of this moment, if it is known by now.
    """

    points: Array
    groups: tuple[int, ...] | None
    names: tuple[str, ...]
    labels: tuple[str, ...]
    steps: tuple[str, ...]
    breaks: tuple[int, ...]
    current: int | None


@dataclass(frozen=True, eq=False)
class HiddenSpaceView:
    """Two components of the hidden state, or two scalar states; a single one is drawn over t.

    axes: two, one, or none where the model has nothing that is hidden. known: the timesteps of this
    sequence that have points by now. t: the one to look at.
    """

    version: Version
    axes: tuple[SpaceAxis, ...]
    known: range
    t: int
    _moment: Moment

    @cached_property
    def path(self) -> SpacePath:
        """The last points up to the moment; those of the batch's sequences before it as well."""
        return _path(self._moment, self.axes, self.known)


def view(moment: Moment) -> HiddenSpaceView:
    """What there is to say of the hidden space."""
    axes = _axes(moment)
    known = _known(moment, axes)
    version = (moment.trace, known, moment.t if moment.t in known else None)
    return HiddenSpaceView(version, axes, known, moment.t, moment)


def _axes(moment: Moment) -> tuple[SpaceAxis, ...]:
    """The first two components of the hidden state, or two scalar states.

    The hidden state is the last quantity with that role, else a state, else a candidate.
    """
    program = moment.program
    for role in ("hidden", "state", "candidate"):
        keys = [e.target for e in program.model.equations if program.model.role(e.target) == role]
        for key in reversed(keys):
            shape = program.shapes[key]
            size = int(np.prod(shape))
            if size > 1:
                return tuple(SpaceAxis(key, index, size) for index in islice(np.ndindex(shape), 2))
        if keys:
            return tuple(SpaceAxis(key, (0,) * len(program.shapes[key]), 1) for key in keys[:2])
    return ()


def _first(moment: Moment, axes: Sequence[SpaceAxis]) -> int:
    """The first timestep with a point: 0 is there only of states."""
    return 0 if all(axis.key in moment.program.model.states for axis in axes) else 1


def _known(moment: Moment, axes: Sequence[SpaceAxis]) -> range:
    if not axes:
        return range(0)
    first = _first(moment, axes)
    stop = min(moment.known_range(axis.key).stop for axis in axes)
    return range(first, max(stop, first))


def _path(moment: Moment, axes: Sequence[SpaceAxis], known: range) -> SpacePath:
    """Only so many of the last points are looked at, however many there are."""
    stretches: list[tuple[Trace, range]] = []  # the latest first
    room = MOST_POINTS if axes else 0
    for number in range(moment.position.sequence, -1, -1):
        trace = moment.iteration.traces[number]
        here = trace is moment.trace
        steps = known if here else range(_first(moment, axes), trace.length + 1)
        stretches.append((trace, steps[max(len(steps) - room, 0) :]))
        room -= len(stretches[-1][1])
        if room <= 0:
            break
    names = _group_names(moment)
    points: list[Array] = [np.empty((0, 2))]
    groups: list[int] = []
    labels: list[str] = []
    symbols: list[str] = []
    breaks: list[int] = []
    for trace, stretch in reversed(stretches):
        if groups and stretch:
            breaks.append(len(groups))
        points.append(_points(trace, axes, stretch))
        for t in stretch:
            group, label = _group(trace.sequence, names, t)
            groups.append(group)
            labels.append(label)
            symbols.append(trace.sequence.symbols[t - 1] if trace.sequence.symbols and t else "")
    shown = names if len(names) <= _GROUPS else ()
    if shown and len(names) in groups:
        shown = (*shown, "start")
    return SpacePath(
        closed(np.concatenate(points)),
        tuple(groups) if names else None,
        shown,
        tuple(labels),
        tuple(symbols),
        tuple(breaks),
        len(groups) - (known.stop - moment.t) if moment.t in known else None,
    )


def _points(trace: Trace, axes: Sequence[SpaceAxis], stretch: range) -> Array:
    """The points of some timesteps, (number of timesteps, 2); a single component is over t."""
    within = slice(stretch.start, stretch.stop)
    columns = [component_series(trace.values[axis.key], axis.index)[within] for axis in axes]
    if len(columns) == 1:
        columns.insert(0, np.array(stretch, dtype=float))
    return np.stack(columns, axis=1) if columns else np.empty((0, 2))


def _group_names(moment: Moment) -> tuple[str, ...]:
    """What points are told apart by: the states of a task (a grammar's, a count), else symbols."""
    sequence = moment.sequence
    if isinstance(sequence, TaskSequence) and sequence.state_names:
        return sequence.state_names
    symbols = tuple(moment.file.data.alphabet)
    return symbols if len(symbols) <= _GROUPS else ()


def _group(sequence: InputSequence, names: Sequence[str], t: int) -> tuple[int, str]:
    """The group of the state at t, and its label; a number past the names is the start."""
    if isinstance(sequence, TaskSequence) and sequence.state_names:
        state = int(sequence.states[t])
        return (state, names[state]) if state >= 0 else (len(names), str(t))
    if t and names and sequence.symbols:
        return names.index(sequence.symbols[t - 1]), str(t)
    return len(names), str(t)
