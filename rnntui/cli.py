"""The command line: `rnntui [FILE]` opens the stepper; `check` and `trace` print.

Bad input is one clear message on standard error and exit status 2, never a traceback.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import click

from rnntui import __version__
from rnntui.data.sequence_file import SequenceFile, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.text.problems import InputError, Problem

BAD_INPUT = 2


class OpensByDefault(click.Group):
    """A group whose first argument is a file to open unless it names a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `open` before arguments that start with no command and no option."""
        if not args or (args[0] not in self.commands and not args[0].startswith("-")):
            args = ["open", *args]
        return super().parse_args(ctx, args)


def _refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn bad input into its message and exit status 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except InputError as error:
            for problem in error.problems:
                click.echo(f"rnntui: {problem}", err=True)
            sys.exit(BAD_INPUT)
        except BrokenPipeError:  # the reader of our output has gone; nothing is left to say
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)

    return run


@click.group(cls=OpensByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rnntui")
def main() -> None:
    """Step through recurrent computations, forward and back.

    \b
    rnntui                    the gallery of examples
    rnntui FILE               open a sequence file (or a shipped one by name: rnntui lstm-ab)
    rnntui check FILE…        hold files against their worked answers
    rnntui trace FILE         print one iteration, every value and gradient, as JSON
    """


@main.command("open", hidden=True)
@click.argument("file", required=False)
@_refusing
def open_(file: str | None) -> None:
    """Open a sequence file in the stepper, or the gallery without one."""
    sequence_file = None
    if file is not None:
        path = find_file(file)
        sequence_file = read_sequence_file(path)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            Problem("this is not a terminal", None, "`rnntui check` and `rnntui trace` need none")
        )
    from rnntui.tui.app import RnnTui  # the terminal is imported only where it is used

    app = RnnTui(sequence_file)
    app.run()
    sys.exit(app.return_code or 0)


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER…")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, for programs.")
@_refusing
def check(paths: tuple[str, ...], as_json: bool) -> None:
    """Hold sequence files against the worked answers in them.

    Exit status 0 when every answer is right (or wrong as announced), 1 when some are not, 2 when
    a file cannot be read.

    \b
    rnntui check lstm-ab
    rnntui check sequences/ --json
    """
    from rnntui.report.checks import CheckReport, checks_json
    from rnntui.session.checks import check_file

    reports: list[CheckReport] = []
    problems: list[Problem] = []
    for path in _files(paths, problems):
        try:
            file = read_sequence_file(path)
        except InputError as error:
            problems.extend(error.problems)
            continue
        reports.append(CheckReport(str(path), file.title, tuple(check_file(file))))
    if as_json:
        _print_json(checks_json(reports), indent=1)
    else:
        from rnntui.tui.check_table import print_checks

        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # not every encoding has a ✓
        print_checks(reports)
    if problems:
        raise InputError(problems)
    sys.exit(0 if all(report.fine for report in reports) else 1)


@main.command()
@click.argument("file")
@click.option(
    "--iteration",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Print the iteration after this many updates.",
)
@click.option(
    "--sequence",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="Which sequence of the iteration's batch.",
)
@_refusing
def trace(file: str, iteration: int, sequence: int) -> None:
    """Print one iteration as one JSON object: every value and gradient, with all digits.

    \b
    rnntui trace lstm-ab | jq '.steps[1].values.c'
    rnntui trace carousel --iteration 250 | jq .parameters
    """
    from rnntui.report.trace_json import trace_object
    from rnntui.session.checks import start_training

    sequence_file: SequenceFile = read_sequence_file(find_file(file))
    trainer, state = start_training(sequence_file)
    current = trainer.iterate(state)
    while current.before.iteration < iteration:
        if current.after is None:
            reason = str(current.fault) if current.fault else "there are no targets to train on"
            reached = current.before.iteration
            raise InputError(Problem(f"training stops at iteration {reached}: {reason}"))
        current = trainer.iterate(current.after)
    if sequence > len(current.traces):
        raise InputError(Problem(f"the batch has {len(current.traces)} sequence(s)"))
    _print_json(trace_object(sequence_file, current, sequence - 1))


def _print_json(found: Any, indent: int | None = None) -> None:
    """Print JSON, which is UTF-8 whatever the terminal's encoding is."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=indent).encode("utf-8"))


def _files(names: tuple[str, ...], problems: list[Problem]) -> Iterator[Path]:
    """The files named, and the sequence files in the folders named; where there are none is noted."""
    for name in names:
        try:
            path = find_file(name)
        except InputError as error:
            problems.extend(error.problems)
            continue
        found = sorted(path.glob("**/*.toml")) if path.is_dir() else [path]
        if not found:
            problems.append(Problem(f"there is no sequence file in `{name}`"))
        yield from found


if __name__ == "__main__":
    main()
