"""The command line: `rnntui [FILE]` opens the stepper; `check` and `trace` print.

Bad input is one clear message on standard error and exit status 2, never a traceback.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rnntui import __version__
from rnntui.data.sequence_file import SequenceFile, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.text.problems import InputError, Problem

if TYPE_CHECKING:
    from rnntui.session.training_run import TrainingRun

BAD_INPUT = 2
_WORTH_COMPILING = 2000  # iterations


class OpensByDefault(click.Group):
    """A group whose first argument is a file to open unless it names a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `open` before arguments that start with no command and no option."""
        if not args or (args[0] not in self.commands and not args[0].startswith("-")):
            args = ["open", *args]
        return super().parse_args(ctx, args)


def _refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn bad input into its message and exit status 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except InputError as error:
            for problem in error.problems:
                click.echo(f"rnntui: {problem}", err=True)
            sys.exit(BAD_INPUT)
        except BrokenPipeError:  # the reader of our output has gone; nothing is left to say
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)

    return run


@click.group(cls=OpensByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rnntui")
def main() -> None:
    """Step through recurrent computations, forward and back.

    \b
    rnntui                    the gallery of examples
    rnntui FILE               open a sequence file (or a shipped one by name: rnntui lstm-ab)
    rnntui check FILE…        hold files against their worked answers
    rnntui trace FILE         print one iteration, every value and gradient, as JSON
    rnntui train FILE         train without the stepper
    rnntui tasks              list what generates sequences; rnntui generate TASK prints some
    """


@main.command("open", hidden=True)
@click.argument("file", required=False)
@_refusing
def open_(file: str | None) -> None:
    """Open a sequence file in the stepper, or the gallery without one."""
    sequence_file = None
    if file is not None:
        path = find_file(file)
        sequence_file = read_sequence_file(path)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            Problem("this is not a terminal", None, "`rnntui check` and `rnntui trace` need none")
        )
    from rnntui.tui.app import RnnTui  # the terminal is imported only where it is used

    app = RnnTui(sequence_file)
    app.run()
    sys.exit(app.return_code or 0)


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER…")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, for programs.")
@_refusing
def check(paths: tuple[str, ...], as_json: bool) -> None:
    """Hold sequence files against the worked answers in them.

    Exit status 0 when every answer is right (or wrong as announced), 1 when some are not, 2 when
    a file cannot be read.

    \b
    rnntui check lstm-ab
    rnntui check sequences/ --json
    """
    from rnntui.report.checks import CheckReport, checks_json
    from rnntui.session.checks import check_file

    reports: list[CheckReport] = []
    problems: list[Problem] = []
    for path in _files(paths, problems):
        try:
            file = read_sequence_file(path)
        except InputError as error:
            problems.extend(error.problems)
            continue
        reports.append(CheckReport(str(path), file.title, tuple(check_file(file))))
    if as_json:
        _print_json(checks_json(reports), indent=1)
    else:
        from rnntui.tui.check_table import print_checks

        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # not every encoding has a ✓
        print_checks(reports)
    if problems:
        raise InputError(problems)
    sys.exit(0 if all(report.fine for report in reports) else 1)


@main.command()
@click.argument("file")
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
@_refusing
def trace(file: str, iteration: int, sequence: int) -> None:
    """Print one iteration as one JSON object: every value and gradient, with all digits.

    \b
    rnntui trace lstm-ab | jq '.steps[1].values.c'
    rnntui trace carousel --iteration 250 | jq .parameters
    """
    from rnntui.report.trace_json import trace_object
    from rnntui.session.checks import start_training

    sequence_file: SequenceFile = read_sequence_file(find_file(file))
    trainer, state = start_training(sequence_file)
    current = trainer.iterate(state)
    while current.before.iteration < iteration:
        if current.after is None:
            reason = str(current.fault) if current.fault else "there are no targets to train on"
            reached = current.before.iteration
            raise InputError(Problem(f"training stops at iteration {reached}: {reason}"))
        current = trainer.iterate(current.after)
    if sequence > len(current.traces):
        raise InputError(Problem(f"the batch has {len(current.traces)} sequence(s)"))
    _print_json(trace_object(sequence_file, current, sequence - 1))


def _print_json(found: Any, indent: int | None = None) -> None:
    """Print JSON, which is UTF-8 whatever the terminal's encoding is."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=indent).encode("utf-8"))


@main.command()
@click.argument("file")
@click.option("--iterations", type=click.IntRange(1), help="How many; as the file says, or 1000.")
@click.option("--seed", type=click.IntRange(0), help="Another seed of the initial parameters.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
              help="Another value of the file, such as training.learning_rate=0.05.")  # fmt: skip
@click.option("--until", default="", metavar="CONDITION",
              help="Stop when this holds, such as 'loss < 0.01'.")  # fmt: skip
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path),
              help="Write parameters and optimiser to this .npz, also after Ctrl-C.")  # fmt: skip
@click.option("--resume", type=click.Path(dir_okay=False, path_type=Path),
              help="Go on from a saved run, bit for bit.")  # fmt: skip
@click.option("--engine", type=click.Choice(["auto", "numpy", "compiled"]), default="auto",
              show_default=True,
              help="auto compiles runs of 2,000 iterations and more, if Numba is there.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True,
              help="One JSON object a recorded iteration, and one for the end.")  # fmt: skip
@_refusing
def train(
    file: str,
    iterations: int | None,
    seed: int | None,
    overrides: tuple[str, ...],
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
    from rnntui.session.saved_run import load_run, save_run
    from rnntui.session.training_run import TrainingRun

    if seed is not None:
        overrides = (*overrides, f"training.seed={seed}")
    sequence_file = read_sequence_file(find_file(file), overrides)
    state = None if resume is None else load_run(resume, sequence_file)
    count = iterations or sequence_file.training.iterations or 1000
    run = TrainingRun(sequence_file, until, state, compiled=_compiled(engine, count))
    try:
        _train(run, count, as_json)
    except KeyboardInterrupt:
        run.stopped = "interrupted"
    if save is not None:
        save_run(save, run.after)
    _print_end(run, as_json)
    sys.exit(1 if run.failed else 0)


def _compiled(engine: str, iterations: int) -> bool:
    """Whether to train with a compiled kernel: compiling takes seconds, which a long run wins back."""
    from rnntui.engine.compiled import compiler_available

    if engine == "compiled" and not compiler_available():
        raise InputError(Problem("Numba is not installed", None, "pip install 'rnntui[fast]'"))
    worth_it = iterations >= _WORTH_COMPILING and compiler_available()
    return engine == "compiled" or (engine == "auto" and worth_it)


def _train(run: TrainingRun, count: int, as_json: bool) -> None:
    from rnntui.report.trace_json import plain

    if not as_json:
        from rnntui.tui.train_progress import show_progress

        show_progress(run.run(count), count, run.file.title)
        return
    every = run.file.metrics.every
    for step in run.run(count):
        if step.iteration % every == 0 or step.metrics:
            metrics = {key: plain(value) for key, value in step.metrics.items()}
            click.echo(
                json.dumps({"iteration": step.iteration, "loss": plain(step.loss), **metrics})
            )


def _print_end(run: TrainingRun, as_json: bool) -> None:
    from rnntui.report.trace_json import plain

    if as_json:
        end = {"iterations": run.after.iteration, "loss": plain(run.loss)}
        end |= {key: plain(value) for key, value in run.metrics.items()}
        click.echo(json.dumps({**end, "stopped": run.stopped or None}))
        return
    from rnntui.tui.train_progress import print_outcome

    print_outcome(run.loss, run.metrics, run.after.iteration, run.stopped)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@_refusing
def tasks(as_json: bool) -> None:
    """List the tasks that generate sequences, with their options.

    In a sequence file: [data] task = "reber", options = { … }, seed = 1.
    """
    from rnntui.report.tasks import tasks_json, tasks_text

    click.echo(json.dumps(tasks_json(), ensure_ascii=False) if as_json else tasks_text())


@main.command()
@click.argument("task")
@click.option("-n", "count", default=5, show_default=True, type=click.IntRange(1, 10**6),
              help="How many sequences.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option("--set", "options", multiple=True, metavar="OPTION=NUMBER",
              help="An option of the task, such as lag=30.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@_refusing
def generate(task: str, count: int, seed: int, options: tuple[str, ...], as_json: bool) -> None:
    """Print sequences of a task.

    \b
    rnntui generate reber -n 5 --seed 1
    rnntui generate copy --set lag=30 --json
    """
    from itertools import islice

    from rnntui.data.tasks.registry import make_task, read_options
    from rnntui.report.tasks import samples_json, samples_text

    made = make_task(task, **read_options(options))
    drawn = list(islice(made.sequences(seed), count))
    if as_json:
        click.echo(json.dumps(samples_json(made, seed, drawn), ensure_ascii=False))
    else:
        click.echo(samples_text(made, drawn))


def _files(names: tuple[str, ...], problems: list[Problem]) -> Iterator[Path]:
    """The files named, and the sequence files in the folders named; where there are none is noted."""
    for name in names:
        try:
            path = find_file(name)
        except InputError as error:
            problems.extend(error.problems)
            continue
        found = sorted(path.glob("**/*.toml")) if path.is_dir() else [path]
        if not found:
            problems.append(Problem(f"there is no sequence file in `{name}`"))
        yield from found


if __name__ == "__main__":
    main()
