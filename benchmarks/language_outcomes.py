"""What the four shipped language files reach, over many seeds: the table of their outcomes.

    python benchmarks/language_outcomes.py                      # all, ten seeds; a minute or two with Numba
    python benchmarks/language_outcomes.py reber --seeds 20
    python benchmarks/language_outcomes.py reber --seeds 1 --updates 5000 --engine numpy

A seed is that of the initial parameters and of the strings. `error` is the metric of the file, the
mean over test strings that were not trained on; `solved` are the seeds that predict every symbol
which is certain in at least 99 of 100 test strings (embedded: the symbol to recall among them).
Every seed that is done is a line in OUTCOMES/<task>.jsonl, and is not trained again; a run that was
stopped goes on from there.

Seeds 0 to 9 in full, 500 test strings, compiled kernels, on two shared and busy cores:

| task | updates | error, median | best … worst | solved | published | s a seed |
| --- | --- | --- | --- | --- | --- | --- |
| reber | 50,000 | 0.0017 | 0.0012 … 0.0279 | 9 of 10 | 0.0017 | 0.3 |
| embedded-reber | 50,000 | 0.0010 | 0.0006 … 0.0013 | 5 of 10 | 0.0011, recalled by 4 of 10 | 0.6 |
| anbn | 100,000 | 0.0145 | 0.0125 … 0.0149 | 10 of 10 | 0.0143 | 1.0 |
| anbncn | 200,000 | 0.0058 | 0.0034 … 0.0427 | 7 of 10 | 0.0059 | 4.4 |

With NumPy (--engine numpy) only reber, seed 0, 5,000 updates, was run: error 0.0302, 9 s.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rnntui.data.sequence_file import SequenceFile, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.data.streams import TaskStream
from rnntui.data.tasks.task import TaskSequence
from rnntui.engine.compiled_engine import CompiledEngine, compiler_available
from rnntui.engine.metrics import measure
from rnntui.engine.state import TrainingState
from rnntui.engine.trace import Trace, compute_trace
from rnntui.engine.training import Trainer
from rnntui.session.checks import start_training

TASKS = ("reber", "anbn", "anbncn", "embedded-reber")
# Median error and seeds that solve it, of the simulation that the files' descriptions quote.
PUBLISHED = {
    "reber": "0.0017",
    "anbn": "0.0143",
    "anbncn": "0.0059",
    "embedded-reber": "0.0011, recalled by 4 of 10",
}
OUTCOMES = Path(__file__).with_name("outcomes")
TEST_SEED = 10**6
LEAP = 1000


def file_of(task: str, seed: int) -> SequenceFile:
    """A shipped file with another seed, of the parameters and of the strings."""
    file = read_sequence_file(find_file(task))
    assert file.data.stream is not None
    stream = TaskStream(file.data.stream.task, seed)
    return replace(
        file,
        training=replace(file.training, seed=seed),
        data=replace(file.data, stream=stream, sequences=(stream[0],)),
    )


def step_by_step(trainer: Trainer, state: TrainingState, count: int) -> TrainingState:
    """Some updates with NumPy."""
    for _ in range(count):
        iteration = trainer.iterate(state)
        if iteration.after is None:
            raise FloatingPointError(str(iteration.fault))
        state = iteration.after
    return state


def trained(file: SequenceFile, updates: int, compiled: bool) -> TrainingState:
    """The state after all updates."""
    trainer, state = start_training(file)
    advance: Callable[[TrainingState, int], TrainingState]
    if compiled:
        kernel = CompiledEngine(trainer)

        def advance(state: TrainingState, count: int) -> TrainingState:
            return kernel.train(state, count)[0]
    else:

        def advance(state: TrainingState, count: int) -> TrainingState:
            return step_by_step(trainer, state, count)

    while state.iteration < updates:
        before = state.iteration
        state = advance(state, min(LEAP, updates - before))
        if state.iteration == before:
            raise FloatingPointError(f"a number is not finite at update {before}")
    return state


def tested(file: SequenceFile, state: TrainingState, strings: int) -> Iterator[Trace]:
    """Test strings through the trained network."""
    assert file.data.stream is not None
    stream = TaskStream(file.data.stream.task, TEST_SEED)
    for number in range(strings):
        yield compute_trace(file.program, stream[number], state.parameters, file.training.reduction)


def predicts_what_is_certain(trace: Trace) -> bool:
    """Whether the most likely symbol is right wherever only one can follow."""
    assert isinstance(trace.sequence, TaskSequence)
    truth = trace.sequence.truth
    assert truth is not None
    certain = np.max(truth, axis=1) == 1.0
    right = np.argmax(trace.values["y"][1:], axis=1) == np.argmax(truth, axis=1)
    return bool(np.all(right[certain]))


def outcome(task: str, seed: int, updates: int, strings: int, compiled: bool) -> dict[str, Any]:
    """Train one seed and test it."""
    file = file_of(task, seed)
    started = time.perf_counter()
    state = trained(file, updates, compiled)
    seconds = time.perf_counter() - started
    traces = list(tested(file, state, strings))
    metrics = {
        metric.name: float(np.mean([measure(metric, [trace]) for trace in traces]))
        for metric in file.metrics.metrics
    }
    certain = float(np.mean([predicts_what_is_certain(trace) for trace in traces]))
    return {
        "seed": seed, "updates": updates, "strings": strings,
        "engine": "compiled" if compiled else "numpy",
        **metrics, "certain": certain, "seconds": round(seconds, 1),
    }  # fmt: skip


def outcomes(task: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """All seeds of a task, those that are done read from their file."""
    updates = options.updates or file_of(task, 0).training.iterations
    compiled = options.engine == "compiled"
    kept = options.outcomes / f"{task}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    wanted = {"updates": updates, "strings": options.strings, "engine": options.engine}
    rows = [json.loads(line) for line in lines]
    done = {row["seed"]: row for row in rows if wanted.items() <= row.items()}
    for seed in range(options.seeds):
        if seed not in done:
            done[seed] = outcome(task, seed, updates, options.strings, compiled)
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(done[seed]) + "\n")
            print(f"{task} {json.dumps(done[seed])}", flush=True)
    return [done[seed] for seed in range(options.seeds)]


def table(found: dict[str, list[dict[str, Any]]]) -> str:
    """The table, in Markdown."""
    lines = [
        "| task | updates | seeds | error, median | best … worst | solved | published | s a seed |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for task, rows in found.items():
        errors = sorted(row["error"] for row in rows)
        solved = sum(row["certain"] >= 0.99 for row in rows)
        seconds = np.median([row["seconds"] for row in rows])
        lines.append(
            f"| {task} | {rows[0]['updates']:,} | {len(rows)} | {np.median(errors):.4f} "
            f"| {errors[0]:.4f} … {errors[-1]:.4f} | {solved} of {len(rows)} "
            f"| {PUBLISHED[task]} | {seconds:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Train what is missing and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"of {', '.join(TASKS)}")
    parser.add_argument("--seeds", type=int, default=10, help="how many (10)")
    parser.add_argument("--updates", type=int, help="as each file says")
    parser.add_argument("--strings", type=int, default=500, help="test strings (500)")
    parser.add_argument("--outcomes", type=Path, default=OUTCOMES, help="where results are kept")
    engine = "compiled" if compiler_available() else "numpy"
    parser.add_argument("--engine", choices=("compiled", "numpy"), default=engine)
    options = parser.parse_args()
    unknown = [task for task in options.tasks if task not in TASKS]
    if unknown:
        parser.error(f"there is no task {unknown[0]}; there are {', '.join(TASKS)}")
    if options.seeds < 1:
        parser.error("at least one seed")
    print(table({task: outcomes(task, options) for task in options.tasks or TASKS}))


if __name__ == "__main__":
    main()
