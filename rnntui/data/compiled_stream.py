"""The sequences of a stream drawn by compiled code, where Numba is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnntui.data.packed import Packed
from rnntui.data.streams import TaskStream
from rnntui.data.tasks import adding, temporal_order
from rnntui.data.tasks.addition import BinaryAddition
from rnntui.data.tasks.brackets import BracketValidity
from rnntui.data.tasks.counting import CountedStrings
from rnntui.data.tasks.grammar import Grammar
from rnntui.data.tasks.parity import Parity
from rnntui.data.tasks.recall import Copy, DelayedRecall
from rnntui.data.tasks.task import Task


class CompiledStream:
    """Draws what its stream does, bit for bit: a range in one call that does not hold Python's lock.

    Making one compiles, which takes seconds where Numba has nothing in its cache, and can be done
    in a thread. A task that has no compiled form is left to the stream. Raises ImportError where
    Numba is not installed.
    """

    def __init__(self, stream: TaskStream) -> None:
        self.stream = stream
        task = stream.task
        rows = task.symbol_rows if task.alphabet else ()
        self._kernel, settings = _kernel_of(task)
        self._settings = (*rows, *settings)
        self.packed(0, 1)

    def packed(self, first: int, count: int) -> Packed:
        """The sequences first … first + count − 1 below each other, as `TaskStream.packed`."""
        if self._kernel is None:
            return self.stream.packed(first, count)
        return Packed(*self._kernel(np.uint64(self.stream.seed), first, count, *self._settings))


def _kernel_of(task: Task) -> tuple[Callable[..., Any] | None, tuple[Any, ...]]:
    """The compiled function of a task and what the task is set to; None where there is none."""
    from rnntui.data.tasks import kernels  # which imports Numba

    match task:
        case Grammar():
            return kernels.walks, _arrows(task)
        case BracketValidity():
            return kernels.judged_brackets, _arrows(task.language)
        case CountedStrings():
            return kernels.counts, (len(task.letters), task.strings, task.longest)
        case BinaryAddition():
            return kernels.sums, (task.bits,)
        case Parity():
            return kernels.parities, (task.length,)
        case DelayedRecall():
            return kernels.delayed_letters, (task.length, task.lag, task.letters)
        case Copy():
            return kernels.copies, (task.length, task.lag, task.letters)
        case temporal_order.TemporalOrder():
            return kernels.orders, (task.length, *temporal_order.NUMBERS)
        case adding.Adding():
            return kernels.marked_sums, (task.length, adding.FIRST_MARK_WITHIN)
    return None, ()


def _arrows(task: Grammar) -> tuple[Any, ...]:
    """Where each node's arrows begin, and the bounds, symbols and targets of all arrows in a row."""
    ends = np.cumsum([0, *(len(leaving) for leaving in task.arrows)], dtype=np.int64)
    arrows = [arrow for leaving in task.arrows for arrow in leaving]
    bounds, symbols, targets = zip(*arrows, strict=True)
    return ends, np.array(bounds), np.array(symbols, np.int64), np.array(targets, np.int64)
