"""`rnntui trace`: one iteration, every value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rnntui.cli.group import deliver, main, refusing
from rnntui.cli.reading import reads_sequences
from rnntui.text.problems import InputError, Problem

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile

FORMATS = ("json", "jsonl", "csv", "npz")


@main.command()
@click.argument("file")
@reads_sequences
@click.option(
    "--iteration",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Print the iteration after this many updates.",
)
@click.option(
    "--sequence",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="Which sequence of the iteration's batch.",
)
@click.option(
    "--decompositions",
    is_flag=True,
    help="With each gradient by loss and by use; the time grows with the square of the length.",
)
@click.option(
    "--format",
    "as_",
    type=click.Choice(FORMATS),
    default="json",
    show_default=True,
    help="As what.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file instead of the standard output; npz needs one.",
)
@refusing
def trace(
    read: Callable[[], SequenceFile],
    iteration: int,
    sequence: int,
    decompositions: bool,
    as_: str,
    output: Path | None,
) -> None:
    """Print one iteration as one JSON object: every value and gradient, with all digits.

    \b
    rnntui trace lstm-ab | jq '.steps[1].values.c'
    rnntui trace carousel --iteration 250 | jq .parameters
    rnntui trace lstm-ab --format csv -o lstm-ab.csv
    """
    from rnntui.report.reached import check_reached
    from rnntui.report.trace_csv import trace_csv
    from rnntui.report.trace_json import trace_json
    from rnntui.report.trace_jsonl import trace_jsonl
    from rnntui.report.trace_npz import write_trace_npz
    from rnntui.session.checks import start_training
    from rnntui.session.runs import trained_to
    from rnntui.text.files import check_writable

    if output is not None:
        check_writable(output)
    file = read()
    trainer, state = start_training(file)
    if decompositions:
        trainer.memory.check_decompositions()
    current = trainer.iterate(trained_to(trainer, state, iteration))
    check_reached(current, iteration)
    if sequence > len(current.traces):
        raise InputError(Problem(f"the batch has {len(current.traces)} sequence(s)"))
    number = sequence - 1
    if as_ == "npz":
        if output is None:
            raise InputError(Problem("npz is written to a file", None, "give --output trace.npz"))
        write_trace_npz(output, file, current, number, decompositions)
        return
    lines = {"json": trace_json, "jsonl": trace_jsonl, "csv": trace_csv}[as_]
    deliver(lines(file, current, number, decompositions), output)
