"""Training that is killed while it saves, at any moment, over the run that it saved before.

    python -m tests.campaigns.saving --count 500 --seed 7

There is always a whole run that can be gone on from, the one before or the new one, and what was left
beside it is gone with the next save.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.parameter_vector import VectorLayout, VectorState
from rnntui.engine.state import TrainingState
from rnntui.session.saved_run import load_run, save_run
from rnntui.text.problems import InputError

_FILE = """
model = "lstm"
sizes.hidden = 100
[data]
one_hot = "ABC"
sequence = "ABCA"
targets = "next"
[training]
optimizer = "adam"
"""


@dataclass
class Outcome:
    """How many kills left what; faults are what was not to be."""

    killed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def campaign(seed: int, count: int, folder: Path) -> Outcome:
    """Kill so many savings."""
    random, outcome = Random(seed), Outcome()
    file = parse_sequence_file(_FILE, "f.toml")
    run = folder / "run.npz"
    started = time.monotonic()
    for _ in range(5):
        save_run(run, file, state(file, 1), NumpyEngine.name)
    each = (time.monotonic() - started) / 5
    for kill in range(count):
        before = load_run(run, file).state.iteration
        with saving(run, file, before) as process:
            time.sleep(random.uniform(0, 3 * each))
            os.kill(process, signal.SIGKILL)
        left = len(list(folder.iterdir())) - 1
        fault, after = examined(run, file, before)
        outcome.killed["a temporary file" if left else "nothing beside it"] += 1
        outcome.killed["an older run" if after == before else "a newer run"] += 1
        save_run(run, file, state(file, after + 1), NumpyEngine.name)
        if len(list(folder.iterdir())) != 1:
            fault = f"after the next save there are {sorted(p.name for p in folder.iterdir())}"
        if fault:
            outcome.faults.append(f"kill {kill}: {fault}")
    return outcome


def state(file: SequenceFile, iteration: int) -> TrainingState:
    """A state that is told from another, in each number of it."""
    layout = VectorLayout(file.program, file.training)
    parameters = np.full(layout.size, float(iteration))
    memory = np.full((len(layout.states), layout.size), float(iteration))
    return layout.state(VectorState(iteration, parameters, memory))


@contextmanager
def saving(run: Path, file: SequenceFile, before: int) -> Iterator[int]:
    """A process that saves one state after another, once it has begun with it."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        try:
            os.write(writing, b".")
            for iteration in range(before + 1, before + 10_000):
                save_run(run, file, state(file, iteration), NumpyEngine.name)
        finally:
            os._exit(1)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    try:
        yield process
    finally:
        os.waitpid(process, 0)


def examined(run: Path, file: SequenceFile, before: int) -> tuple[str, int]:
    """What is wrong with the run that is there, if anything is, and its iteration."""
    try:
        found = load_run(run, file).state
    except InputError as error:
        return str(error), before
    if found.iteration < before:
        return f"iteration {found.iteration} after {before}", before
    for arrays in (found.parameters, found.memory):
        if any((array != found.iteration).any() for array in arrays.values()):
            return f"parts of two runs, at iteration {found.iteration}", found.iteration
    return "", found.iteration


def main() -> int:
    """Run it by hand."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = campaign(given.seed, given.count, Path(folder))
    print(
        f"{given.count} kills left",
        ", ".join(f"{n} × {what}" for what, n in outcome.killed.items()),
    )
    print(*(outcome.faults or ["no fault"]), sep="\n")
    return int(bool(outcome.faults))


if __name__ == "__main__":
    sys.exit(main())
