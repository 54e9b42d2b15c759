"""`rnntui explain`: the worked solution, for paper and for the web."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rnntui.cli.group import deliver, main, refusing
from rnntui.cli.reading import reads_sequences
from rnntui.text.problems import InputError, Problem

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile

FORMATS = ("text", "markdown", "latex", "html")


@main.command()
@click.argument("file")
@reads_sequences
@click.option("--iteration", default=0, show_default=True, type=click.IntRange(0),
              help="The iteration after this many updates.")  # fmt: skip
@click.option("--sequence", default=1, show_default=True, type=click.IntRange(1),
              help="Which sequence of the iteration's batch.")  # fmt: skip
@click.option("--t", "t", metavar="T|FROM-TO",
              help="Only these timesteps; all of a long sequence are too many.")  # fmt: skip
@click.option("--format", "as_", type=click.Choice(FORMATS), default="text", show_default=True,
              help="As what.")  # fmt: skip
@click.option("--digits", default=2, show_default=True, type=click.IntRange(0, 15))
@click.option("--schedule", is_flag=True,
              help="Instead, in which order training computes it all, and how often.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
              help="A file instead of the standard output.")  # fmt: skip
@refusing
def explain(
    read: Callable[[], SequenceFile],
    iteration: int,
    sequence: int,
    t: str | None,
    as_: str,
    digits: int,
    schedule: bool,
    output: Path | None,
) -> None:
    """Print the worked solution: each equation with its numbers, gradients and update included.

    \b
    rnntui explain lstm-ab --t 2
    rnntui explain lstm-homework --format latex -o solution.tex
    rnntui explain carousel --iteration 249 --format html -o carousel.html
    rnntui explain reber --schedule
    """
    from rnntui.report.explain_build import explain_document
    from rnntui.report.explain_html import render_html
    from rnntui.report.explain_latex import render_latex
    from rnntui.report.explain_markdown import render_markdown
    from rnntui.report.explain_text import render_text
    from rnntui.text.files import check_writable

    if output is not None:
        check_writable(output)
    if schedule:
        from rnntui.report.schedule_text import schedule_text

        deliver([schedule_text(read())], output)
        return
    document = explain_document(read(), iteration, sequence - 1, _timesteps(t), digits)
    if as_ == "text":
        wide = output is None and sys.stdout.isatty()
        text = render_text(document, shutil.get_terminal_size().columns if wide else 80)
    else:
        render = {"markdown": render_markdown, "latex": render_latex, "html": render_html}[as_]
        text = render(document)
    deliver([text if text.endswith("\n") else f"{text}\n"], output)


def _timesteps(written: str | None) -> int | range | None:
    """`3`, or `2-5`."""
    if written is None:
        return None
    first, dash, last = written.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise InputError(Problem(f"`{written[:40]}` is no timestep", None, "such as 3, or 2-5"))
    return range(int(first), int(last) + 1) if dash else int(first)
