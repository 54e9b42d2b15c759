"""The command line: one file a command; `rnntui [FILE]` opens the stepper, the others print.

Bad input is one clear message on standard error and exit status 2. These files import click and
what imports next to nothing; a command imports what it needs when it runs, so that `rnntui --help`
answers, and the stepper is on screen, before NumPy has been looked for.
"""

from rnntui.cli import check, explain, generate, opening, trace, train  # noqa: F401  (they register themselves)
from rnntui.cli.group import main

__all__ = ["main"]
