"""The faults that a campaign found: each kind once, with the shortest that shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .cases import Case
from .judging import Fault
from .shortening import shortened
from .workers import Judge, judged

_ATTEMPTS = {"slow": 12, "hang": 3}  # each of which takes its time


@dataclass
class Findings:
    """Faults counted by kind and place; `first` has a case for each, with its number.

    judge: what finds a case's fault, again and again while it is made short.
    """

    judge: Judge
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], tuple[int, Case, Fault]] = field(default_factory=dict)
    cases: int = 0

    def add(self, number: int, case: Case, fault: Fault | None) -> bool:
        """Count a case, and whether its fault is a new one."""
        self.cases += 1
        if fault is None:
            return False
        self.counts[fault.key] += 1
        if fault.key in self.first:
            return False
        self.first[fault.key] = (number, case, fault)
        return True

    def report(self) -> Iterator[str]:
        """How many there are, and each one's case, made short."""
        kinds = Counter[str]()
        for (kind, _), count in self.counts.items():
            kinds[kind] += count
        listed = ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common())
        yield f"{self.cases} cases, {len(self.first)} different faults: {listed or 'none'}"
        for key, (number, case, fault) in self.first.items():
            yield f"\n{self.counts[key]} × {fault.kind}: {fault.where} (the first is case {number})"
            yield from described(short(case, fault, self.judge), fault)


def short(case: Case, fault: Fault, judge: Judge) -> Case:
    """The case with as little as shows the same fault in the file that was changed."""

    def fails(content: bytes) -> bool:
        [found] = judged([case.with_content(content)], judge)
        return found is not None and found.key == fault.key

    if not case.content:
        return case
    attempts = _ATTEMPTS.get(fault.kind, 300)
    return case.with_content(shortened(case.content, fails, attempts))


def described(case: Case, fault: Fault) -> Iterator[str]:
    """The command and the file that was changed, such that they can be put into a test."""
    yield f"    rnntui {' '.join(map(_quoted, case.arguments))}"
    if case.changed:
        content = case.content
        more = f"… ({len(content)} bytes)" if len(content) > 600 else ""
        yield f"    {case.changed}: {content[:600]!r}{more}"
    if fault.detail:
        yield f"    {fault.detail[:300]}"


def _quoted(argument: str) -> str:
    plain = argument.isprintable() and " " not in argument
    return argument[:200] if plain else repr(argument[:200])
