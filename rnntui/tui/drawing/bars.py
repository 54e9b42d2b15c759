"""Values as bars and as one-line histories; the sign can be read without colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rich.style import Style

from rnntui.tui.drawing.decimation import Furthest
from rnntui.tui.drawing.line import DIM, PLAIN, Line, on
from rnntui.tui.drawing.palette import Palette, palette_for

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇"  # never the full block: a gap stays, above for positive, below for negative
_PAST_LOW, _PAST_HIGH = "◄", "►"


def bar(value: float, low: float, high: float, width: int, palette: Palette) -> Line:
    """`value` in `low` … `high` as a horizontal bar of `width` cells.

    Where the range has negative values the bar starts at an axis at zero: to the right, solid, for
    a positive value; to the left, shaded, for a negative one. A value outside the range fills its
    side and ends in an arrow; one that is not finite is written.
    """
    if width <= 0:
        return Line()
    if not math.isfinite(value):
        word = not_finite_word(value, width)
        return Line(word, palette.not_finite).add(" " * (width - len(word)), palette.track)
    positive = on(palette.positive, palette.track)
    if low >= 0:
        return Line(_solid((value - low) / (high - low), width), positive)
    axis = round((width - 1) * min(-low / (high - low), 1))
    above = value / high if high > 0 else 0.0
    line = Line(_shaded(value / low, axis), on(palette.negative, palette.track))
    line.add("│", on(palette.current, palette.track))
    return line.add(_solid(above, width - 1 - axis), positive)


def _solid(share: float, width: int) -> str:
    """From the left, in eighths of a cell."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    cells = ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)
    if share > 1 and width:
        cells = cells[:-1] + _PAST_HIGH
    return cells


def _shaded(share: float, width: int) -> str:
    """From the right, in halves of a cell: the lighter shade is a half."""
    halves = round(min(max(share, 0.0), 1.0) * width * 2)
    full, rest = divmod(halves, 2)
    cells = (("░" if rest else "") + "▒" * full).rjust(width)
    if share > 1 and width:
        cells = _PAST_LOW + cells[1:]
    return cells


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
    levels: np.ndarray = np.copysign(height, values).astype(int)
    return levels


def block(level: int, palette: Palette) -> tuple[str, Style]:
    """One cell for a level: a block on the floor, or below zero one that hangs from the ceiling.

    Terminals' fonts have no blocks that hang, so a negative one is the complement in reverse video.
    """
    if level == 0:
        return "·", DIM
    if level > 0:
        return _LEVELS[level], palette.positive
    return _LEVELS[8 + level], palette.negative + Style(reverse=True)


def heat_strip(
    values: Sequence[float] | np.ndarray,
    width: int,
    palette: Palette,
    *,
    current: int | None = None,
    cell_width: int = 1,
) -> Line:
    """A history on one line: a block per timestep, at most `width` cells in all.

    Blocks are relative to the largest finite size and `cell_width` cells wide. When there are more
    timesteps than room, a block shows the value furthest from zero of those that share it. The
    timestep with index `current` stands in brackets, which keep their two cells wherever it is, so
    that nothing else moves.
    """
    values = np.asarray(values, dtype=float)
    room = strip_room(width, cell_width, current)
    if not values.size or not room:
        return Line()
    furthest, whole = Furthest(values, room), range(len(values))
    return strip_of(
        furthest,
        whole,
        palette,
        scale=furthest.largest(whole),
        current=current,
        cell_width=cell_width,
    )


def strip_room(width: int, cell_width: int, current: int | None) -> int:
    """How many blocks there is room for."""
    return max((width - (2 if current is not None else 0)) // max(cell_width, 1), 0)


def strip_of(
    history: Furthest,
    stretch: range,
    palette: Palette,
    *,
    scale: float,
    current: int | None = None,
    cell_width: int = 1,
) -> Line:
    """The strip of a stretch of a history, which is cut into as many parts as there is room for.

    Where the rest would be it is blank. Full height is ±`scale`.
    """
    values, seen = history.within(stretch)
    bracketed = -1
    if current is not None and 0 <= current < len(history.values):
        bracketed = history.part_of(current)  # where the value is shown, not the furthest about it
        values[bracketed], seen[bracketed] = history.values[current], current in stretch
    table = _strip_cells(palette.dark, cell_width)
    line = Line()
    text, last = "", PLAIN
    levels = block_levels(values, scale).tolist()
    finite = np.isfinite(values).tolist()
    for number, is_seen in enumerate(seen.tolist()):
        if not is_seen:
            cell, style = " " * cell_width, PLAIN
        elif finite[number]:
            cell, style = table[levels[number] + 7]
        else:
            word = not_finite_word(float(values[number]), cell_width)
            cell, style = word.center(cell_width), palette.not_finite
        if number == bracketed:
            line.add(text, last).add("[", palette.current).add(cell, style)
            line.add("]", palette.current)
            text = ""
            continue
        if style is not last:
            line.add(text, last)
            text, last = "", style
        text += cell
    return line.add(text, last)


@lru_cache(16)
def _strip_cells(dark: bool, width: int) -> list[tuple[str, Style]]:
    """The cells for the levels -7 … 7."""
    blocks = [block(level, palette_for(dark)) for level in range(-7, 8)]
    return [(glyph * width, style) for glyph, style in blocks]
