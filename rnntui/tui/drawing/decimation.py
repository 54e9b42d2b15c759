"""Fewer points for the same picture: a curve of any length costs what its cells cost."""

from __future__ import annotations

import numpy as np

Run = tuple[np.ndarray, np.ndarray]


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
