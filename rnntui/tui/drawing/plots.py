"""Curves over time and scatters in the plane, as lines of cells.

Whatever the data (empty, constant, with NaN, of any length) and however small the room, there is
a picture or a word why not; it never raises, and never exceeds `width` × `height` cells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from rich.color import Color
from rich.style import Style

from rnntui.tui.drawing.axis import axis_for
from rnntui.tui.drawing.canvas import Canvas, Layer
from rnntui.tui.drawing.decimation import cells_crossed, middle_of_cell, one_per_cell
from rnntui.tui.drawing.line import BOLD, DIM, ITALIC, Line, joined
from rnntui.tui.drawing.palette import RGB, Palette
from rnntui.tui.drawing.plot_labels import plot_labels

GLYPHS = "●▲■◆▼○□◇"
"""A glyph for each of a palette's series, so that colour is not alone."""
CURRENT = "◉"
"""Marks the current point."""

_SMALLEST = (12, 4)  # below this, axes leave no room for data
_TRAJECTORY = 10
"""How often the latest steps may go across the plot; more is a tangle, and slow to draw."""


@dataclass(frozen=True)
class Series:
    """A named curve: `y` over `x` in increasing order, or over 0, 1, 2, … without it."""

    name: str
    y: np.ndarray | Sequence[float]
    x: np.ndarray | Sequence[float] | None = None


def line_plot(
    series: Sequence[Series],
    width: int,
    height: int,
    palette: Palette,
    *,
    log: bool = False,
    marker_x: float | None = None,
    marker_y: float | None = None,
    title: str = "",
    x_label: str = "",
) -> list[Line]:
    """`series` as curves, with a vertical line at `marker_x` and a point there at `marker_y`, or
    else on each curve.

    With `log` the vertical axis is logarithmic, if all finite values are positive.
    """
    data = [_coordinates(one) for one in series]
    all_x, all_y = (np.concatenate([np.empty(0), *(pair[k] for pair in data)]) for k in (0, 1))
    finite = np.isfinite(all_x) & np.isfinite(all_y)
    missing = int(finite.size - finite.sum())
    if missing:
        all_x, all_y = all_x[finite], all_y[finite]
    notes = _missing_note(missing)
    message = _nothing_to_draw(all_y.size, missing, width, height)
    if message:
        return _message(f"{title}: {message}" if title else message, width, height)
    if log and all_y.min() <= 0:
        log = False
        notes.append("not all positive: linear axis")
    elif log:
        notes.append("log axis")
    x_axis = axis_for(all_x, whole=bool(np.all(all_x == np.round(all_x))))
    canvas = Canvas(width, height - 1, x_axis, axis_for(all_y, log=log), x_label)
    curves: list[Layer] = []
    glyphs: list[Layer] = []
    current: list[Layer] = []
    for number, (x, y) in enumerate(data):
        colour = palette.series[number % len(palette.series)]
        shares = canvas.x_axis.share(x), canvas.y_axis.share(y)
        curves.append(_curve(*shares, canvas, colour))
        if len(series) > 1:
            glyphs.append(_glyphs(*shares, number, len(series), colour))
        if marker_x is not None:
            here = y[x == marker_x][:1] if marker_y is None else np.array([marker_y])
            now = np.full(here.shape, x_axis.share(marker_x)), canvas.y_axis.share(here)
            current.append(Layer(*now, palette.cursor, CURRENT))
    names = [one.name for one in series] if len(series) > 1 else []
    heading = _heading(title, names, notes, width, palette)
    layers = [*curves, *glyphs, *current]
    marker = None if marker_x is None else float(x_axis.share(marker_x))
    return [heading, *canvas.draw(layers, palette, marker_x=marker)]


def scatter_plot(
    points: np.ndarray,
    width: int,
    height: int,
    palette: Palette,
    *,
    groups: Sequence[int] | None = None,
    names: Sequence[str] = (),
    trajectory: bool = True,
    breaks: Collection[int] = (),
    current: int | None = None,
    labels: Sequence[str] = (),
    steps: Sequence[str] = (),
    title: str = "",
    x_label: str = "",
) -> list[Line]:
    """`points`, of shape (T, 2), in their order in time.

    `groups` gives each point a group, `names` the groups' names for the legend, `labels` a short
    text for each point, `steps` one for the way to it, which makes an arrow. A `trajectory` joins
    the points up to `current` (all, if it is None), except across `breaks`, the indices at which a
    new sequence begins.
    """
    points = np.asarray(points, dtype=float).reshape(-1, 2)
    group_of = np.zeros(len(points), int) if groups is None else np.asarray(groups, int)
    finite = np.isfinite(points).all(axis=1)
    missing = int(len(points) - finite.sum())
    message = _nothing_to_draw(int(finite.sum()), missing, width, height)
    if message:
        return _message(message, width, height)
    x_axis, y_axis = (axis_for(points[finite, k], margin=0.04) for k in (0, 1))
    canvas = Canvas(width, height - 1, x_axis, y_axis, x_label)
    x, y = x_axis.share(points[:, 0]), y_axis.share(points[:, 1])
    x[~finite] = y[~finite] = np.nan
    layers: list[Layer] = []
    if trajectory:
        layers.append(Layer(*_trajectory(x, y, current, breaks, canvas), palette.faint))
    for group in np.unique(group_of).tolist():
        colour = palette.series[group % len(palette.series)]
        members = finite & (group_of == group)
        shown = one_per_cell(x[members], y[members], canvas.columns, canvas.rows)
        layers.append(Layer(*shown, colour, GLYPHS[group % len(GLYPHS)]))
    if current is not None and 0 <= current < len(points):
        here = slice(current, current + 1)
        layers.append(Layer(x[here], y[here], palette.cursor, CURRENT))
    texts = plot_labels(x, y, current, canvas, palette, labels, steps, breaks)
    heading = _heading(title, names, _missing_note(missing), width, palette)
    return [heading, *canvas.draw(layers, palette, labels=texts)]


def _coordinates(series: Series) -> tuple[np.ndarray, np.ndarray]:
    y = np.asarray(series.y, dtype=float).ravel()
    x = np.arange(len(y), dtype=float) if series.x is None else np.asarray(series.x, float).ravel()
    length = min(len(x), len(y))
    return x[:length], y[:length]


def _missing_note(missing: int) -> list[str]:
    return [f"{missing} value{'s' * (missing != 1)} not finite"] if missing else []


def _nothing_to_draw(finite: int, missing: int, width: int, height: int) -> str:
    if not finite:
        return "no finite values" if missing else "no data yet"
    return "too small" if width < _SMALLEST[0] or height < _SMALLEST[1] else ""


def _message(text: str, width: int, height: int) -> list[Line]:
    """`text` in the middle, as much of it as there is room for."""
    if width <= 0 or height <= 0:
        return []
    shown = text if len(text) <= width else text[: width - 1] + "…"
    above = [Line() for _ in range((height - 1) // 2)]
    return [*above, Line(shown.center(width).rstrip(), DIM)]


def _curve(x: np.ndarray, y: np.ndarray, canvas: Canvas, colour: RGB) -> Layer:
    """Joined by plotext if the points are few; else what they cross, which costs what cells cost."""
    x, y = x[np.isfinite(x)], y[np.isfinite(x)]
    if 2 * len(x) <= canvas.columns:
        return Layer(x, y, colour)
    column, row, characters = cells_crossed(x, y, canvas.columns, canvas.rows)
    return Layer(*canvas.shares(column, row), colour, characters)


def _glyphs(x: np.ndarray, y: np.ndarray, number: int, count: int, colour: RGB) -> Layer:
    """A few of a series' glyphs along its curve, staggered so that they do not hide others."""
    x, y = x[np.isfinite(x + y)], y[np.isfinite(x + y)]
    along = (np.arange(4) + (number + 0.5) / count) / 4
    distances = np.abs(x[None] - along[:, None])
    nearest = np.unique(distances.argmin(axis=1)) if len(x) else np.empty(0, int)
    return Layer(x[nearest], y[nearest], colour, GLYPHS[number % len(GLYPHS)])


def _trajectory(
    x: np.ndarray, y: np.ndarray, current: int | None, breaks: Collection[int], canvas: Canvas
) -> tuple[np.ndarray, np.ndarray]:
    """The latest points up to `current`, NaN at each break; as many as their lines are not too long."""
    stop = len(x) if current is None else min(max(current + 1, 0), len(x))
    x, y = middle_of_cell(x[:stop], canvas.columns, 2), middle_of_cell(y[:stop], canvas.rows, 4)
    cuts = [k for k in breaks if 0 < k < stop]
    if cuts:
        x, y = np.insert(x, cuts, np.nan), np.insert(y, cuts, np.nan)
    across, up = 2 * canvas.columns, 4 * canvas.rows
    dots = np.fmax(1, np.fmax(across * np.abs(np.diff(x)), up * np.abs(np.diff(y))))
    from_here_on = np.cumsum(dots[::-1])[::-1]
    start = np.count_nonzero(from_here_on > _TRAJECTORY * max(across, up))
    return x[start:], y[start:]


def _heading(
    title: str, names: Sequence[str], notes: Sequence[str], width: int, palette: Palette
) -> Line:
    """One line: the title, what the reader has to know, and a legend of glyphs and names."""
    parts = [Line(title, BOLD)] if title else []
    parts += [Line(note, palette.not_finite if "not finite" in note else ITALIC) for note in notes]
    for number, name in enumerate(names):
        colour = Style(color=Color.from_rgb(*palette.series[number % len(palette.series)]))
        parts.append(Line(GLYPHS[number % len(GLYPHS)], colour).add(f" {name}"))
    return joined(parts, "  ").shortened(width)
