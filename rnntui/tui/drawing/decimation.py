"""Fewer points for the same picture: a curve of any length costs what its cells cost."""

from __future__ import annotations

import numpy as np

Run = tuple[np.ndarray, np.ndarray]
CellCharacters = tuple[np.ndarray, np.ndarray, list[str]]
"""Columns from the left, rows from below, and the character of each of these cells."""

_BRAILLE_BITS = np.array([[0x40, 0x80], [0x04, 0x20], [0x02, 0x10], [0x01, 0x08]])[:, None]
"""The bit of each dot in its cell: four rows from below, two columns."""


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

    def within(self, stretch: range) -> tuple[np.ndarray, np.ndarray]:
        """Of each part the furthest value in a stretch, and whether it has any there."""
        values = self._furthest.copy()
        seen = np.zeros(len(values), bool)
        first, last = self._parts(stretch)
        seen[first:last] = True
        if not self._exact:
            for part in {first, last - 1} & set(range(first, last)):
                values[part] = _furthest(self._of(part, stretch))
        return values, seen

    def largest(self, stretch: range) -> float:
        """The largest finite size in a stretch; 0 if there is none."""
        first, last = self._parts(stretch)
        if self._exact or first >= last:
            return float(self._sizes[first:last].max(initial=0.0))
        ends = [_sizes(self._of(part, stretch)).max(initial=0.0) for part in (first, last - 1)]
        return float(max(self._sizes[first + 1 : last - 1].max(initial=0.0), *ends))

    def _parts(self, stretch: range) -> tuple[int, int]:
        if not stretch:
            return 0, 0
        return self.part_of(stretch.start), self.part_of(stretch.stop - 1) + 1

    def _of(self, part: int, stretch: range) -> np.ndarray:
        start, stop = self._bounds[part], self._bounds[part + 1]
        return self.values[max(start, stretch.start) : min(stop, stretch.stop)]


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
        equal = np.flatnonzero(y == extreme[part])
        _, first = np.unique(part[equal], return_index=True)
        kept[equal[first]] = True
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
    kept = np.arange(len(y))
    if length > 2 and count and np.isfinite(whole).all():
        both = np.stack([whole.argmin(axis=1), whole.argmax(axis=1)], axis=1)
        extremes = np.unique(both + start + length * np.arange(count)[:, None])
        kept = np.concatenate([kept[:start], extremes, kept[start + count * length :]])
    return (first + kept).astype(float), y[kept]


def cell_of(share: np.ndarray, cells: int) -> np.ndarray:
    """Which of so many cells is nearest to each share of the side, 0 to 1, as plotext rounds."""
    return _nearest(share, cells).astype(np.int64)


def middle_of_cell(share: np.ndarray, cells: int, dots: int) -> np.ndarray:
    """The share of the side at which the middle one of so many dots in the nearest cell is."""
    return (_nearest(share, cells) * dots + dots // 2) / (cells * dots - 1)


def _nearest(share: np.ndarray, cells: int) -> np.ndarray:
    return np.clip(np.floor(np.round(0.5 + (cells - 1) * share, 8)), 0, cells - 1)


def cells_crossed(x: np.ndarray, y: np.ndarray, columns: int, rows: int) -> CellCharacters:
    """A dense curve in the unit square as the braille characters of the cells that it crosses.

    `x` is finite and increases; NaN in `y` breaks the curve. In each column of dots it covers those from its
    lowest to its highest, of however many points: no spike is lost.
    """
    low, high = _dot_columns(x, y, 2 * columns, 4 * rows)
    height = np.arange(4 * rows)[:, None]
    dots = (low <= height) & (height <= high)
    bits = (dots.reshape(rows, 4, columns, 2) * _BRAILLE_BITS).sum(axis=(1, 3))
    row, column = np.nonzero(bits)
    return column, row, [chr(0x2800 + bit) for bit in bits[row, column].tolist()]


def _dot_columns(
    x: np.ndarray, y: np.ndarray, columns: int, rows: int
) -> tuple[np.ndarray, np.ndarray]:
    """A curve's lowest and highest dot in each column of dots; where it is not, none is as low."""

    def line_at(column: np.ndarray) -> np.ndarray:
        return np.asarray(np.interp(column / (columns - 1), x, y, left=np.nan, right=np.nan))

    low, high = np.full(columns, rows), np.full(columns, -1)
    middles, edges = line_at(np.arange(columns)), line_at(np.arange(columns - 1) + 0.5)
    at = np.concatenate([cell_of(x, columns), np.arange(columns)])
    heights = np.concatenate([y, middles])
    finite = np.isfinite(heights)
    np.minimum.at(low, at[finite], cell_of(heights[finite], rows))
    np.maximum.at(high, at[finite], cell_of(heights[finite], rows))
    # Neighbours that do not touch meet where the line goes from the one to the other.
    apart = np.isfinite(edges) & ((high[:-1] + 1 < low[1:]) | (low[:-1] > high[1:] + 1))
    met = cell_of(np.where(apart, edges, 0), rows)
    for side in (slice(None, -1), slice(1, None)):
        np.minimum(low[side], met, out=low[side], where=apart)
        np.maximum(high[side], met, out=high[side], where=apart)
    return low, high


def one_per_cell(x: np.ndarray, y: np.ndarray, columns: int, rows: int) -> Run:
    """One of the points in the unit square for each cell that has any: the rest would be hidden."""
    cell = cell_of(y, rows) * columns + cell_of(x, columns)
    _, first = np.unique(cell, return_index=True)
    return x[first], y[first]
