"""Numbers as text of one width: aligned, and never cut in the middle."""

from __future__ import annotations

import math

import numpy as np

from rnntui.text.numbers import format_number


def column_texts(values: np.ndarray, digits: int = 2, width: int | None = None) -> list[str]:
    """`values`, in C order, as strings of `width` cells (as wide as needed if not given).

    One cell is kept for the sign, so a column keeps its width when a value turns negative. A value
    that does not fit loses decimals, then becomes scientific; one that still does not fit is shown
    as `…`: a cut number would be read as another number.
    """
    values = np.asarray(values, dtype=float)
    if width is None:
        width = column_width(values, digits)
    return [fitted_number(value, digits, width) for value in values.ravel().tolist()]


def column_width(values: np.ndarray, digits: int = 2) -> int:
    """The cells that the widest of `values` needs with its sign, without formatting them all."""
    values = np.asarray(values, dtype=float)
    size = np.abs(values[np.isfinite(values)])
    # Within a notation the extremes are the widest: the largest has most digits before the point,
    # the smallest the longest exponent.
    scientific = (size != 0) & ((size < 0.5 * 10.0**-digits) | (size >= 1e5))
    widest = 3 if size.size < values.size else 0  # nan, inf
    for part in (size[scientific], size[~scientific]):
        if part.size:
            ends = (float(part.min()), float(part.max()))
            widest = max(widest, *(len(format_number(end, digits)) for end in ends))
    return widest + 1


def fitted_number(value: float, digits: int, width: int) -> str:
    """`value` at the right of `width` cells, with as many of `digits` decimals as fit."""
    for decimals in range(digits, -1, -1):
        text = format_number(value, decimals)
        if len(text) <= width and not _hides(value, text):
            return text.rjust(width)
    if math.isfinite(value):
        mantissa, exponent = f"{value:.0e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
        if len(text) <= width:
            return text.rjust(width)
    return "…".rjust(width) if width > 0 else ""


def _hides(value: float, text: str) -> bool:
    """Whether `text` shows nothing where there is something: 0.5 without decimals is `0`."""
    return value != 0 and math.isfinite(value) and float(text) == 0
