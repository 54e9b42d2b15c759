"""A worked solution as Markdown that GitHub renders.

Formulas stand in ```math blocks: in $$…$$ GitHub takes backslashes and underscores for Markdown's
before they reach the formula. Values in tables and answers are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rnntui.notation.latex import LatexStyle, to_latex
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

_ROOM = 44.0  # em, of the text on GitHub's pages
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$&]")
_LINE_START = re.compile(r"^([-+=]|\d+[.)](?=\s|$))")


def _math_text(text: str) -> str:
    """Text within \\text{…}: letters of any script, and underscores."""
    return text.replace("_", r"\_")


_STYLE = LatexStyle(_math_text, align_signs=False)


def render_markdown(document: Document) -> str:
    """The document in GitHub's Markdown."""
    blocks = [f"# {markdown_text(document.title)}"]
    if document.facts:
        facts = (
            f"- {markdown_text(label)}: {markdown_text(fact)}" for label, fact in document.facts
        )
        blocks.append("\n".join(facts))
    paragraphs = document.description.split("\n\n")
    blocks += [markdown_text(" ".join(p.split())) for p in paragraphs if p.strip()]
    for section in document.sections:
        blocks += _section(section)
    return "\n\n".join(blocks) + "\n"


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is."""
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], printable(text))
    return _LINE_START.sub(lambda match: match[0][:-1] + "\\" + match[0][-1], escaped)


def _section(section: Section) -> Iterator[str]:
    yield f"{'#' * (section.level + 1)} {markdown_text(section.title)}"
    for block in untitled_together(section.blocks):
        yield from _block(block)


def _block(block: SectionBlock | list[WorkedStep]) -> Iterator[str]:
    match block:
        case list():
            yield _aligned([latex_rows(step, _ROOM, _STYLE) for step in block])
            yield from _answers(block[-1].answers)
        case WorkedStep():
            yield f"**{markdown_text(block.title)}**"
            yield _aligned([latex_rows(block, _ROOM, _STYLE)])
            yield from _answers(block.answers)
        case Equations():
            yield _aligned([latex_rows(step, _ROOM, _STYLE) for step in block.steps])
            described = [step for step in block.steps if step.title]
            if described:
                yield "\n".join(_meaning(step) for step in described)
        case ValueList():
            for group in packed(block.steps, _ROOM):
                yield _fenced(r" \qquad ".join(map(_value, group)))
                yield from _answers(group[-1].answers)
        case TextTable():
            yield _table(block)
        case Paragraph():
            yield markdown_text(block.text)


def _aligned(steps: Sequence[list[str]]) -> str:
    rows = " \\\\[4pt]\n".join(" \\\\\n".join(rows) for rows in steps)
    return _fenced(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")


def _fenced(formula: str) -> str:
    return f"```math\n{formula}\n```"


def _meaning(step: WorkedStep) -> str:
    return f"- {markdown_text(str(step.target))}: {markdown_text(step.title)}"


def _value(step: WorkedStep) -> str:
    value = to_latex(step.lines[0].formula.math, _STYLE)
    return f"{to_latex(step.target.math, _STYLE)} = {value}"


def _answers(answers: Sequence[DocumentAnswer]) -> Iterator[str]:
    if answers:
        yield "\n".join(map(_answer, answers))


def _answer(answer: DocumentAnswer) -> str:
    text = f"- {answer.mark} {markdown_text(answer.what)}"
    if answer.expected is not None:
        text += f": {markdown_text(str(answer.expected))}"
    text += f", **{answer.verdict}**"
    if answer.computed is not None:
        text += f"; computed {markdown_text(str(answer.computed))}"
    return f"{text} ({markdown_text(answer.note)})" if answer.note else text


def _table(table: TextTable) -> str:
    rule = "|".join(" ---: " if align == "r" else " :--- " for align in table.align)
    rows = (" | ".join(map(markdown_text, row)) for row in (table.header, *table.rows))
    header, *body = (f"| {row} |" for row in rows)
    return "\n".join([header, f"|{rule}|", *body])
