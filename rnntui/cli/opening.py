"""`rnntui [FILE]`: the stepper, or the gallery."""

from __future__ import annotations

import contextlib
import os
import sys

import click

from rnntui.cli.group import main, refusing
from rnntui.cli.reading import Reading, reads_sequences
from rnntui.text.problems import InputError, Problem


@main.command("open", hidden=True)
@click.argument("file", required=False)
@reads_sequences
@refusing
def open_(read: Reading) -> None:
    """Open a sequence file in the stepper, or the gallery without one.

    \b
    rnntui lstm-ab
    rnntui data.csv --model lstm --hidden 4 --target next
    """
    choose = read.with_model if read.lacks_model else None
    file = None if choose else read()
    _keyboard()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            Problem("this is not a terminal", None, "`rnntui check` and `rnntui trace` need none")
        )
    from rnntui.tui.app import RnnTui  # the terminal is imported only where it is used

    app = RnnTui(file, choose)
    app.run()
    sys.exit(app.return_code or 0)


def _keyboard() -> None:
    """Where the sequences came through standard input, the keys come from the terminal itself."""
    if sys.stdin.isatty() or not sys.stdout.isatty():
        return
    with contextlib.suppress(OSError):  # no terminal at all; what follows says so
        os.dup2(os.open("/dev/tty", os.O_RDWR), sys.stdin.fileno())
