"""The schedule: what is computed when, once equations and their derivatives are put in order.

The one form between a model's equations and what a machine runs. It prints (`rnntui explain
--schedule`), and NumPy code and machine code are two printers of it. A schedule is blocks of steps;
a step is a formula of the language and where its value goes:

    once                        what depends on parameters alone
    t = 0                       initial states by formula
    over t = 1 … T              what does not depend on its own past: all timesteps at once
    for t = 1 … T               a recurrence, timestep by timestep; backwards, for t = T … 1
    Σ over t = 1 … T            what a parameter's gradient adds up
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from math import prod

from rnntui.language.keys import Key
from rnntui.language.shapes import Shape
from rnntui.language.source_text import to_text
from rnntui.language.tree import Expression, Name, names

LARGE = 256  # elements of a matrix from which on a product with it is worth a step of its own


def is_large(shape: Shape) -> bool:
    """Whether a matrix is better multiplied by vectors of all timesteps at once."""
    return len(shape) == 2 and prod(shape) >= LARGE


class Extent(Enum):
    """For which timesteps a block is computed, and in which order."""

    ONCE = "once"
    START = "t = 0"
    OVER_TIME = "over t = 1 … T"
    FORWARD = "for t = 1 … T"
    BACKWARD = "for t = T … 1"
    SUM = "Σ over t = 1 … T"


@dataclass(frozen=True)
class Step:
    """target = formula; plus `following` where gradients flow from t + 1.

    short: it is of t = 1 … T − 1 alone, as what comes from t + 1 is. adds: to what the target is already.
    """

    target: Key
    formula: Expression | None
    following: Expression | None = None
    short: bool = False
    adds: bool = False

    @property
    def uses(self) -> Iterator[Name]:
        """The names in it."""
        for part in (self.formula, self.following):
            if part is not None:
                yield from names(part)


@dataclass(frozen=True)
class Block:
    """Steps, one after the other. together: how many of them at a time are of one form and could be one."""

    extent: Extent
    steps: tuple[Step, ...]
    together: tuple[int, ...] = ()

    @property
    def groups(self) -> Iterator[tuple[Step, ...]]:
        """The steps, those of one form together."""
        start = 0
        for count in self.together or (1,) * len(self.steps):
            yield self.steps[start : start + count]
            start += count


@dataclass(frozen=True)
class Schedule:
    """The blocks of one sequence, forward and backward.

    shapes: of every name in them. constant: the names that have no time: parameters, their
    gradients, and what is computed once.
    """

    shapes: Mapping[str, Shape]
    constant: frozenset[str]
    forward: tuple[Block, ...]
    backward: tuple[Block, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All of them."""
        return (*self.forward, *self.backward)

    @property
    def timed(self) -> tuple[Key, ...]:
        """What is computed for each timestep, in order of its first appearance."""
        targets = (step.target for block in self.blocks for step in block.steps)
        return tuple(dict.fromkeys(key for key in targets if key not in self.constant))

    def lines(self) -> Iterator[str]:
        """The schedule as text: blocks as headings, a step each line."""
        for title, blocks in (("forward", self.forward), ("backward", self.backward)):
            for block in blocks:
                yield f"{title}, {block.extent.value}" if block.extent != Extent.ONCE else "once"
                for group in block.groups:
                    for number, step in enumerate(group):
                        mark = " " if len(group) == 1 else "┌│└"[_place(number, len(group))]
                        yield f"  {mark} {self._line(step)}"

    def _line(self, step: Step) -> str:
        parts = [] if step.formula is None else [to_text(step.formula)]
        if step.following is not None:
            parts.append(f"[{to_text(step.following)}]")
        sign = "+=" if step.adds else "="
        size = "×".join(map(str, self.shapes[step.target]))
        about = f"{size or '1'}{', t < T' if step.short else ''}"
        return f"{step.target} {sign} {' + '.join(parts) or '0'}  ({about})"


def _place(number: int, count: int) -> int:
    return 0 if number == 0 else 2 if number == count - 1 else 1
