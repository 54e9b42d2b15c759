"""The command line: one file a command; `rnntui [FILE]` opens the stepper, the others print.

Bad input is one clear message on standard error and exit status 2.
"""

from rnntui.cli import check, explain, generate, opening, trace, train  # noqa: F401  (they register themselves)
from rnntui.cli.group import main

__all__ = ["main"]
