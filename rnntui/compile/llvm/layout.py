"""Where everything lies in a training kernel's workspace.

A vector of n components takes whole machine vectors: its row is padded to 1, 2, 4 or a multiple of 8
components, and what stands in the padding is never looked at. A matrix is such rows below each other.

    constants   parameters, in rows and, where products want them so, in columns; values computed once
    gradients   of parameters, added up over timesteps and sequences
    rows        for each t = 0 … longest: all quantities of a timestep side by side
    scratch     what one formula needs as a whole

All quantities of a timestep have one pointer, the row's, so that h[t-1] is a fixed distance from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from rnntui.compile.schedule import Extent, Schedule
from rnntui.language.keys import Key, weight
from rnntui.language.shapes import Shape

LANES = 8  # of a full vector of float64, whatever the processor has
UNROLLED = 16  # components of an axis that is written out
REGISTERS = 16  # machine vectors of a value that stays in registers
PAGE = 512  # components: rows that are whole pages apart would share the cache's places
SPARE_ROWS = 5  # behind t = longest: t + 1, and whole tiles of four timesteps


def lanes_of(shape: Shape) -> int:
    """Components of one machine vector of a quantity of this shape."""
    n = shape[-1] if shape else 1
    return next((lanes for lanes in (1, 2, 4) if n <= lanes), LANES)


def chunks_of(shape: Shape) -> int:
    """Machine vectors in a row."""
    n = shape[-1] if shape else 1
    return -(-n // lanes_of(shape))


def width_of(shape: Shape) -> int:
    """Components of a row, with its padding."""
    return chunks_of(shape) * lanes_of(shape)


def rows_of(shape: Shape) -> int:
    """Rows: 1 but for a matrix."""
    return prod(shape[:-1])


def tiled_rows_of(shape: Shape) -> int:
    """Rows with room for whole tiles of four."""
    rows = rows_of(shape)
    return rows if rows <= 4 else -(-rows // 4) * 4


@dataclass(frozen=True)
class Place:
    """Where a quantity lies: components from the start of its region."""

    offset: int
    shape: Shape


class Region:
    """Quantities one behind the other; vectors begin where machine vectors do."""

    def __init__(self) -> None:
        self.places: dict[object, Place] = {}
        self.size = 0

    def place(self, key: object, shape: Shape) -> Place:
        """The place of a quantity, made when it is first asked for."""
        if key not in self.places:
            lanes = lanes_of(shape)
            offset = -(-self.size // lanes) * lanes
            self.places[key] = Place(offset, shape)
            self.size = offset + tiled_rows_of(shape) * width_of(shape)
        return self.places[key]


class Layout:
    """The regions of a kernel. Places in `constants`, `gradients` and `scratch` come with their use.

    row: of what has to be in memory. What is used at its own timestep and in its own block alone is
    not: it stays in registers.
    """

    def __init__(self, schedule: Schedule, objective: str) -> None:
        self.shapes = schedule.shapes
        self.constants, self.gradients, self.scratch = Region(), Region(), Region()
        row = Region()
        keys = _in_memory(schedule, objective)
        for key in sorted(keys, key=lambda key: lanes_of(self.shapes[key])):
            row.place(key, self.shapes[key])
        self.row: Mapping[object, Place] = row.places
        stride = -(-row.size // LANES) * LANES
        self.stride = stride if stride % PAGE else stride + LANES


def is_small(shape: Shape) -> bool:
    """Whether a value can stay in registers: its axes are written out, and they are few enough."""
    return all(n <= UNROLLED for n in shape) and rows_of(shape) * chunks_of(shape) <= REGISTERS


def _in_memory(schedule: Schedule, objective: str) -> dict[Key, None]:
    keys: dict[Key, None] = {}
    block_of = {s.target: n for n, block in enumerate(schedule.blocks) for s in block.steps}
    for number, block in enumerate(schedule.blocks):
        for step in block.steps:
            for name in step.uses:
                if name.key in schedule.constant:
                    continue
                if name.shift or block_of.get(name.key) != number:
                    keys[name.key] = None
            if step.target not in schedule.constant and (
                not is_small(schedule.shapes[step.target]) or block.extent == Extent.START
            ):
                keys[step.target] = None
    keys[weight(objective)] = None
    return keys
