"""Worked solutions as Markdown, LaTeX and HTML: whole, well formed, and with nothing from a file obeyed.

`python tests/report/test_explain_formats.py` writes the golden files again.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from explain_files import EVERY_FUNCTION, FORMATS, HOSTILE, LARGE, SMALL, read

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.report.explain_build import explain_document
from rnntui.report.explain_document import Document
from rnntui.report.explain_html import render_html
from rnntui.report.explain_latex import render_latex
from rnntui.report.explain_markdown import markdown_text, render_markdown

GOLDEN = Path(__file__).parent / "explained"

DOCUMENTS = {
    "small": explain_document(read(SMALL)),
    "hostile": explain_document(read(HOSTILE)),
    "every function": explain_document(read(EVERY_FUNCTION), 1),
    "large": explain_document(read(LARGE), 0, 0, 2, most=11),
    "lstm-homework": explain_document(read_sequence_file(find_file("lstm-homework")), t=2),
    "lstm-ab": explain_document(read_sequence_file(find_file("lstm-ab")), t=4),
    "carousel": explain_document(read_sequence_file(find_file("carousel")), 250, t=range(3)),
    "vanishing-gradient": explain_document(
        read_sequence_file(find_file("vanishing-gradient")), t=range(99, 101)
    ),
}
documents = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_small_one_looks_like_this(suffix: str) -> None:
    assert FORMATS[suffix](DOCUMENTS["small"]) == (GOLDEN / f"small.{suffix}").read_text("utf-8")


# --- LaTeX ---

COMMANDS = set(
    re.findall(
        r"\w+",
        """
        raggedright documentclass footnotesize scriptsize usepackage definecolor setlength setcounter
        allowdisplaybreaks raggedbottom emergencystretch newcommand AtBeginDocument par medskip noindent
        textcolor textit small hangindent hangafter hspace makebox mathindent parindent
        parskip jot LTleft LTpre LTpost abovedisplayskip abovedisplayshortskip
        belowdisplayskip belowdisplayshortskip LARGE bfseries section subsection
        subsubsection step answer checkmark boldsymbol hline endhead text itshape sigma
        tanh exp log min max mathrm mathbf frac partial odot cdot otimes times Vert vert
        langle rangle sqrt top infty cdots vdots ddots dots leq geq neq leftarrow hat
        bar tilde sum quad qquad phantom Theta alpha beta eta epsilon left right
        ensuremath rightarrow ss textbackslash textless textgreater textbar
        textasciitilde textasciicircum
        """,
    )
)


@documents
def test_latex_is_balanced_and_knows_its_commands(document: Document) -> None:
    found = render_latex(document)
    assert found.isascii()
    stack = []
    for token in re.finditer(
        r"\\begin\{([\w*]+)}|\\end\{([\w*]+)}|\\([a-zA-Z]+)|\\.|([{}])", found
    ):
        begin, end, command, brace = token.groups()
        if begin or brace == "{":
            stack.append(begin or brace)
        elif end or brace == "}":
            assert stack.pop() == (end or "{"), found[token.start() - 200 : token.end()]
        elif command:
            assert command in COMMANDS
    assert not stack
    assert len(re.findall(r"\\left\b", found)) == len(re.findall(r"\\right\b", found))


@documents
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
def test_latex_compiles_and_fits_on_its_pages(document: Document, tmp_path: Path) -> None:
    (tmp_path / "solution.tex").write_text(render_latex(document), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-draftmode", "solution"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    log = run.stdout.decode("latin-1")
    assert run.returncode == 0, log[-2000:]
    assert "Overfull" not in log
    assert "Missing character" not in log


# --- Markdown ---


@documents
def test_markdown_keeps_formulas_in_blocks_that_github_renders(document: Document) -> None:
    found = render_markdown(document)
    blocks = re.findall(r"^```math\n(.*?)\n```$", found, re.MULTILINE | re.DOTALL)
    assert found.count("```math") == len(blocks)
    for block in blocks:
        assert block.count(r"\begin{") == block.count(r"\end{")
        assert len(re.findall(r"\\left\b", block)) == len(re.findall(r"\\right\b", block))
        for refused in ("operatorname", "phantom", "mbox", "align*", "newcommand"):
            assert refused not in block


@documents
def test_markdown_tables_have_as_many_cells_in_every_row(document: Document) -> None:
    rows = re.findall(r"^\|.*\|$", render_markdown(document), re.MULTILINE)
    cells = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    tables = [section for section in document.sections if section.title in ("Sequence", "Loss")]
    assert len(set(cells)) <= len(tables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b *c* `d` [e](f) <g>", r"a\_b \*c\* \`d\` \[e\](f) \<g\>"),
        ("# no heading", r"\# no heading"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("0.25", "0.25"),
        ("a | b $x$ &amp; ~~c~~ \\", r"a \| b \$x\$ \&amp; \~\~c\~\~ \\"),
        ("red \x1b[31m", r"red \\x1b\[31m"),
    ],
)
def test_markdown_text_is_escaped(text: str, expected: str) -> None:
    assert markdown_text(text) == expected


# --- HTML ---


class Outline(HTMLParser):
    """Checks that every element is closed, and gathers the tags and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@documents
def test_html_is_whole_and_needs_nothing_else(document: Document) -> None:
    found = render_html(document)
    outline = Outline()
    outline.feed(found)
    outline.close()
    assert not outline.open
    assert not outline.tags & {"script", "link", "img", "iframe", "object", "b", "i"}
    assert not outline.attributes & {"src", "href", "onclick", "onload"}
    assert "url(" not in found
    assert "http" not in found


def test_html_shows_the_text_of_a_file_as_it_is() -> None:
    outline = Outline()
    outline.feed(render_html(DOCUMENTS["hostile"]))
    assert (
        r"100% of $x_1 & #2 <b>bold</b> \input{x} ~^| `code` *stars* \x1b[31m \u202e"
        in outline.text
    )
    assert "<script>alert(1)</script>" in outline.text


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_control_character_comes_through(suffix: str) -> None:
    found = FORMATS[suffix](DOCUMENTS["hostile"])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", found)


if __name__ == "__main__":
    for suffix, render in FORMATS.items():
        (GOLDEN / f"small.{suffix}").write_text(render(DOCUMENTS["small"]), encoding="utf-8")
