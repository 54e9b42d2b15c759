"""A trace as the JSON object that it is printed as."""

from __future__ import annotations

from typing import Any

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.training import Iteration
from rnntui.report.trace_json import trace_fields


def trace_object(
    file: SequenceFile, iteration: Iteration, number: int = 0, decompositions: bool = False
) -> dict[str, Any]:
    fields = trace_fields(file, iteration, number, decompositions)
    return {key: list(value) if key == "steps" else value for key, value in fields}
