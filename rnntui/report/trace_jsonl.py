"""One iteration as JSON Lines: a header with all that has no timestep, then one object a timestep."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.training import Iteration
from rnntui.report.trace_json import trace_object


def trace_jsonl(file: SequenceFile, iteration: Iteration, number: int = 0) -> Iterator[str]:
    """The lines, without line ends. The header has `timesteps`, how many lines follow, for `steps`."""
    whole = trace_object(file, iteration, number)
    steps = whole.pop("steps")
    for line in ({**whole, "timesteps": len(steps)}, *steps):
        yield json.dumps(line, ensure_ascii=False)
