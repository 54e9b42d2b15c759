"""A range of a task's sequences at once, as arrays: what training takes of them, a thousand at a time.

Every number of a stream is found by its place (`RandomStream`), so that one operation of NumPy draws
it for all sequences. Each function takes the numbers in the order in which the task itself does,
and gives the same sequences, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rnntui.data.packed import Array, Labels, Packed, first_rows, pack
from rnntui.data.random_stream import UNIT, RandomStream, mixed, numbers
from rnntui.data.tasks import adding, temporal_order
from rnntui.data.tasks.adding import Adding
from rnntui.data.tasks.addition import BinaryAddition
from rnntui.data.tasks.brackets import BracketValidity
from rnntui.data.tasks.counting import CountedStrings
from rnntui.data.tasks.grammar import Grammar
from rnntui.data.tasks.parity import Parity
from rnntui.data.tasks.recall import Copy, DelayedRecall
from rnntui.data.tasks.symbols import NOTHING, symbol_rows
from rnntui.data.tasks.task import Task
from rnntui.data.tasks.temporal_order import TemporalOrder

Keys = npt.NDArray[np.uint64]
Places = Labels | int
_11 = np.uint64(11)


@dataclass(frozen=True, eq=False)
class Arrows:
    """A machine's arrows in a row. ends: (nodes + 1,), where those of each node begin. bounds,
    symbols, targets: of each: its cumulative probability, its symbol's number, where it leads."""

    ends: Labels
    bounds: Array
    symbols: Labels
    targets: Labels


@dataclass(frozen=True, eq=False)
class Walks:
    """The symbols of walks, one walk behind the other; of each, how many it has and how many random
    numbers it took."""

    symbols: Labels
    lengths: Labels
    taken: Labels


Walker = Callable[[Keys, Arrows], Walks]


def draw_range(
    task: Task, seed: int, first: int, count: int, walker: Walker | None = None
) -> Packed:
    """The sequences first … first + count − 1 of a task, below each other.

    walker: what walks through a machine, if not NumPy.
    """
    keys = numbers(mixed(np.uint64(seed & _MASK)), np.arange(first, first + count))
    match task:
        case Grammar():
            return _strings(task, (walker or walk)(keys, arrows_of(task)))
        case BracketValidity():
            return _judged(task, keys, (walker or walk)(keys, arrows_of(task.language)))
        case CountedStrings():
            return _counted(task, keys)
        case BinaryAddition():
            return _sums(task, keys)
        case Parity():
            return _parities(task, keys)
        case DelayedRecall():
            return _delayed(task, keys)
        case Copy():
            return _copies(task, keys)
        case TemporalOrder():
            return _orders(task, keys)
        case Adding():
            return _marked(task, keys)
    streams = (RandomStream(seed, index) for index in range(first, first + count))
    return pack([task.draw(random) for random in streams])


_MASK = 2**64 - 1


def _random(keys: Keys, k: Places) -> Array:
    """Number k of each key as `RandomStream.random` gives it."""
    return np.asarray((numbers(keys, k) >> _11) * UNIT, np.float64)


def _below(keys: Keys, k: Places, bound: Places) -> Labels:
    """Number k of each key as `RandomStream.integers(0, bound)` gives it."""
    return (numbers(keys, k) % np.asarray(bound).astype(np.uint64)).astype(np.int64)


@lru_cache(maxsize=8)
def _rows_of(task: Task) -> tuple[Array, Array]:
    return symbol_rows(task.alphabet), symbol_rows(task.target_alphabet)


def _packed(task: Task, lengths: Labels, inputs: Labels, answers: Labels) -> Packed:
    """Sequences of symbols' numbers; the loss counts where there is an answer."""
    input_rows, target_rows = _rows_of(task)
    mask = (answers != NOTHING).astype(np.float64)
    return Packed(
        lengths, first_rows(lengths), input_rows.take(inputs, 0), target_rows.take(answers, 0), mask
    )


def _alike(keys: Keys, length: int) -> Labels:
    return np.full(len(keys), length, np.int64)


@lru_cache(maxsize=8)
def arrows_of(task: Task) -> Arrows:
    """The arrows of a grammar."""
    assert isinstance(task, Grammar)
    ends = np.cumsum([0, *(len(leaving) for leaving in task.arrows)], dtype=np.int64)
    arrows = [arrow for leaving in task.arrows for arrow in leaving]
    bounds, symbols, targets = zip(*arrows, strict=True)
    return Arrows(ends, np.array(bounds), np.array(symbols, np.int64), np.array(targets, np.int64))


def walk(keys: Keys, arrows: Arrows) -> Walks:
    """A walk for each key from the first node to an end: all take their next step at once."""
    node, taken = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    lengths = np.zeros(len(keys), np.int64)
    walking = np.arange(len(keys))
    steps: list[tuple[Labels, Labels]] = []
    while len(walking):
        at = node[walking]
        arrow = arrows.ends[at]
        choice = arrows.ends[at + 1] - arrow > 1
        chosen = np.where(choice, _random(keys[walking], taken[walking]), 0.0)
        taken[walking] += choice
        while (further := chosen >= arrows.bounds[arrow]).any():
            arrow = arrow + further
        steps.append((walking, arrows.symbols[arrow]))
        lengths[walking] += 1
        node[walking] = at = arrows.targets[arrow]
        walking = walking[arrows.ends[at] < arrows.ends[at + 1]]
    symbols, starts = np.empty(int(lengths.sum()), np.int64), first_rows(lengths)
    for number, (walkers, step) in enumerate(steps):
        symbols[starts[walkers] + number] = step
    return Walks(symbols, lengths, taken)


def _strings(task: Task, walks: Walks) -> Packed:
    """Strings without their last symbol, and without their first."""
    if not len(walks.lengths):
        return _packed(task, walks.lengths, walks.symbols, walks.symbols)
    starts = first_rows(walks.lengths)
    before, after = np.ones(len(walks.symbols), np.bool_), np.ones(len(walks.symbols), np.bool_)
    before[starts + walks.lengths - 1] = False
    after[starts] = False
    return _packed(task, walks.lengths - 1, walks.symbols[before], walks.symbols[after])


def _judged(task: BracketValidity, keys: Keys, walks: Walks) -> Packed:
    """Strings of brackets without their end, half of them with one replaced, and 1 where valid."""
    lengths, ends = walks.lengths - 1, first_rows(walks.lengths) + walks.lengths - 1
    kept = np.ones(len(walks.symbols), np.bool_)
    kept[ends] = False
    inputs, starts = walks.symbols[kept], first_rows(lengths)
    spoilt = np.flatnonzero(_random(keys, walks.taken) >= 0.5)
    own, taken = keys[spoilt], walks.taken[spoilt]
    place = starts[spoilt] + _below(own, taken + 1, lengths[spoilt])
    other = _below(own, taken + 2, 2 * task.kinds - 1)
    inputs[place] = other + (other >= inputs[place])
    return _packed(task, lengths, inputs, _judge(inputs, lengths, starts))


def _judge(brackets: Labels, lengths: Labels, starts: Labels) -> Labels:
    """1 after each bracket where all are closed in the right order; an opening one has an even number."""
    answers = np.zeros(len(brackets), np.int64)
    longest = int(lengths.max(initial=0))
    stacks, depth = np.zeros((len(lengths), longest + 1), np.int64), np.zeros_like(lengths)
    reading = np.arange(len(lengths))
    for t in range(longest):
        reading = reading[lengths[reading] > t]
        bracket = brackets[starts[reading] + t]
        opens = bracket % 2 == 0
        above = stacks[reading, np.maximum(depth[reading] - 1, 0)]
        closes = ~opens & (depth[reading] > 0) & (above == bracket - 1)
        opening, closing = reading[opens], reading[closes]
        stacks[opening, depth[opening]] = bracket[opens]
        depth[opening] += 1
        depth[closing] -= 1
        reading = reading[opens | closes]  # one that is broken is so for good
        answers[starts[reading] + t] = depth[reading] == 0
    return answers


def _counted(task: CountedStrings, keys: Keys) -> Packed:
    """Rows of aⁿbⁿ or aⁿbⁿcⁿ, and the letter after each."""
    letters = len(task.letters)
    n = 1 + _below(keys[:, None], np.arange(task.strings), task.longest)
    runs = np.repeat(n.ravel(), letters)
    letter = np.tile(np.arange(letters), n.size)
    inputs = np.repeat(letter, runs)
    answers = inputs.copy()
    answers[np.cumsum(runs) - 1] = (letter + 1) % letters
    assert isinstance(task, Task)
    return _packed(task, letters * n.sum(axis=1), inputs, answers)


def _sums(task: BinaryAddition, keys: Keys) -> Packed:
    """Two numbers bit by bit, and the bits of their sum."""
    bits, bound = np.arange(task.bits), 1 << (task.bits - 1)
    a, b = _below(keys, 0, bound)[:, None], _below(keys, 1, bound)[:, None]
    pairs = 2 * (a >> bits & 1) + (b >> bits & 1)
    return _packed(task, _alike(keys, task.bits), pairs.ravel(), ((a + b) >> bits & 1).ravel())


def _parities(task: Parity, keys: Keys) -> Packed:
    """Bits, and whether the ones so far are odd."""
    bits = _below(keys[:, None], np.arange(task.length), 2)
    parities = np.cumsum(bits, axis=1) % 2
    return _packed(task, _alike(keys, task.length), bits.ravel(), parities.ravel())


def _delayed(task: DelayedRecall, keys: Keys) -> Packed:
    """Letters, and each again after the lag."""
    letters = _below(keys[:, None], np.arange(task.length), task.letters)
    answers = np.full_like(letters, NOTHING)
    answers[:, task.lag :] = letters[:, : -task.lag]
    return _packed(task, _alike(keys, task.length), letters.ravel(), answers.ravel())


def _copies(task: Copy, keys: Keys) -> Packed:
    """Letters, blanks and the sign, and at the end the letters again."""
    waiting = task.length + task.lag
    shape = len(keys), waiting + task.length
    inputs, answers = np.full(shape, task.letters), np.full(shape, NOTHING)
    letters = _below(keys[:, None], np.arange(task.length), task.letters)
    inputs[:, : task.length] = answers[:, waiting:] = letters
    inputs[:, waiting] = task.letters + 1
    return _packed(task, _alike(keys, shape[1]), inputs.ravel(), answers.ravel())


def _orders(task: TemporalOrder, keys: Keys) -> Packed:
    """Distractors, two X or Y among them, E and B around; the class at the end."""
    e, b, a, x = temporal_order.NUMBERS
    tenth, half = task.length // 10, task.length // 2
    lengths = task.length + _below(keys, 0, tenth + 1)
    starts, rows, t = _ragged(lengths)
    inputs = a + _below(keys[rows], 3 + t, x - a)
    inputs[starts], inputs[starts + lengths - 1] = e, b
    one, other = _below(keys, 3 + lengths, 2), _below(keys, 4 + lengths, 2)
    inputs[starts + tenth + _below(keys, 1, task.length // 5 + 1 - tenth)] = x + one
    latest = 6 * task.length // 10
    inputs[starts + half + _below(keys, 2, latest + 1 - half)] = x + other
    answers = np.full(len(inputs), NOTHING)
    answers[starts + lengths - 1] = 2 * one + other
    return _packed(task, lengths, inputs, answers)


def _marked(task: Adding, keys: Keys) -> Packed:
    """Values, of which two are marked, and at the end ½ + (X1 + X2)/4."""
    lengths = task.length + _below(keys, 0, task.length // 10 + 1)
    starts, rows, t = _ragged(lengths)
    one = _below(keys, 1, adding.FIRST_MARK_WITHIN)
    other = _below(keys, 2, task.length // 2 - 1)
    other += other >= one
    ends = starts + lengths - 1
    inputs, targets = np.zeros((len(rows), 2)), np.zeros((len(rows), 1))
    inputs[:, 0] = -1.0 + 2.0 * _random(keys[rows], 3 + t)
    inputs[starts, 1] = inputs[ends, 1] = -1.0
    inputs[starts + one, 1] = inputs[starts + other, 1] = 1.0
    inputs[starts[(one == 0) | (other == 0)], 0] = 0.0
    targets[ends, 0] = 0.5 + (inputs[starts + one, 0] + inputs[starts + other, 0]) / 4.0
    mask = np.zeros(len(rows))
    mask[ends] = 1.0
    return Packed(lengths, starts, inputs, targets, mask)


def _ragged(lengths: Labels) -> tuple[Labels, Labels, Labels]:
    """The first row of each sequence, and of each row its sequence and its timestep, from 0."""
    starts = first_rows(lengths)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return starts, rows, np.arange(len(rows)) - starts[rows]
