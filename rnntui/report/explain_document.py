"""A worked solution as a document: sections of steps, tables and paragraphs, in no format yet.

Texts in it come from files: each format escapes them (`explain_text`, `explain_markdown`, …).
"""

from __future__ import annotations

from dataclasses import dataclass

from rnntui.notation.formula import Token, formula_text
from rnntui.notation.layout import Math


@dataclass(frozen=True)
class DocumentFormula:
    """A formula twice: as one line of text, and as it is set on paper."""

    tokens: tuple[Token, ...]
    math: Math

    def __str__(self) -> str:
        return formula_text(list(self.tokens))


@dataclass(frozen=True)
class WorkedLine:
    """A line of a working, behind `=` or another sign. kind: symbols, numbers, terms, …, value."""

    sign: str
    kind: str
    formula: DocumentFormula


@dataclass(frozen=True)
class DocumentAnswer:
    """A worked answer of the file that belongs to a step, and whether it is right.

    good: as the file says it is; a mistake that is announced and is one, is. expected, computed:
    None where `what` and `verdict` say it all.
    """

    mark: str
    verdict: str
    good: bool
    what: str
    expected: DocumentFormula | None = None
    computed: DocumentFormula | None = None
    note: str = ""


@dataclass(frozen=True)
class WorkedStep:
    """One equation worked out: what it computes, and line by line how.

    brief: one of many of a kind; where its lines fit beside one another, they stand there.
    """

    title: str
    target: DocumentFormula
    lines: tuple[WorkedLine, ...]
    answers: tuple[DocumentAnswer, ...] = ()
    brief: bool = False


@dataclass(frozen=True)
class Equations:
    """Equations without working, one below the other, each with what it computes."""

    steps: tuple[WorkedStep, ...]


@dataclass(frozen=True)
class ValueList:
    """Names and what they stand for, as many on a line as there is room for."""

    steps: tuple[WorkedStep, ...]


@dataclass(frozen=True)
class TextTable:
    """Rows of text. align: `l` or `r` for each column."""

    header: tuple[str, ...]
    align: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Paragraph:
    """A piece of prose."""

    text: str


SectionBlock = WorkedStep | Equations | ValueList | TextTable | Paragraph


@dataclass(frozen=True)
class Section:
    """A heading (level 1 to 3) and what follows, up to the next heading."""

    title: str
    level: int
    blocks: tuple[SectionBlock, ...] = ()


@dataclass(frozen=True)
class Document:
    """A worked solution. facts: what it is of, a label and a text each."""

    title: str
    facts: tuple[tuple[str, str], ...]
    description: str
    sections: tuple[Section, ...]
