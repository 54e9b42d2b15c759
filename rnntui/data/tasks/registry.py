"""All tasks by name, and making one with its options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rnntui.data.fields import listed
from rnntui.data.tasks.adding import Adding
from rnntui.data.tasks.addition import BinaryAddition
from rnntui.data.tasks.brackets import Brackets, BracketValidity
from rnntui.data.tasks.counting import AnBn, AnBnCn
from rnntui.data.tasks.parity import Parity
from rnntui.data.tasks.reber import EmbeddedReber, Reber
from rnntui.data.tasks.recall import Copy, DelayedRecall
from rnntui.data.tasks.task import Task
from rnntui.data.tasks.temporal_order import TemporalOrder
from rnntui.text.problems import InputError, Problem, near_name

# Languages first, then from the shortest memory to the longest.
TASKS: Mapping[str, type[Task]] = {
    task.name: task
    for task in (
        Reber,
        EmbeddedReber,
        AnBn,
        AnBnCn,
        Brackets,
        BracketValidity,
        BinaryAddition,
        Parity,
        DelayedRecall,
        Copy,
        TemporalOrder,
        Adding,
    )
}


def find_task(name: str) -> type[Task]:
    """The class of a task. Raises InputError, with a near name, where there is none."""
    if name not in TASKS:
        hint = near_name(name, TASKS) or listed(TASKS)
        raise InputError(Problem(f"there is no task `{name}`", None, hint))
    return TASKS[name]


def make_task(name: str, **options: object) -> Task:
    """A task with the given options, the others at their defaults: make_task("copy", lag=30).

    Raises InputError for a name that is no task, or an option that is unknown or out of bounds.
    """
    task = find_task(name)
    names = [option.name for option in task.options()]
    problems = [
        Problem(f"`{key}` is not an option of {name}", None, near_name(key, names) or listed(names))
        for key in options
        if key not in names
    ]
    if problems:
        raise InputError(problems)
    return task(**options)


def read_options(written: Iterable[str]) -> dict[str, object]:
    """Options as a command line has them: ["lag=30"] → {"lag": 30}.

    What is no whole number stays a text, for `make_task` to refuse. Raises InputError where
    there is no `=`.
    """
    options: dict[str, object] = {}
    for text in written:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and key):
            raise InputError(Problem(f"`{text}` is not an option", None, "write it as lag=30"))
        options[key] = int(value) if re.fullmatch(r"[+-]?[0-9]{1,18}", value) else value
    return options
