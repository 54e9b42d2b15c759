"""`rnntui tasks` and `rnntui generate`: what generates sequences, and some of them."""

from __future__ import annotations

import click

from rnntui.cli.group import main, print_json, refusing


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@refusing
def tasks(as_json: bool) -> None:
    """List the tasks that generate sequences, with their options.

    In a sequence file: [data] task = "reber", options = { … }, seed = 1.
    """
    from rnntui.report.tasks import tasks_json, tasks_text

    if as_json:
        print_json(tasks_json())
    else:
        click.echo(tasks_text())


@main.command()
@click.argument("task")
@click.option("-n", "count", default=5, show_default=True, type=click.IntRange(1, 10**6),
              help="How many sequences.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**63))
@click.option("--set", "options", multiple=True, metavar="OPTION=NUMBER",
              help="An option of the task, such as lag=30.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@refusing
def generate(task: str, count: int, seed: int, options: tuple[str, ...], as_json: bool) -> None:
    """Print sequences of a task: those that a file with the same task and seed trains on.

    \b
    rnntui generate reber -n 5 --seed 1
    rnntui generate copy --set lag=30 --json
    """
    from itertools import islice

    from rnntui.data.tasks.registry import make_task, read_options
    from rnntui.report.tasks import samples_json, samples_text
    from rnntui.text.memory import ELEMENT, MOST_OBJECTS, SEQUENCE, check_fits

    made = make_task(task, **read_options(options))
    (first,) = islice(made.sequences(seed), 1)
    size = SEQUENCE + sum(ELEMENT * array.size for array in first.arrays)
    check_fits(f"{count:,} of these sequences", count * size, MOST_OBJECTS, hint="take fewer: -n")
    drawn = list(islice(made.sequences(seed), count))
    if as_json:
        print_json(samples_json(made, seed, drawn))
    else:
        click.echo(samples_text(made, drawn))
