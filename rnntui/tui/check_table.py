"""The outcome of `rnntui check` for people: a table for each file, and one line that sums it up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rnntui.notation.formula import format_value
from rnntui.report.checks import CheckGroup, CheckReport
from rnntui.session.views.answers import decimals
from rnntui.text.problems import printable
from rnntui.tui.drawing.marks import MARKS


def print_checks(reports: Sequence[CheckReport]) -> None:
    """Print every expectation of every file."""
    console = Console()
    for report in reports:
        console.print(_heading(report))
        for note, groups in groupby(report.groups(), _note):
            if note:
                console.print(Padding(Text(printable(note), style="italic"), (1, 0, 0, 2)))
            console.print(_table(list(groups)))
    console.print(_summary(reports))


def _note(group: CheckGroup) -> str:
    return group.telling.expectation.note


def _heading(report: CheckReport) -> Text:
    mark, style = ("✓", "bold green") if report.fine else ("✗", "bold red")
    return Text.assemble(
        (mark, style), " ", (printable(report.file), "bold"), "  ", printable(report.title)
    )


def _table(groups: Sequence[CheckGroup]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("where", no_wrap=True, min_width=18)
    table.add_column("what", no_wrap=True, min_width=6)
    table.add_column("computed", overflow="fold", min_width=12)
    table.add_column("error", justify="right", no_wrap=True)
    table.add_column("allowed", justify="right", no_wrap=True)
    for group in groups:
        table.add_row(*_row(group))
    return table


def _row(group: CheckGroup) -> list[Text]:
    mark, style, words = MARKS[group.status]
    check = group.telling
    allowed = float(np.max(check.value.tolerance))
    digits = min(decimals(allowed), 4) if group.status == "right" else decimals(allowed)
    computed = "—" if check.computed is None else format_value(check.computed, digits)
    count = len(group.checks)
    if count > 1 and group.status in ("right", "mistake"):
        computed = f"{count} values"
    elif group.status != "right":
        computed = f"{computed}, expected {format_value(check.value.expected, digits)}"
        if count > 1:
            computed = f"t {check.value.t}: {computed}"
    computed = f"{computed} — {words}" if words else computed
    error = f"{check.error:.1e}" if math.isfinite(check.error) else "—"
    cells = [group.where, printable(group.what), computed, error]
    cells.append(f"{allowed:.1e}")
    return [Text(mark, style=style), *map(Text, cells)]


def _summary(reports: Sequence[CheckReport]) -> Text:
    checks = [check for report in reports for check in report.checks]
    right = sum(check.status == "right" for check in checks)
    mistakes = sum(check.status == "mistake" for check in checks)
    other = len(checks) - right - mistakes
    parts = [f"{len(reports)} file{'s' if len(reports) != 1 else ''}", f"{right} right"]
    if mistakes:
        parts.append(f"{mistakes} wrong as announced")
    if other:
        parts.append(f"{other} not as they should be")
    if not checks:
        parts = [parts[0], "no worked answers"]
    return Text(" · ".join(parts), style="bold red" if other else "bold green")
