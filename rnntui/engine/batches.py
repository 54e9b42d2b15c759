"""Batches: the sequences that many iterations take, below each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rnntui.data.packed import Packed, pack
from rnntui.data.streams import TaskStream
from rnntui.engine.trace import loss_weights
from rnntui.engine.training import Trainer

Array = npt.NDArray[np.float64]


class Stream(Protocol):
    """A TaskStream, or one that draws the same by compiled code."""

    def packed(self, first: int, count: int) -> Packed:
        """Sequences first … first + count − 1."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Batches:
    """The batches of some iterations.

    batch: sequences an iteration. order: (iterations · batch,), which sequence is next. weights:
    (ΣT,), of each timestep's loss in L.
    """

    batch: int
    order: npt.NDArray[np.int64]
    sequences: Packed
    weights: Array


class BatchPacker:
    """Packs what a trainer's iterations take: a set once, a stream a range at a time."""

    def __init__(self, trainer: Trainer, stream: Stream | None = None) -> None:
        self._trainer = trainer
        self._stream = stream
        self._whole: tuple[Packed, Array] | None = None
        if isinstance(trainer.sequences, TaskStream):
            self._stream = stream or trainer.sequences
        else:
            reduction = trainer.settings.reduction
            weights = [loss_weights(sequence, reduction)[1:] for sequence in trainer.sequences]
            self._whole = pack(trainer.sequences), np.concatenate(weights)

    def batches(self, first: int, iterations: int) -> Batches:
        """What iterations first … first + iterations − 1 take, as `Trainer.batch` says."""
        settings = self._trainer.settings
        if self._whole is not None:
            packed, weights = self._whole
            count = len(packed.lengths)
            batch = settings.batch or count
            order = np.arange(first * batch, (first + iterations) * batch) % count
            return Batches(batch, order, packed, weights)
        assert self._stream is not None
        batch = settings.batch or 1
        packed = self._stream.packed(first * batch, iterations * batch)
        order = np.arange(iterations * batch)
        return Batches(batch, order, packed, _weights(packed, settings.reduction))


def _weights(packed: Packed, reduction: str) -> Array:
    """`loss_weights` for all sequences of a task at once, whose masks are 0 and 1."""
    if reduction != "mean":
        return packed.mask
    totals = np.add.reduceat(packed.mask, packed.starts) if len(packed.starts) else np.zeros(0)
    return np.asarray(packed.mask / np.repeat(np.maximum(totals, 1.0), packed.lengths))
