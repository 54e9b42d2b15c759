"""Fewer points for the same picture: a curve of any length costs what its cells cost."""

from __future__ import annotations

import numpy as np

Run = tuple[np.ndarray, np.ndarray]


class Furthest:
    """A series cut into parts, of each the value furthest from zero; what is not finite comes first.

    Made once, it tells of any stretch of the series at the cost of the parts and of one part's
    values: the parts that the stretch covers whole need not be looked at again.
    """

    def __init__(self, values: np.ndarray, parts: int) -> None:
        self.values = values
        count = min(len(values), parts)
        self._bounds = np.linspace(0, len(values), count + 1).astype(int)
        self._exact = count == len(values)
        if self._exact:
            self._furthest = values
            self._sizes = _sizes(values)
        else:
            starts = self._bounds[:-1]
            low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
            self._furthest = np.where(-low > high, low, high)
            for part in np.flatnonzero(np.logical_or.reduceat(~np.isfinite(values), starts)):
                self._furthest[part] = _furthest(values[slice(*self._bounds[part : part + 2])])
            self._sizes = np.maximum.reduceat(_sizes(values), starts)

    def part_of(self, index: int) -> int:
        """The part in which the value with this index is."""
        return int(np.searchsorted(self._bounds, index, side="right")) - 1

    def within(self, known: range) -> tuple[np.ndarray, np.ndarray]:
        """Of each part the furthest value in a stretch, and whether it has any there."""
        values = self._furthest.copy()
        seen = np.zeros(len(values), bool)
        first, last = self._parts(known)
        seen[first:last] = True
        if not self._exact:
            for part in {first, last - 1} & set(range(first, last)):
                values[part] = _furthest(self._of(part, known))
        return values, seen

    def largest(self, known: range) -> float:
        """The largest finite size in a stretch; 0 if there is none."""
        first, last = self._parts(known)
        if self._exact or first >= last:
            return float(self._sizes[first:last].max(initial=0.0))
        ends = [_sizes(self._of(part, known)).max(initial=0.0) for part in (first, last - 1)]
        return float(max(self._sizes[first + 1 : last - 1].max(initial=0.0), *ends))

    def _parts(self, known: range) -> tuple[int, int]:
        if not known:
            return 0, 0
        return self.part_of(known.start), self.part_of(known.stop - 1) + 1

    def _of(self, part: int, known: range) -> np.ndarray:
        start, stop = self._bounds[part], self._bounds[part + 1]
        return self.values[max(start, known.start) : min(stop, known.stop)]


def _furthest(values: np.ndarray) -> float:
    size = np.where(np.isnan(values), np.inf, np.abs(values))
    return float(values[size.argmax()])


def _sizes(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), np.abs(values), 0.0)


def thinned(x: np.ndarray, y: np.ndarray, most: int) -> Run:
    """A curve over whole numbers with at most about `most` points and the same spikes; exact if it
    has no more.

    Of each stretch of `x` the lowest and the highest point are kept, in their order. Stretches are
    as long as a power of two and begin at its multiples: a curve that is thinned whenever it has
    grown is the one that it would be thinned at once. What is not finite is kept.
    """
    length = _stretch(float(x[0]), float(x[-1]), most) if len(x) else 1
    if length == 1:
        return x, y
    begins = np.diff(x // length, prepend=-1) != 0
    starts, part = np.flatnonzero(begins), np.cumsum(begins) - 1
    finite = np.isfinite(y)
    low = np.minimum.reduceat(np.where(finite, y, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, y, -np.inf), starts)
    kept = ~finite
    for extreme in (low, high):  # the first of equals
        found = np.flatnonzero(y == extreme[part])
        _, first = np.unique(part[found], return_index=True)
        kept[found[first]] = True
    return x[kept], y[kept]


def _stretch(first: float, last: float, most: int) -> int:
    """How long stretches are for a curve from `first` to `last` with at most `most` points."""
    length = 1
    if last - first >= most:
        while 2 * (last // length - first // length + 1) > most:
            length *= 2
    return length


def thinned_ahead(first: int, y: np.ndarray, most: int) -> Run:
    """The part of a curve over 0, 1, … from `first` to its end, without points that `thinned` would
    leave out of the whole: many thousands in a fraction of the time."""
    end = first + len(y)
    length = _stretch(0, end - 1, most)
    start = min(-first % length, len(y))  # stretches that are here as a whole
    count = (len(y) - start) // length
    whole = y[start : start + count * length].reshape(count, length)
    places = np.arange(len(y))
    if length > 2 and count and np.isfinite(whole).all():
        both = np.stack([whole.argmin(axis=1), whole.argmax(axis=1)], axis=1)
        kept = np.unique(both + start + length * np.arange(count)[:, None])
        places = np.concatenate([places[:start], kept, places[start + count * length :]])
    return (first + places).astype(float), y[places]


def line_runs(x: np.ndarray, y: np.ndarray, dot_columns: int) -> list[Run]:
    """A curve, with `x` from 0 to 1, as unbroken runs with at most two points a dot column.

    Points that are not finite break the curve. Of the points that share a column the lowest and the
    highest are kept, in the direction in which the curve goes there: no spike is lost.
    """
    kept = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not kept.size:
        return []
    gap = np.diff(kept, prepend=kept[0]) > 1
    if kept.size < x.size:
        x, y = x[kept], y[kept]
    if len(x) <= dot_columns:  # few enough to be drawn exactly
        cuts = np.flatnonzero(gap)
        return list(zip(np.split(x, cuts), np.split(y, cuts), strict=True))
    column = np.rint(x * max(dot_columns - 1, 1)).astype(np.int32)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1])
    ends = np.concatenate([starts[1:], [len(x)]]) - 1
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    rises = y[starts] <= y[ends]
    pair_x = np.repeat(x[starts], 2)
    pair_y = np.stack([np.where(rises, low, high), np.where(rises, high, low)], axis=1).ravel()
    cuts = 2 * np.flatnonzero(gap[starts])
    return list(zip(np.split(pair_x, cuts), np.split(pair_y, cuts), strict=True))


def one_per_cell(x: np.ndarray, y: np.ndarray, columns: int, rows: int) -> Run:
    """One of the points in the unit square for each cell that has any: the rest would be hidden."""
    cell = np.rint(y * (rows - 1)).astype(int) * columns + np.rint(x * (columns - 1)).astype(int)
    _, first = np.unique(cell, return_index=True)
    return x[first], y[first]
