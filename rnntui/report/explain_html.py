"""A worked solution as one HTML file that needs nothing else: MathML for formulas, no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from rnntui.notation.mathml import to_mathml
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
from rnntui.report.explain_rows import aligned_rows, untitled_together
from rnntui.text.problems import printable

_ROOM = 46.0  # em, of a formula on a page as wide as the style below makes it

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2327; --quiet: #5c6770; --rule: #d5dbe0;
  --paper: #fdfdfb; --good: #0b6b3f; --bad: #a8231d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --quiet: #9aa5ae;
  --rule: #3a4249; --paper: #16191c; --good: #6fcf97; --bad: #ff8a80; } }
body { margin: 3rem auto; padding: 0 1.5rem; max-width: 54rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.35rem; margin: 2.8rem 0 .8rem; padding-bottom: .25rem;
  border-bottom: 1px solid var(--rule); }
h3 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
h4 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 0 0 1rem; }
dt, .title, .meaning, .note { color: var(--quiet); }
dd { margin: 0; }
.title, .meaning, .note { font-style: italic; }
.step { margin: 1.1rem 0; break-inside: avoid; }
.title { margin: 0; }
.rows { display: grid; grid-template-columns: max-content max-content 1fr; align-items: center;
  gap: .35rem .5rem; margin: .3rem 0 .3rem 1.2rem; overflow-x: auto; overflow-y: hidden; }
.rows.described { grid-template-columns: max-content max-content max-content 1fr; }
.rows > .target { text-align: right; }
.rows > .on { padding-left: 1.2em; }
.rows > .next { margin-top: .8rem; }
.meaning { padding-left: 2em; font-size: .95rem; }
.values { display: flex; flex-wrap: wrap; align-items: center; gap: .7rem 2.2rem;
  margin: .6rem 0 .6rem 1.2rem; }
.answers { list-style: none; margin: .2rem 0 .2rem 1.2rem; padding: 0; font-size: .92rem; }
.answers li { padding-left: 1.6em; text-indent: -1.6em; }
.good { color: var(--good); } .bad { color: var(--bad); }
.mark { display: inline-block; width: 1.6em; text-indent: 0; font-weight: bold; }
.wide { overflow-x: auto; }
table.data { border-collapse: collapse; margin: .5rem 0 .5rem 1.2rem;
  font-variant-numeric: tabular-nums; }
table.data th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--rule); }
table.data th, table.data td { padding: .15rem 1.4rem .15rem 0; white-space: nowrap; }
table.data .r { text-align: right; }
math { font-size: 1.08rem; font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math",
  "Noto Sans Math", "DejaVu Math TeX Gyre", math; }
math .bold { font-weight: bold; }
mtable.matrix { padding: .1em .15em; margin: 0 .15em; border: 0 solid; border-width: 0 1.3px;
  --tick: linear-gradient(currentcolor, currentcolor); background: var(--tick) 0 0 / .3em 1.3px,
  var(--tick) 100% 0 / .3em 1.3px, var(--tick) 0 100% / .3em 1.3px,
  var(--tick) 100% 100% / .3em 1.3px; background-repeat: no-repeat;
  background-origin: border-box; }
mtable.matrix > mtr > mtd { text-align: right; text-align: -webkit-right; padding: .12em .35em; }
mtable.cases > mtr > mtd { text-align: left; text-align: -webkit-left; padding: .15em .5em .15em .1em; }
@media print { body { margin: 0; max-width: none; } }
"""


def render_html(document: Document) -> str:
    """The document as one file."""
    return "\n".join(_document(document)) + "\n"


def _document(document: Document) -> Iterator[str]:
    title = _text(document.title)
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    if document.facts:
        facts = "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in document.facts)
        yield f"<dl>{facts}</dl>"
    for paragraph in document.description.split("\n\n"):
        if paragraph.strip():
            yield f"<p>{_text(' '.join(paragraph.split()))}</p>"
    for section in document.sections:
        yield from _section(section)
    yield "</body>\n</html>"


def _section(section: Section) -> Iterator[str]:
    tag = f"h{section.level + 1}"
    yield f"<{tag}>{_text(section.title)}</{tag}>"
    for block in untitled_together(section.blocks):
        yield from _block(block)


def _block(block: SectionBlock | list[WorkedStep]) -> Iterator[str]:
    match block:
        case list():
            yield f'<div class="step">{_rows(block)}{_answers(block[-1].answers)}</div>'
        case WorkedStep():
            heading = f'<p class="title">{_text(block.title)}</p>'
            yield f'<div class="step">{heading}{_rows([block])}{_answers(block.answers)}</div>'
        case Equations():
            yield f'<div class="step">{_rows(block.steps, described=True)}</div>'
        case ValueList():
            yield f'<div class="values">{"".join(map(_value, block.steps))}</div>'
            for step in block.steps:
                yield _answers(step.answers)
        case TextTable():
            yield _table(block)
        case Paragraph():
            yield f"<p>{_text(block.text)}</p>"


def _rows(steps: Sequence[WorkedStep], described: bool = False) -> str:
    cells: list[str] = []
    for number, step in enumerate(steps):
        meaning = _text(step.title) if described else None
        apart = " next" if number and not described else ""
        for row in aligned_rows(step, _ROOM):
            target = "" if row.target is None else to_mathml(row.target)
            goes_on = "" if row.sign else " on"
            cells.append(f'<div class="target{apart}">{target}</div>')
            cells.append(f'<div class="sign{apart}">{row.sign}</div>')
            cells.append(f'<div class="formula{goes_on}{apart}">{to_mathml(row.formula)}</div>')
            if meaning is not None:
                cells.append(f'<div class="meaning">{meaning}</div>')
                meaning = ""
            apart = ""
    columns = "rows described" if described else "rows"
    return f'<div class="{columns}">{"".join(cells)}</div>'


def _value(step: WorkedStep) -> str:
    line = step.lines[0]
    return f"<span>{to_mathml(step.target.math)} {line.sign} {to_mathml(line.formula.math)}</span>"


def _answers(answers: Sequence[DocumentAnswer]) -> str:
    items = "".join(f"<li>{_answer(answer)}</li>" for answer in answers)
    return f'<ul class="answers">{items}</ul>' if items else ""


def _answer(answer: DocumentAnswer) -> str:
    colour = "good" if answer.good and answer.mark == "✓" else "bad"
    text = f'<span class="mark {colour}">{answer.mark}</span>{_text(answer.what)}'
    if answer.expected is not None:
        text += f": {to_mathml(answer.expected.math)}"
    verdict = _text(answer.verdict)
    if answer.computed is not None:
        verdict += f"; computed {to_mathml(answer.computed.math)}"
    text += f', <span class="{colour}">{verdict}</span>.'
    return f'{text} <span class="note">{_text(answer.note)}</span>' if answer.note else text


def _table(table: TextTable) -> str:
    rows = ""
    for tag, group in (("th", [table.header]), ("td", table.rows)):
        for row in group:
            cells = "".join(
                f'<{tag} class="{align}">{_text(cell)}</{tag}>'
                for cell, align in zip(row, table.align, strict=True)
            )
            rows += f"<tr>{cells}</tr>\n"
    return f'<div class="wide"><table class="data">\n{rows}</table></div>'


def _text(text: str) -> str:
    return escape(printable(text))
