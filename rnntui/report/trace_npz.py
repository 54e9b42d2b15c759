"""One iteration as an .npz file of NumPy arrays."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.training import Iteration
from rnntui.report.trace_arrays import trace_arrays
from rnntui.text.files import write_whole


def write_trace_npz(
    path: Path,
    file: SequenceFile,
    iteration: Iteration,
    number: int = 0,
    decompositions: bool = False,
) -> None:
    """Write the arrays of a trace, `values/h`, `gradients/pre(f)`, …, or nothing at all.

    What has timesteps has them as its first axis; `first/gradients/h` is the timestep of its
    first row, 0 or 1. Beside them stand `iteration`, `sequence` (from 1), `symbols` and
    `target_symbols`. Nothing is pickled. Raises InputError where the file cannot be written.
    """
    sequence = iteration.traces[number].sequence
    arrays: dict[str, Any] = {
        "iteration": np.int64(iteration.before.iteration),
        "sequence": np.int64(iteration.indices[number] + 1),
        "symbols": np.array(sequence.symbols, dtype=np.str_),
        "target_symbols": np.array(sequence.target_symbols, dtype=np.str_),
    }
    for quantity in trace_arrays(file, iteration, number, decompositions):
        key = f"{quantity.kind}/{quantity.name}"
        arrays[key] = np.asarray(quantity.array, dtype=np.float64)
        if quantity.first is not None:
            arrays[f"first/{key}"] = np.int64(quantity.first)
    content = BytesIO()
    np.savez_compressed(content, **arrays)
    write_whole(path, content.getvalue())
