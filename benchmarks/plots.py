"""How long a plot takes, built whole: curves and scatters in panels of three sizes.

    python benchmarks/plots.py

The pictures take turns; what is measured is the processor's time, so that what else the machine does
counts less. Milliseconds, medians of 60, on two shared and busy cores, CPython 3.11.7, plotext 5.3.2
(a dense curve has 4,000 points; the lines of a trajectory go anywhere):

| ms                                | 38 × 14 | 64 × 22 | 118 × 36 |
| --------------------------------- | ------: | ------: | -------: |
| curve of 12 points                |    1.26 |    1.54 |     2.79 |
| curve, as many points as cells    |    1.02 |    1.58 |     3.39 |
| dense curve, noise .05            |    1.02 |    1.51 |     3.00 |
| dense curve, noise .5             |    1.19 |    2.27 |     5.69 |
| scatter, 500 points in 7 groups   |    1.97 |    2.56 |     3.72 |
| trajectory, 20 points with labels |    2.89 |    4.05 |     7.49 |
| trajectory, 60 points with labels |    3.24 |    5.66 |     10.9 |
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from machine import description, on_one_core
from table import markdown, number

from rnntui.tui.drawing.palette import palette_for
from rnntui.tui.drawing.plots import Series, line_plot, scatter_plot

SIZES = ((38, 14), (64, 22), (118, 36))
_SYMBOLS = "BTSXPVE"


def pictures(width: int, height: int) -> dict[str, Callable[[], object]]:
    """What draws each, by its name."""
    palette = palette_for(True)
    generator = np.random.default_rng(0)

    def curve(points: int, noise: float) -> Callable[[], object]:
        along = np.linspace(0, 1, points)
        y = np.exp(-3 * along) + 0.3 + noise * generator.random(points)
        return partial(
            line_plot, [Series("loss", y)], width, height, palette,
            marker_x=points // 2, title="loss", x_label="iteration",
        )  # fmt: skip

    def scatter(points: int, written: bool) -> Callable[[], object]:
        groups = generator.integers(0, len(_SYMBOLS), points)
        steps = [_SYMBOLS[group] for group in groups] if written else []
        return partial(
            scatter_plot, generator.normal(size=(points, 2)), width, height, palette,
            groups=groups.tolist(), names=list(_SYMBOLS), trajectory=written, current=points - 1,
            labels=list(map(str, range(points))) if written else [], steps=steps,
        )  # fmt: skip

    return {
        "curve of 12 points": curve(12, 0.3),
        "curve, as many points as cells": curve(width - 8, 0.3),
        "dense curve, noise .05": curve(4000, 0.05),
        "dense curve, noise .5": curve(4000, 0.5),
        "scatter, 500 points in 7 groups": scatter(500, written=False),
        "trajectory, 20 points with labels": scatter(20, written=True),
        "trajectory, 60 points with labels": scatter(60, written=True),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    on_one_core()
    print(description(), end="\n\n")
    columns = [pictures(*size) for size in SIZES]
    taken: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds + 1):
        for column, drawn in enumerate(columns):
            for name, draw in drawn.items():
                start = time.process_time()
                draw()
                taken.setdefault((name, column), []).append(1e3 * (time.process_time() - start))
    rows = [
        # the first of each loads plotext or fills caches
        [name, *(number(statistics.median(taken[name, k][1:])) for k in range(len(SIZES)))]
        for name in columns[0]
    ]
    print(markdown(["ms", *(f"{width} × {height}" for width, height in SIZES)], rows))


if __name__ == "__main__":
    main()
