"""Steps as rows of an alignment: a name, a sign and a formula, long formulas on several rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rnntui.notation.latex import LatexStyle, to_latex
from rnntui.notation.layout import Math, Operator, Row, break_lines, width
from rnntui.report.explain_document import SectionBlock, WorkedStep

_SIGN = 1.5  # em, of = and the space around it
_INDENT = 1.0  # em, of the further rows of a broken formula
_BETWEEN = 2.5  # em, between two values on a line
_SIGNS = {"←": r"\leftarrow"}


@dataclass(frozen=True)
class AlignedRow:
    """target is None on all rows but a step's first; sign is empty where a formula goes on."""

    target: Math | None
    sign: str
    formula: Math


def aligned_rows(step: WorkedStep, room: float) -> Iterator[AlignedRow]:
    """The rows of a step, no wider than `room` em (as far as they can be broken)."""
    target: Math | None = step.target.math
    free = room - width(step.target.math) - _SIGN
    if step.brief and width(chain := _chained(step)) <= free:
        yield AlignedRow(target, step.lines[0].sign, chain)
        return
    for line in step.lines:
        sign = line.sign
        for part in break_lines(line.formula.math, free, free - _INDENT):
            yield AlignedRow(target, sign, part)
            target, sign = None, ""


def _chained(step: WorkedStep) -> Math:
    items: list[Math] = [step.lines[0].formula.math]
    for line in step.lines[1:]:
        items += [Operator(line.sign), line.formula.math]
    return Row(tuple(items))


def latex_rows(step: WorkedStep, room: float, style: LatexStyle) -> list[str]:
    """The same as rows of amsmath's `aligned`, without the \\\\ between them."""
    rows = []
    for row in aligned_rows(step, room):
        target = "" if row.target is None else to_latex(row.target, style) + " "
        sign = _SIGNS.get(row.sign, row.sign) or r"\quad"
        rows.append(f"{target}&{sign} {to_latex(row.formula, style)}")
    return rows


def packed(steps: Sequence[WorkedStep], room: float) -> Iterator[list[WorkedStep]]:
    """Values in groups that fit on a line."""
    group: list[WorkedStep] = []
    used = 0.0
    for step in steps:
        needed = width(step.target.math) + _SIGN + width(step.lines[0].formula.math) + _BETWEEN
        if group and (used + needed > room + _BETWEEN or group[-1].answers):
            yield group
            group, used = [], 0.0
        group.append(step)
        used += needed
    if group:
        yield group


def untitled_together(blocks: Sequence[SectionBlock]) -> Iterator[SectionBlock | list[WorkedStep]]:
    """The blocks, runs of steps without title and answers as lists: they share an alignment."""
    run: list[WorkedStep] = []
    for block in blocks:
        if isinstance(block, WorkedStep) and not block.title:
            run.append(block)
            if not block.answers:
                continue
            yield run
        else:
            if run:
                yield run
            yield block
        run = []
    if run:
        yield run
