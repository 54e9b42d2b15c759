"""How long one update takes: ours, PyTorch, JAX, and the least that this machine could take.

    python benchmarks/training.py                                    # all rows, about five minutes;
                                                # the first time two more, for torch.compile
    python benchmarks/training.py --rows reber lstm-64 --peers "PyTorch eager"
    python benchmarks/training.py --rounds 3 --seconds 0.05          # a quick look

Needs the extra `bench`. One run, one core, one thread, float64; one sequence an update. The
contenders take turns, round after round; a figure is the median over the rounds. Before anything is
timed, each contender's losses of the first twenty updates are held against the stepper's.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import limits
from contenders import (
    COMPILED,
    COMPILED_DRAWN,
    EAGER,
    NUMPY,
    NUMPY_DRAWN,
    OURS,
    PEERS,
    SCAN,
    Entry,
    enter,
)
from machine import description, on_one_core
from speeds import Speeds, measure_speeds
from table import markdown, number, times
from tasks import ROWS, Workload
from timing import Figure, race

_CAPTION = """µs an update, median over {rounds} rounds of {seconds} s each; ± is the larger \
distance of a round from it.
NumPy and compiled include all that a user's training does, drawing a fresh sequence for each update
too; "drawing" is the generator's share of that. The peers are given tensors that were drawn,
converted and, for JAX and torch.compile, padded before: their best case. Losses of the first 20
updates agree to 1e-9 everywhere, or the cell is refused."""

_BUSY = "Processor time, not time on the clock: other programs ran on this core."


@dataclass(frozen=True, eq=False)
class Row:
    """What was found for one workload."""

    workload: Workload
    entry: Entry
    figures: dict[str, Figure]
    limit: limits.Limit

    def median(self, name: str) -> float | None:
        """Of a contender; None if it did not take part."""
        return self.figures[name].median if name in self.figures else None

    def ratio(self, slow: str, quick: str) -> float | None:
        """How many times as long the first takes."""
        a, b = self.median(slow), self.median(quick)
        return None if a is None or b is None else a / b

    def best_peer(self) -> str | None:
        """The quickest of the others."""
        found = [name for name in PEERS if name in self.figures]
        return min(found, key=lambda name: self.figures[name].median) if found else None


@dataclass(frozen=True)
class Goal:
    """How many times as long another should take as we do, and in which rows."""

    title: str
    least: float
    ratio: Callable[[Row], float | None]
    applies: Callable[[Workload], bool]

    def cell(self, row: Row) -> str:
        """The ratio, and whether the goal is met."""
        found = self.ratio(row)
        if found is None:
            return "–"
        if not self.applies(row.workload):
            return times(found)
        return f"{times(found)} {'met' if found >= self.least else 'NOT MET'}"


def _language(workload: Workload) -> bool:
    return workload.language


def _wide(workload: Workload) -> bool:
    return workload.name.startswith("lstm-")


def _over_best_peer(row: Row) -> float | None:
    best = row.best_peer()
    return row.ratio(best, COMPILED) if best else None


GOALS = (
    Goal("eager ÷ NumPy, ≥3", 3, lambda row: row.ratio(EAGER, NUMPY), _language),
    Goal("eager ÷ compiled, ≥80", 80, lambda row: row.ratio(EAGER, COMPILED), _language),
    Goal("lax.scan ÷ compiled, ≥2", 2, lambda row: row.ratio(SCAN, COMPILED), _language),
    Goal("best peer ÷ compiled, ≥1 if wide", 1, _over_best_peer, _wide),
)


def times_table(rows: Sequence[Row], peers: Sequence[str]) -> str:
    """Microseconds an update."""
    head = ["row", "timesteps", "NumPy", "drawing", "compiled", "drawing", *peers]
    lines = []
    for row in rows:
        ours = []
        for name, before in ((NUMPY, NUMPY_DRAWN), (COMPILED, COMPILED_DRAWN)):
            whole, without = row.median(name), row.median(before)
            share = (
                "–" if whole is None or without is None else f"{max(0, 1 - without / whole):.0%}"
            )
            ours += [_cell(row, name), share]
        cells = [_cell(row, name) for name in peers]
        lines.append([row.workload.title, f"{row.workload.mean_length:.1f}", *ours, *cells])
    return markdown(head, lines)


def _cell(row: Row, name: str) -> str:
    figure = row.figures.get(name)
    return "see below" if figure is None else f"{number(figure.median)} ±{figure.spread:.0%}"


def goals_table(rows: Sequence[Row]) -> str:
    """Ratios, and whether they are what they should be."""
    head = ["row", *(goal.title for goal in GOALS), "best peer"]
    lines = [
        [row.workload.title, *(goal.cell(row) for goal in GOALS), row.best_peer() or "–"]
        for row in rows
    ]
    return markdown(head, lines)


def limits_table(rows: Sequence[Row]) -> str:
    """How far the compiled kernel is from what the machine could do."""
    head = ["row", "compiled, drawn before", "limit, one at a time", "measured ÷ it",
            "limit, vectors full", "measured ÷ it", "of it operations", "sequential products",
            "batched products", "update"]  # fmt: skip
    lines = []
    for row in rows:
        found, least = row.median(COMPILED_DRAWN) or row.median(COMPILED), row.limit
        if found is None:
            continue
        parts = (least.operations, least.sequential, least.batched, least.update)
        lines.append([
            row.workload.title,
            number(found),
            number(least.one_at_a_time),
            times(found / least.one_at_a_time),
            number(least.vectors),
            times(found / least.vectors),
            *(f"{part / least.vectors:.0%}" for part in parts),
        ])  # fmt: skip
    return markdown(head, lines)


def remarks(rows: Sequence[Row]) -> str:
    """What is to be said about single cells, and how well all agree."""
    lines = [
        f"- {row.workload.title}: {name}: {remark}"
        for row in rows
        for name, remark in row.entry.remarks.items()
    ]
    worst = {
        name: max((row.entry.differences.get(name, 0.0) for row in rows), default=0.0)
        for name in (*OURS, *PEERS)
        if any(name in row.entry.differences for row in rows)
    }
    agreement = ", ".join(f"{name} {difference:.1e}" for name, difference in worst.items())
    lines.append(f"- Largest difference of the losses of the first 20 updates: {agreement}")
    return "\n".join(lines)


def measured(workload: Workload, options: argparse.Namespace, speeds: Speeds) -> Row:
    """One row."""
    _say(f"{workload.title}: making and verifying")
    clock = time.process_time if options.busy else time.perf_counter
    entry = enter(workload, tuple(options.peers), options.compile_limit, clock)
    _say(f"{workload.title}: timing {len(entry.contenders)} contenders")
    figures = race(entry.contenders, options.rounds, options.seconds, clock)
    return Row(workload, entry, figures, limits.limit(limits.work_of(workload), speeds))


def _say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure what is asked for and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW",
                        help=f"of {', '.join(ROWS)}; all")  # fmt: skip
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), metavar="PEER",
                        help=f"of {', '.join(PEERS)}; all")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=7, help="turns of each contender (7)")
    parser.add_argument("--seconds", type=float, default=0.15, help="length of a turn (0.15)")
    parser.add_argument("--compile-limit", type=float, default=60,
                        help="seconds that torch.compile may take for a row (60)")  # fmt: skip
    parser.add_argument("--core", type=int, help="which one to run on (the last)")
    parser.add_argument("--busy", action="store_true",
                        help="count processor time, where other programs run as well")  # fmt: skip
    options = parser.parse_args()
    on_one_core(options.core)
    print(description(), end="\n\n")
    speeds = measure_speeds()
    rows = [measured(ROWS[name](), options, speeds) for name in options.rows]
    print(_CAPTION.format(rounds=options.rounds, seconds=options.seconds))
    print(_BUSY if options.busy else "", end="\n\n")
    print(times_table(rows, options.peers), end="\n\n")
    print(goals_table(rows), end="\n\n")
    print(limits_table(rows), end="\n\n")
    print(f"{speeds}\n\n{remarks(rows)}")


if __name__ == "__main__":
    main()
