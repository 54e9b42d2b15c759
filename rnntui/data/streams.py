"""Sequences of a task: drawn without end, a fresh one for every place of every batch, or written out.

The sequence at an index depends on the seed and the index alone, so that going back to an iteration
finds the very same sequences, without remembering any.
"""

from __future__ import annotations

from functools import lru_cache

from rnntui.data.fields import Fields
from rnntui.data.packed import Packed
from rnntui.data.random_stream import RandomStream
from rnntui.data.tasks.ranges import Walker, draw_range
from rnntui.data.tasks.registry import TASKS, make_task
from rnntui.data.tasks.task import Task, TaskSequence
from rnntui.text.problems import InputError

_KEPT = 256  # sequences kept: those of an iteration and its neighbours are asked for again

KEYS = ("task", "options", "seed", "sequence", "sequences")


class TaskStream:
    """The sequences of a task by index, from 0. walker: see `draw_range`."""

    def __init__(self, task: Task, seed: int, walker: Walker | None = None) -> None:
        self.task, self.seed, self.walker = task, seed, walker
        self._drawn = lru_cache(maxsize=_KEPT)(self._draw)

    def __getitem__(self, index: int) -> TaskSequence:
        """The sequence at an index."""
        return self._drawn(index)

    def packed(self, first: int, count: int) -> Packed:
        """The sequences first … first + count − 1 below each other, without what is only shown."""
        return draw_range(self.task, self.seed, first, count, self.walker)

    def _draw(self, index: int) -> TaskSequence:
        return self.task.draw(RandomStream(self.seed, index))


def read_stream(fields: Fields) -> TaskStream | None:
    """`task = "reber"` of a [data] table, with `options` and a `seed`; problems are noted."""
    fields.allow(KEYS, "[data] with a task")
    before = len(fields.problems)
    name = fields.choice("task", TASKS, next(iter(TASKS)))
    options = dict(fields.table("options").data)
    seed = fields.whole("seed", 0, most=2**63)
    if len(fields.problems) > before:
        return None
    try:
        return TaskStream(make_task(name, **options), seed)
    except InputError as error:
        for problem in error.problems:
            fields.problem(problem.message, problem.hint, "options")
        return None


def read_written(fields: Fields, task: Task) -> tuple[TaskSequence, ...]:
    """`sequence = "BTXSE"`, or several, in place of drawn ones; problems are noted."""
    if "seed" in fields:
        fields.problem("`seed` is of sequences that are drawn", "these are given", "seed")
    if "sequence" in fields and "sequences" in fields:
        hint = "give one of them"
        fields.problem("[data] gives `sequence` and `sequences` at once", hint, "sequences")
        return ()
    key = "sequence" if "sequence" in fields else "sequences"
    before = len(fields.problems)
    texts = [fields.text(key)] if key == "sequence" else list(fields.words(key))
    if len(fields.problems) > before:
        return ()
    sequences = []
    for number, text in enumerate(texts):
        try:
            sequences.append(task.written(text))
        except InputError as error:
            path = (key,) if key == "sequence" else (key, number)
            for problem in error.problems:
                fields.problem(problem.message, problem.hint, *path)
    if not texts:
        fields.problem("`sequences` is empty", "leave it out, and they are drawn", key)
    return tuple(sequences)
