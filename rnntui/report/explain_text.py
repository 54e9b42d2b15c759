"""A worked solution as plain text: aligned at its equals signs, no number cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import wcwidth

from rnntui.report.explain_document import (
    Document,
    DocumentAnswer,
    Equations,
    Paragraph,
    Section,
    SectionBlock,
    TextTable,
    ValueList,
    WorkedStep,
)
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width, left_justified, right_justified

_SUMS = ("+", "−", "=")
_OPERATORS = ("⊙", "·", "⊗", "/")
_DANGLING = "+−=⊙·⊗/"


def render_text(document: Document, width: int = 80) -> str:
    """The document in lines of at most `width` cells; only a single number or word may be wider."""
    return "\n".join(_Text(width).document(document)) + "\n"


class _Text:
    def __init__(self, width: int) -> None:
        self.width = width

    def document(self, document: Document) -> Iterator[str]:
        title = printable(document.title)
        yield from self._prose(title)
        yield "═" * min(cell_width(title), self.width)
        yield ""
        label_width = max((cell_width(label) for label, _ in document.facts), default=0) + 2
        for label, fact in document.facts:
            yield from self._prose(fact, left_justified(printable(label), label_width))
        if document.description:
            yield ""
            yield from self._paragraphs(document.description)
        for section in document.sections:
            yield from self._section(section)

    def _section(self, section: Section) -> Iterator[str]:
        yield ""
        if section.level == 1:
            yield ""
        yield from self._prose(section.title)
        if section.level < 3:
            rule = "━" if section.level == 1 else "─"
            yield rule * min(cell_width(printable(section.title)), self.width)
        compact = False  # steps on one line each stand one below the other
        for block in section.blocks:
            lines = list(self._block(block))
            alone = isinstance(block, WorkedStep) and len(lines) == 1
            if not (compact and alone):
                yield ""
            yield from lines
            compact = alone

    def _block(self, block: SectionBlock) -> Iterator[str]:
        match block:
            case WorkedStep():
                yield from self._step(block)
            case Equations() | ValueList():
                yield from self._listing(block.steps)
            case TextTable():
                yield from self._table(block)
            case Paragraph():
                yield from self._prose(block.text)

    def _step(self, step: WorkedStep, margin: int = 2) -> Iterator[str]:
        if step.title:
            yield from self._prose(step.title)
        target = printable(str(step.target))
        # a long name on the left would leave no room for what it is
        indent = margin + min(cell_width(target), max(self.width // 4, 8)) + 1
        chain = " ".join(f"{line.sign} {printable(str(line.formula))}" for line in step.lines)
        if step.brief and margin + cell_width(f"{target} {chain}") <= self.width:
            yield f"{' ' * margin}{target} {chain}"
            yield from self._answers(step.answers, margin)
            return
        for number, line in enumerate(step.lines):
            left = " " * margin + target if number == 0 else ""
            start = f"{left_justified(left, indent)}{line.sign} "
            yield from self._wrapped(start, printable(str(line.formula)), indent + 2)
        yield from self._answers(step.answers, margin)

    def _listing(self, steps: Sequence[WorkedStep]) -> Iterator[str]:
        """One equation after the other, their equals signs below one another."""
        targets = [printable(str(step.target)) for step in steps]
        widest = min(max(map(cell_width, targets)), max(self.width // 4, 8))
        for target, step in zip(targets, steps, strict=True):
            start = f"  {left_justified(target, widest)} {step.lines[0].sign} "
            formula = printable(str(step.lines[0].formula))
            room = self.width - cell_width(start) - cell_width(formula) - 3
            title = printable(step.title)
            beside = bool(title) and cell_width(title) <= room
            yield from self._wrapped(start, formula + (f"   {title}" if beside else ""), widest + 5)
            if title and not beside:
                yield from self._prose(step.title, " " * (widest + 5))
            yield from self._answers(step.answers, 4)

    def _answers(self, answers: Sequence[DocumentAnswer], margin: int) -> Iterator[str]:
        for answer in answers:
            yield from self._prose(_answer_text(answer), " " * margin + answer.mark + " ")

    def _table(self, table: TextTable) -> Iterator[str]:
        rows = [tuple(map(printable, row)) for row in (table.header, *table.rows)]
        widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
        rule = tuple("─" * w for w in widths)
        for row in (rows[0], rule, *rows[1:]):
            cells = [
                right_justified(cell, width) if align == "r" else left_justified(cell, width)
                for cell, align, width in zip(row, table.align, widths, strict=True)
            ]
            yield "  " + "   ".join(cells).rstrip()

    def _paragraphs(self, text: str) -> Iterator[str]:
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                yield ""
            yield from self._prose(" ".join(paragraph.split()))

    def _prose(self, text: str, start: str = "") -> Iterator[str]:
        """Text wrapped at its spaces; further lines are indented as far as the first begins."""
        yield from wcwidth.wrap(
            printable(text),
            self.width,
            initial_indent=start,
            subsequent_indent=" " * cell_width(start),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [start.rstrip()]

    def _wrapped(self, start: str, formula: str, indent: int) -> Iterator[str]:
        """A formula broken at spaces, before an operator if there is one far enough to the right."""
        line = start + formula
        while cell_width(line) > self.width:
            cut = _cut(line, self.width, cell_width(start) if line.startswith(start) else indent)
            if cut is None:
                break
            yield line[:cut]
            line = " " * indent + line[cut + 1 :]
        yield line


def _answer_text(answer: DocumentAnswer) -> str:
    text = answer.what
    if answer.expected is not None:
        text += f": {answer.expected}"
    text += f", {answer.verdict}"
    if answer.computed is not None:
        text += f"; computed {answer.computed}"
    return f"{text} ({answer.note})" if answer.note else text


def _cut(line: str, width: int, indent: int) -> int | None:
    """The space at which to break a line that is too wide, if there is one.

    Rather outside brackets than inside, rather before + and − than before another operator, and
    rather late; but not so early that most of the line stays empty.
    """
    early = indent + (width - indent) // 4
    breaks: list[tuple[bool, int, int]] = []
    depth = 0
    for at, character in enumerate(line):
        if character == " " and at > indent:
            if cell_width(line[:at]) > width:
                # the first space behind the width, if there was none before it
                return -min(breaks)[2] if breaks else at
            breaks.append((at <= early, 3 * depth + _break_cost(line, at), -at))
        depth += (character in "([") - (character in ")]")
    return -min(breaks)[2] if breaks else None


def _break_cost(line: str, space: int) -> int:
    sign = line[space + 1 : space + 3].rstrip()
    dangling = 9 * (line[space - 1] in _DANGLING)  # an operator at the end of a line
    return dangling + (0 if sign in _SUMS else 1 if sign in _OPERATORS else 2)
