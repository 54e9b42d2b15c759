"""`rnntui check`: files against the worked answers in them."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from rnntui.cli.group import main, print_json, refusing
from rnntui.data.shipped import find_file
from rnntui.session.limits import QUICK
from rnntui.text.problems import InputError, Problem


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER…")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, for programs.")
@click.option(
    "--full", is_flag=True, help=f"Also answers after iteration {QUICK:,}, which take their time."
)
@refusing
def check(paths: tuple[str, ...], as_json: bool, full: bool) -> None:
    """Hold sequence files against the worked answers in them.

    Exit status 0 when every answer is right (or wrong as announced), 1 when some are not, 2 when
    a file cannot be read.

    \b
    rnntui check lstm-ab
    rnntui check sequences/ --json
    """
    from rnntui.data.sequence_file import read_sequence_file
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
        checks = tuple(check_file(file, most=None if full else QUICK))
        reports.append(CheckReport(str(path), file.title, checks))
    if as_json:
        print_json(checks_json(reports), indent=1)
    else:
        from rnntui.tui.check_table import print_checks

        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # not every encoding has a ✓
        print_checks(reports)
    if problems:
        raise InputError(problems)
    sys.exit(0 if all(report.fine for report in reports) else 1)


def _files(names: tuple[str, ...], problems: list[Problem]) -> Iterator[Path]:
    """The files named, and the sequence files in the folders named; where there are none is noted."""
    for name in names:
        try:
            path = find_file(name)
        except InputError as error:
            problems.extend(error.problems)
            continue
        files = sorted(path.glob("**/*.toml")) if path.is_dir() else [path]
        if not files:
            problems.append(Problem(f"there is no sequence file in `{name}`"))
        yield from files
