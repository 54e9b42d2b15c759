"""One iteration as CSV in long form: one number a row, with all its digits."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.training import Iteration
from rnntui.report.trace_arrays import TraceArray, trace_arrays

COLUMNS = ("iteration", "sequence", "t", "kind", "name", "index", "value")


def trace_csv(
    file: SequenceFile, iteration: Iteration, number: int = 0, decompositions: bool = False
) -> Iterator[str]:
    """The lines; the first names the columns.

    index: the component, from 0, as `2` or `0;1`; empty for scalars. t is empty for what has no
    timestep. Numbers are written so that they are read back the same; nan, inf and -inf as such.
    """
    yield _line(COLUMNS)
    where = (iteration.before.iteration, iteration.indices[number] + 1)
    for array in trace_arrays(file, iteration, number, decompositions):
        for row in _rows(array):
            yield _line((*where, *row))


def _rows(quantity: TraceArray) -> Iterator[tuple[object, ...]]:
    values = np.asarray(quantity.array, dtype=np.float64)
    for position in np.ndindex(values.shape):
        t = "" if quantity.first is None else str(position[0] + quantity.first)
        component = position if quantity.first is None else position[1:]
        index = ";".join(map(str, component))
        yield t, quantity.kind, quantity.name, index, repr(float(values[position]))


def _line(row: tuple[object, ...]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()
