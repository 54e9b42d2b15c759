"""What training is at between two iterations."""

from __future__ import annotations

from dataclasses import dataclass, field

from rnntui.engine.trace import Parameters


@dataclass(frozen=True, eq=False)
class TrainingState:
    """All that the next iteration depends on, before it: the parameters after `iteration` updates.

    memory: what the optimiser remembers, by key such as `m(W)`; zeros where there is nothing.
    """

    iteration: int
    parameters: Parameters
    memory: Parameters = field(default_factory=dict)
