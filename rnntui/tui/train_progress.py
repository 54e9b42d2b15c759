"""The progress of `rnntui train` for people: a bar with rate, time left, loss and metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from rnntui.session.recording import Recorded
from rnntui.text.numbers import format_number
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import fitting_start
from rnntui.tui.messages import progress_console


def _whole() -> Column:
    """A column that is never cut: half a number is another number."""
    return Column(no_wrap=True, overflow="ignore")


_TITLE = 24  # cells at most; the figures are what one looks at
_LEAST = 8  # cells of it that are worth showing
_BAR = 12
_FIGURES = 36  # cells of rate, time and loss
_METRIC = 9  # cells of a metric beside its name


def show_progress(
    steps: Iterable[Recorded], start: int, total: int, title: str, metrics: Sequence[str] = ()
) -> Recorded | None:
    """Draw the bar while the steps are taken; the last one. Ctrl-C ends it in good order.

    metrics: names of those to come, for which room is left: first the bar gives way, then the title.
    """
    console = progress_console()
    figures = 2 * len(str(total)) + 1 + _FIGURES + sum(len(key) + _METRIC for key in metrics)
    room = console.width - figures
    has_bar = room >= _BAR + 1 + _LEAST
    name = fitting_start(printable(title), min(room - (_BAR + 1 if has_bar else 0), _TITLE))
    last: Recorded | None = None
    recorded: Mapping[str, float] = {}
    with Progress(
        TextColumn("{task.description}", markup=False, table_column=_whole()),
        *([BarColumn(bar_width=_BAR)] if has_bar else []),
        MofNCompleteColumn(table_column=_whole()),
        TextColumn("{task.fields[rate]}", markup=False, table_column=_whole()),
        TimeRemainingColumn(compact=True, table_column=_whole()),
        TextColumn("{task.fields[values]}", markup=False, table_column=_whole()),
        console=console,
        refresh_per_second=10,
    ) as bar:
        # the first steps of a compiled run wait for the compiler
        task = bar.add_task(
            name if len(name) >= _LEAST else "", total=total, values="", rate="starting…"
        )
        for step in steps:
            last = step
            recorded = step.metrics or recorded
            speed = bar.tasks[task].speed
            bar.update(
                task,
                completed=step.iteration + 1 - start,
                values=_values(step.loss, recorded),
                rate=f"{speed:,.0f}/s" if speed else "",
            )
    return last


def print_outcome(
    loss: float | None, metrics: Mapping[str, float], iteration: int, note: str
) -> None:
    """One line for how it ended."""
    console = Console()
    values = _values(loss, metrics)
    text = Text(f"after {iteration:,} iterations{': ' if values else ''}{values}")
    console.print(text)
    if note:
        console.print(Text(printable(note), style="italic"))


def _values(loss: float | None, metrics: Mapping[str, float]) -> str:
    parts = [] if loss is None else [f"loss {format_number(loss, 4)}"]
    parts += [f"{printable(key)} {format_number(value, 4)}" for key, value in metrics.items()]
    return "  ".join(parts)
