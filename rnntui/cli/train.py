"""`rnntui train`: training without the stepper."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rnntui.cli.group import main, refusing
from rnntui.cli.reading import reads_sequences
from rnntui.cli.signals import Ended, signals_ignored, signals_raised
from rnntui.cli.streams import say
from rnntui.text.problems import InputError, Problem, printable

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile
    from rnntui.session.recording import RecordedRun


@main.command()
@click.argument("file")
@reads_sequences
@click.option("--iterations", type=click.IntRange(1), help="How many; as the file says, or 1000.")
@click.option("--seed", type=click.IntRange(0), help="Another seed of the initial parameters.")
@click.option("--until", default="", metavar="CONDITION",
              help="Stop when this holds, such as 'loss < 0.01'.")  # fmt: skip
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path),
              help="Write parameters and optimiser to this .npz, also after Ctrl-C.")  # fmt: skip
@click.option("--resume", type=click.Path(dir_okay=False, path_type=Path),
              help="Go on from a saved run, bit for bit.")  # fmt: skip
@click.option("--engine", type=click.Choice(["auto", "numpy", "compiled"]), default="auto",
              show_default=True,
              help="auto compiles if llvmlite is there and that ends sooner.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True,
              help="One JSON object a recorded iteration, and one for the end.")  # fmt: skip
@refusing
def train(
    read: Callable[[tuple[str, ...]], SequenceFile],
    iterations: int | None,
    seed: int | None,
    until: str,
    save: Path | None,
    resume: Path | None,
    engine: str,
    as_json: bool,
) -> None:
    """Train a sequence file without the stepper.

    Exit status 0, or 1 where training stopped because a number was not finite.

    \b
    rnntui train carousel
    rnntui train reber --iterations 5000 --seed 3 --until 'error < 0.002' --save reber.npz
    rnntui train lstm-ab --set training.optimizer=adam --json | jq .loss
    """
    from rnntui.session.recording import RecordedRun
    from rnntui.session.saved_run import load_run, save_run
    from rnntui.text.files import check_writable

    if save is not None:
        check_writable(save)  # before the work that is to be saved
    sequence_file = read(() if seed is None else (f"training.seed={seed}",))
    saved = None if resume is None else load_run(resume, sequence_file)
    for notice in saved.notices if saved else ():
        say(printable(notice))
    count = iterations or sequence_file.training.iterations or 1000
    compiled = _compiled(engine, count, saved.engine if saved else "", sequence_file)
    run = RecordedRun(sequence_file, until, saved.state if saved else None, compiled)
    ended: BaseException | None = None
    try:
        with signals_raised():
            _train(run, count, as_json)
    except (KeyboardInterrupt, Ended, OSError) as reason:  # an output that cannot be written, say
        ended, run.stopped = reason, "interrupted"
    if save is not None:
        with signals_ignored():
            save_run(save, sequence_file, run.after, run.engine)
    if isinstance(ended, OSError):
        raise ended
    _print_end(run, as_json)
    if isinstance(ended, Ended):
        raise ended
    sys.exit(1 if run.failed else 0)


def _compiled(engine: str, iterations: int, before: str, file: SequenceFile) -> bool:
    """Whether to train with a compiled kernel: compiling takes a moment, which most runs win back.

    before: what computed the run that is gone on from, whose bits are to go on too.
    """
    from rnntui.engine.compiled_engine import MOST_COMPILED, can_compile, compiler_available
    from rnntui.session.recording import ends_sooner_compiled

    asked_for = engine == "compiled" or (engine == "auto" and before == "compiled")
    if asked_for and not compiler_available():
        hint = "pip install 'rnntui[fast]'"
        if engine == "auto":
            hint += ", or go on with --engine numpy: other last digits"
        raise InputError(Problem("llvmlite is not installed", None, hint))
    if asked_for and not can_compile(file.program):
        message = f"the model has more than {MOST_COMPILED} equations, forward and backward"
        raise InputError(Problem(message, None, "take --engine numpy: compiling would take long"))
    worth_it = ends_sooner_compiled(file, iterations) and can_compile(file.program)
    return asked_for or (engine == "auto" and not before and worth_it)


def _train(run: RecordedRun, count: int, as_json: bool) -> None:
    from rnntui.session.views.plain import plain

    if not as_json:
        from rnntui.tui.train_progress import show_progress

        names = [metric.name for metric in run.file.metrics.metrics]
        show_progress(run.run(count), run.after.iteration, count, run.file.title, names)
        return
    every = run.file.metrics.every
    for step in run.run(count):
        if step.iteration % every == 0 or step.metrics:
            metrics = {key: plain(value) for key, value in step.metrics.items()}
            click.echo(
                json.dumps({"iteration": step.iteration, "loss": plain(step.loss), **metrics})
            )


def _print_end(run: RecordedRun, as_json: bool) -> None:
    from rnntui.session.views.plain import plain

    if as_json:
        end = {"iterations": run.after.iteration, "loss": plain(run.loss)}
        end |= {key: plain(value) for key, value in run.metrics.items()}
        click.echo(json.dumps({**end, "stopped": run.stopped or None}))
        return
    from rnntui.tui.train_progress import print_outcome

    print_outcome(run.loss, run.metrics, run.after.iteration, run.stopped)
