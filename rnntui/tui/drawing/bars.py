"""Values as bars and as one-line histories; the sign can be read without colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.style import Style
from rich.text import Text

from rnntui.tui.drawing.palette import Palette

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇"  # never the full block: a gap stays, above for positive, below for negative
_PAST_LOW, _PAST_HIGH = "◄", "►"


def bar(value: float, low: float, high: float, width: int, palette: Palette) -> Text:
    """`value` in `low` … `high` as a horizontal bar of `width` cells.

    Where the range has negative values the bar starts at an axis at zero: to the right, solid, for
    a positive value; to the left, shaded, for a negative one. A value outside the range fills its
    side and ends in an arrow; one that is not finite is written.
    """
    if width <= 0:
        return Text()
    if not math.isfinite(value):
        word = not_finite_word(value, width)
        return Text.assemble((word, palette.not_finite), (" " * (width - len(word)), palette.track))
    if low >= 0:
        return _solid((value - low) / (high - low), width, palette.positive + palette.track)
    axis = round((width - 1) * min(-low / (high - low), 1))
    left = _shaded(value / low, axis, palette.negative + palette.track)
    above = value / high if high > 0 else 0.0
    right = _solid(above, width - 1 - axis, palette.positive + palette.track)
    return Text.assemble(left, ("│", palette.current + palette.track), right)


def _solid(share: float, width: int, style: Style) -> Text:
    """From the left, in eighths of a cell."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    cells = ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)
    if share > 1 and width:
        cells = cells[:-1] + _PAST_HIGH
    return Text(cells, style=style)


def _shaded(share: float, width: int, style: Style) -> Text:
    """From the right, in halves of a cell: the lighter shade is a half."""
    halves = round(min(max(share, 0.0), 1.0) * width * 2)
    full, rest = divmod(halves, 2)
    cells = (("░" if rest else "") + "▒" * full).rjust(width)
    if share > 1 and width:
        cells = _PAST_LOW + cells[1:]
    return Text(cells, style=style)


def not_finite_word(value: float, width: int) -> str:
    """NaN or an infinity in at most `width` cells: the word if there is room, else one sign."""
    word = "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    short = {"nan": "?", "inf": "∞", "-inf": "-∞"}[word]
    return word if len(word) <= width else short if len(short) <= width else short[-1:][:width]


def block_levels(values: np.ndarray, scale: float) -> np.ndarray:
    """The heights -7 … 7 of the blocks for `values`, where ±`scale` is full height.

    Only zero has no height (and what is not finite, which is not for a block to show).
    """
    size = np.where(np.isfinite(values), np.abs(values), 0.0)
    share = np.minimum(size, scale) / (scale if scale > 0 else 1.0)
    height = np.maximum(np.ceil(share * 7 - 1e-9), size > 0)
    return np.copysign(height, values).astype(int)


def block(level: int, palette: Palette) -> tuple[str, Style]:
    """One cell for a level: a block on the floor, or below zero one that hangs from the ceiling.

    Terminals' fonts have no blocks that hang, so a negative one is the complement in reverse video.
    """
    if level == 0:
        return "·", Style(dim=True)
    if level > 0:
        return _LEVELS[level], palette.positive
    return _LEVELS[8 + level], palette.negative + Style(reverse=True)


def heat_strip(
    values: Sequence[float] | np.ndarray,
    width: int,
    palette: Palette,
    *,
    scale: float | None = None,
    current: int | None = None,
    cell_width: int = 1,
    known: np.ndarray | None = None,
) -> Text:
    """A history on one line: a block per timestep, at most `width` cells in all.

    Blocks are relative to `scale` (the largest finite size, if not given) and `cell_width` cells
    wide. When there are more timesteps than room, a block shows the value furthest from zero of
    those that share it; where `known` is false nothing is drawn. The timestep with index `current`
    stands in brackets, which keep their two cells wherever it is, so that nothing else moves.
    """
    values = np.asarray(values, dtype=float)
    room = max((width - (2 if current is not None else 0)) // max(cell_width, 1), 0)
    if not values.size or not room:
        return Text()
    if scale is None:
        scale = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    seen = np.ones(values.shape, bool) if known is None else known
    blank = Text(" " * cell_width)
    bounds = np.linspace(0, values.size, min(values.size, room) + 1).astype(int)
    strip = Text()
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if current is not None and start <= current < stop:
            cell = blank
            if seen[current]:
                cell = _strip_cell(float(values[current]), scale, cell_width, palette)
            strip.append("[", palette.current).append_text(cell).append("]", palette.current)
        elif seen[start:stop].any():
            furthest = _furthest(values[start:stop][seen[start:stop]])
            strip.append_text(_strip_cell(furthest, scale, cell_width, palette))
        else:
            strip.append_text(blank)
    return strip


def _strip_cell(value: float, scale: float, width: int, palette: Palette) -> Text:
    if not math.isfinite(value):
        return Text(not_finite_word(value, width).center(width), style=palette.not_finite)
    glyph, style = block(int(block_levels(np.array(value), scale)), palette)
    return Text(glyph * width, style=style)


def _furthest(values: np.ndarray) -> float:
    """The value furthest from zero; one that is not finite comes first, for it must be seen."""
    size = np.where(np.isnan(values), np.inf, np.abs(values))
    return float(values[size.argmax()])
