"""The progress of reading a large file, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from rnntui.text.problems import printable
from rnntui.tui.messages import progress_console


@contextmanager
def reading(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar, and the function to tell it the bytes read and the bytes in all."""
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=progress_console(),
        transient=True,
    ) as bar:
        task = bar.add_task(f"reading {printable(name)}", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
