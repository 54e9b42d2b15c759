"""One iteration as JSON Lines: a header with all that has no timestep, then one object a timestep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.training import Iteration
from rnntui.report.trace_json import trace_fields
from rnntui.text.json_output import to_json


def trace_jsonl(
    file: SequenceFile, iteration: Iteration, number: int = 0, decompositions: bool = False
) -> Iterator[str]:
    """The lines. The header has `timesteps`, how many lines follow, for `steps`."""
    header: dict[str, Any] = dict(trace_fields(file, iteration, number, decompositions))
    steps = header.pop("steps")
    yield to_json({**header, "timesteps": iteration.traces[number].length}) + "\n"
    for step in steps:
        yield to_json(step) + "\n"
