"""A worked solution as a LaTeX document of its own, for pdflatex and any later engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rnntui.notation.latex import LatexStyle, to_latex
from rnntui.notation.latex_text import latex_text
from rnntui.notation.layout import width
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
from rnntui.report.explain_rows import latex_rows, packed, untitled_together
from rnntui.text.problems import printable

_ROOM = 44.5  # em, of the text on A4 with these margins
_STYLE = LatexStyle(latex_text)
_MARKS = {"✓": r"\checkmark", "✗": r"\times", "!": r"\boldsymbol{!}"}
_SIZES = (("", 1.0), (r"\small", 0.9), (r"\footnotesize", 0.8), (r"\scriptsize", 0.7))
_HEADINGS = {1: "section", 2: "subsection", 3: "subsubsection"}

_PREAMBLE = r"""\documentclass[10pt,fleqn]{article}
\usepackage{amsmath,amssymb}
\usepackage[a4paper,margin=2cm]{geometry}
\usepackage{color,longtable}
\definecolor{good}{rgb}{0.0,0.42,0.24}
\definecolor{bad}{rgb}{0.72,0.11,0.11}
\definecolor{quiet}{gray}{0.35}
\setlength{\mathindent}{1.5em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\setlength{\LTleft}{1.5em}
\setlength{\LTpre}{2pt}
\setlength{\LTpost}{6pt}
\setcounter{MaxMatrixCols}{40}
\setlength{\jot}{5pt}
\allowdisplaybreaks[2]
\raggedbottom
\emergencystretch=3em
\newcommand{\step}[1]{\par\medskip\noindent\textcolor{quiet}{\textit{#1}}}
\newcommand{\answer}[5]{\par{\small\raggedright\hangindent=3.2em\hangafter=1\hspace*{1.5em}%
\makebox[1.7em][l]{\textcolor{#1}{$#2$}}#3, \textcolor{#1}{#4}. \textcolor{quiet}{\textit{#5}}\par}}
\AtBeginDocument{\setlength{\abovedisplayskip}{4pt plus 2pt}\abovedisplayshortskip=\abovedisplayskip
\setlength{\belowdisplayskip}{6pt plus 3pt}\belowdisplayshortskip=\belowdisplayskip}
"""


def render_latex(document: Document) -> str:
    """The document; it compiles with amsmath and what every installation has."""
    return "\n".join(_document(document)) + "\n"


def _document(document: Document) -> Iterator[str]:
    yield _PREAMBLE + r"\begin{document}"
    title = _text(document.title)
    yield rf"{{\LARGE\bfseries {title}\par}}" + "\n" + r"\medskip"
    if document.facts:
        yield r"\begin{tabular}{@{}ll@{}}"
        for label, fact in document.facts:
            yield rf"\textcolor{{quiet}}{{{_text(label)}}} & {_text(fact)} \\"
        yield r"\end{tabular}\par\medskip"
    for paragraph in document.description.split("\n\n"):
        if paragraph.strip():
            yield _text(" ".join(paragraph.split())) + r"\par"
    for section in document.sections:
        yield from _section(section)
    yield r"\end{document}"


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield rf"\{_HEADINGS[section.level]}*{{{_text(section.title)}}}"
    for block in untitled_together(section.blocks):
        yield from _block(block)


def _block(block: SectionBlock | list[WorkedStep]) -> Iterator[str]:
    match block:
        case list():
            yield from _aligned([latex_rows(step, _ROOM, _STYLE) for step in block])
            yield from _answers(block[-1].answers)
        case WorkedStep():
            yield rf"\step{{{_text(block.title)}}}"
            yield from _aligned([latex_rows(block, _ROOM, _STYLE)])
            yield from _answers(block.answers)
        case Equations():
            yield from _aligned([_described(step) for step in block.steps])
        case ValueList():
            yield from _values(block.steps)
        case TextTable():
            yield from _table(block)
        case Paragraph():
            yield _text(block.text) + r"\par"


def _aligned(steps: Sequence[list[str]]) -> Iterator[str]:
    yield r"\begin{align*}"
    yield " \\\\[4pt]\n".join(" \\\\\n".join(rows) for rows in steps)
    yield r"\end{align*}"


def _described(step: WorkedStep) -> list[str]:
    """An equation and what it computes, beside it or below it."""
    rows = latex_rows(step, _ROOM, _STYLE)
    if not step.title:
        return rows
    title = rf"\textcolor{{quiet}}{{\text{{\itshape {_text(step.title)}}}}}"
    used = width(step.target.math) + 1.5 + width(step.lines[0].formula.math)
    if len(rows) == 1 and used + 2.5 + 0.5 * len(step.title) <= _ROOM:
        return [f"{rows[0]} &&{title}"]
    return [*rows, rf"&\quad {title}"]


def _values(steps: Sequence[WorkedStep]) -> Iterator[str]:
    for group in packed(steps, _ROOM):
        shown = [
            f"{to_latex(step.target.math, _STYLE)} = {to_latex(step.lines[0].formula.math, _STYLE)}"
            for step in group
        ]
        yield r"\[" + " \\qquad\n".join(shown) + r"\]"
        yield from _answers(group[-1].answers)


def _answers(answers: Sequence[DocumentAnswer]) -> Iterator[str]:
    for answer in answers:
        text = _text(answer.what)
        if answer.expected is not None:
            text += f": ${to_latex(answer.expected.math, _STYLE)}$"
        verdict = _text(answer.verdict)
        if answer.computed is not None:
            verdict += f"; computed ${to_latex(answer.computed.math, _STYLE)}$"
        colour = "good" if answer.good and answer.mark == "✓" else "bad"
        note = _text(answer.note)
        yield rf"\answer{{{colour}}}{{{_MARKS[answer.mark]}}}{{{text}}}{{{verdict}}}{{{note}}}"


def _table(table: TextTable) -> Iterator[str]:
    rows = (table.header, *table.rows)
    wide = sum(0.5 * max(map(len, column)) + 1.2 for column in zip(*rows, strict=True))
    size = next((size for size, least in _SIZES if wide * least <= _ROOM), _SIZES[-1][0])
    yield rf"{{{size}\begin{{longtable}}{{{table.align}}}"
    yield " & ".join(map(_text, table.header)) + r" \\ \hline \endhead"
    for row in table.rows:
        yield " & ".join(map(_text, row)) + r" \\"
    yield r"\end{longtable}}"


def _text(text: str) -> str:
    return latex_text(printable(text))
