"""The outcome of holding files against their worked answers: grouped for people, whole for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rnntui.session.checks import CheckedValue
from rnntui.session.views.plain import plain


@dataclass(frozen=True)
class CheckReport:
    """One file and its checked values."""

    file: str
    title: str
    checks: tuple[CheckedValue, ...]

    @property
    def fine(self) -> bool:
        """Whether every value is as the file says it is."""
        return all(check.fine for check in self.checks)

    def groups(self) -> Iterator[CheckGroup]:
        """The values of one name in one expectation together, timestep by timestep."""

        def key(check: CheckedValue) -> tuple[int, str, str]:
            return id(check.expectation), check.value.kind, check.value.name

        for _, checks in groupby(self.checks, key):
            yield CheckGroup(tuple(checks))


@dataclass(frozen=True)
class CheckGroup:
    """The checks of one quantity in one expectation, at one timestep or at all."""

    checks: tuple[CheckedValue, ...]

    @property
    def where(self) -> str:
        """`iteration 3, t 1–8`."""
        first, last = self.checks[0], self.checks[-1]
        parts = [f"iteration {first.expectation.iteration}"]
        if first.expectation.sequence:
            parts.append(f"sequence {first.expectation.sequence + 1}")
        if first.value.t is not None:
            t = f"{first.value.t}"
            parts.append(f"t {t}" if first is last else f"t {t}–{last.value.t}")
        return ", ".join(parts)

    @property
    def what(self) -> str:
        """`c`, `∂L/∂c`, `∂L/∂w1 by loss`."""
        return self.checks[0].subject

    @property
    def status(self) -> str:
        """The worst status in the group."""
        order = ("unreachable", "wrong", "unexpectedly right", "mistake", "right")
        return min((check.status for check in self.checks), key=order.index)

    @property
    def telling(self) -> CheckedValue:
        """The check that shows the status: the one with the largest error."""
        worst = [check for check in self.checks if check.status == self.status]
        return max(worst, key=lambda check: (check.error == check.error, check.error))


def checks_json(reports: Sequence[CheckReport]) -> list[dict[str, Any]]:
    """A list of files, each with its values, as JSON takes it."""
    return [
        {
            "file": report.file,
            "title": report.title,
            "fine": report.fine,
            "expectations": [_check_json(check) for check in report.checks],
        }
        for report in reports
    ]


def _check_json(check: CheckedValue) -> dict[str, Any]:
    expectation, value = check.expectation, check.value
    entry = {
        "line": expectation.place.line,
        "iteration": expectation.iteration,
        "sequence": expectation.sequence + 1,
        "t": value.t,
        "kind": value.kind,
        "name": value.name,
        "expected": plain(value.expected),
        "computed": plain(check.computed),
        "tolerance": plain(value.tolerance),
        "error": plain(check.error),
        "status": check.status,
    }
    if expectation.note:
        entry["note"] = expectation.note
    return entry
