"""`rnntui [FILE]`: the stepper, or the gallery."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import click

from rnntui.cli.group import main, refusing
from rnntui.cli.reading import Reading, reads_sequences
from rnntui.session.limits import MEMORY
from rnntui.text.problems import InputError, Problem


@main.command("open", hidden=True)
@click.argument("file", required=False)
@reads_sequences
@click.option("--memory", type=click.IntRange(1), default=MEMORY, show_default=True, metavar="MB",
              help="How much the history of training may take.")  # fmt: skip
@refusing
def open_(read: Reading, memory: int) -> None:
    """Open a sequence file in the stepper, or the gallery without one.

    \b
    rnntui lstm-ab
    rnntui data.csv --model lstm --hidden 4 --target next
    """
    file = read() if read.file == "-" else None  # before the keyboard takes its place
    _keyboard()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        if file is None:
            read()  # what is wrong with the file is worth more than that there is no terminal
        raise InputError(
            Problem("this is not a terminal", None, "`rnntui check` and `rnntui trace` need none")
        )
    from rnntui.tui.process import tuned

    with tuned():  # the terminal is imported only where it is used, and in there
        from rnntui.tui.app import RnnTui
        from rnntui.tui.pending_file import PendingFile

        if file is None and read.file is not None:
            pending = PendingFile(Path(read.path).stem, read.read, read.lacks_model)
            app = RnnTui(pending, memory)
        else:
            app = RnnTui(file, memory)
        app.run()
    if app.refusal is not None:
        raise app.refusal
    sys.exit(app.return_code or 0)


def _keyboard() -> None:
    """Where the sequences came through standard input, the keys come from the terminal itself."""
    if sys.stdin.isatty() or not sys.stdout.isatty():
        return
    with contextlib.suppress(OSError):  # no terminal at all; what follows says so
        os.dup2(os.open("/dev/tty", os.O_RDWR), sys.stdin.fileno())
