"""Tasks and samples of them: as aligned text for people, as JSON objects for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.tasks.graph import Graph
from rnntui.data.tasks.registry import TASKS
from rnntui.data.tasks.task import Option, Task, TaskSequence
from rnntui.session.views.plain import plain
from rnntui.text.numbers import format_number
from rnntui.text.terminal_cells import cell_width, right_justified

_NARROWEST = 24
Row = tuple[str, list[str]]  # a name, and a cell for t = 0 … T


def tasks_text() -> str:
    """Every task in two or more lines: its name and what it asks, then its options and source."""
    width = max(len(name) for name in TASKS)
    lines = []
    for name, task in TASKS.items():
        lines.append(f"{name:<{width}}  {task.description}")
        indent = " " * (width + 2)
        lines += [f"{indent}{option_text(option)}" for option in task.options()]
        lines.append(f"{indent}{task.source}")
    return "\n".join(lines)


def option_text(option: Option) -> str:
    """`lag=10  blanks between … (0–10000)`."""
    return f"{option.name}={option.default}  {option.description} ({option.least}–{option.most})"


def samples_text(task: Task, sequences: Sequence[TaskSequence], width: int | None = None) -> str:
    """Sequences as aligned rows with one column a timestep; t = 0 has only the state.

    width: where given, longer rows go on in further blocks. `·` stands where no answer is asked.
    """
    blocks = []
    for sequence in sequences:
        heading = [sequence.words] if sequence.words else []
        blocks.append("\n".join([*heading, *_lines(_rows(task, sequence), width)]))
    return "\n\n".join(blocks)


def tasks_json() -> list[dict[str, Any]]:
    """Every task with its options, as JSON takes it."""
    return [
        {
            "name": name,
            "title": task.title,
            "description": task.description,
            "source": task.source,
            "states_are": task.states_are,
            "options": [
                {
                    "name": option.name,
                    "default": option.default,
                    "least": option.least,
                    "most": option.most,
                    "description": option.description,
                }
                for option in task.options()
            ],
        }
        for name, task in TASKS.items()
    ]


def samples_json(task: Task, seed: int, sequences: Sequence[TaskSequence]) -> dict[str, Any]:
    """A task as it was set up, and sequences of it, as JSON takes them.

    `states` have one label more than there are timesteps: the first is that at t = 0.
    """
    return {
        "task": task.name,
        "seed": seed,
        "options": {option.name: getattr(task, option.name) for option in task.options()},
        "alphabet": {symbol: plain(vector) for symbol, vector in task.alphabet.items()},
        "target_alphabet": {s: plain(vector) for s, vector in task.target_alphabet.items()},
        "states_are": task.states_are,
        "state_names": list(task.state_names),
        "graph": None if task.graph is None else _graph_json(task.graph),
        "sequences": [_sequence_json(sequence) for sequence in sequences],
    }


def _sequence_json(sequence: TaskSequence) -> dict[str, Any]:
    return {
        "words": sequence.words or None,
        "symbols": list(sequence.symbols) or None,
        "target_symbols": list(sequence.target_symbols) or None,
        "inputs": plain(sequence.inputs),
        "targets": plain(sequence.targets),
        "truth": plain(sequence.truth),
        "mask": plain(sequence.mask),
        "states": plain(sequence.states),
    }


def _graph_json(graph: Graph) -> dict[str, Any]:
    nodes = zip(graph.labels, graph.states, strict=True)
    return {
        "nodes": [{"label": label, "state": state} for label, state in nodes],
        "edges": [
            {
                "from": edge.source,
                "symbol": edge.symbol,
                "to": edge.target,
                "probability": edge.probability,
                "output": edge.output or None,
            }
            for edge in graph.edges
        ],
    }


def _rows(task: Task, sequence: TaskSequence) -> Iterator[Row]:
    asked = sequence.mask != 0
    yield from _data_rows("input", sequence.symbols, sequence.inputs, np.ones(len(asked), bool))
    yield from _data_rows("target", sequence.target_symbols, sequence.targets, asked)
    names = sequence.state_names
    yield task.states_are, [names[state] for state in sequence.states.tolist()]


def _data_rows(
    name: str, symbols: tuple[str, ...], values: Any, asked: npt.NDArray[np.bool_]
) -> Iterator[Row]:
    """One row of symbols, or of numbers one for each component."""
    if symbols:
        cells = zip(symbols, asked.tolist(), strict=True)
        yield name, ["", *(symbol if shown else "·" for symbol, shown in cells)]
        return
    for component in range(values.shape[1]):
        label = f"{name}[{component}]" if values.shape[1] > 1 else name
        column = zip(values[:, component].tolist(), asked.tolist(), strict=True)
        yield label, ["", *(format_number(value) if shown else "·" for value, shown in column)]


def _lines(rows: Iterator[Row], width: int | None) -> Iterator[str]:
    """The rows with their columns aligned, in blocks that fit the width."""
    table = list(rows)
    margin = max(len(name) for name, _ in table)
    columns = [
        max(cell_width(cell) for cell in cells)
        for cells in zip(*(r[1] for r in table), strict=True)
    ]
    for number, (start, stop) in enumerate(_blocks(columns, margin, width)):
        if number:
            yield ""
        for name, cells in table:
            shown = (right_justified(cells[t], columns[t]) for t in range(start, stop))
            yield f"{name:<{margin}}  {' '.join(shown)}".rstrip()


def _blocks(columns: list[int], margin: int, width: int | None) -> Iterator[tuple[int, int]]:
    """Which columns stand together: (start, stop), as many as fit and at least one."""
    room = None if width is None else max(width, _NARROWEST) - margin - 2
    start, used = 0, 0
    for t, column in enumerate(columns):
        if room is not None and t > start and used + column > room:
            yield start, t
            start, used = t, 0
        used += column + 1
    yield start, len(columns)
