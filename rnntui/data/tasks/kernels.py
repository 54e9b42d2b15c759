"""The draws of the tasks, compiled: a range of sequences in one call, without Python's lock.

Every function of a task takes the stream's seed, the range, the `symbol_rows` of both alphabets
where there are symbols, and what the task is set to. It takes the numbers of `RandomStream` in the
order in which the task itself takes them, here by their numbers, and gives the parts of a Packed.

All of it stands in one file, because Numba's cache notices changes only in the file of the function
that is called. Imported only where Numba is installed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rnntui.data.packed import Array, Labels
from rnntui.data.random_stream import FIRST_FACTOR, GAMMA, SECOND_FACTOR, UNIT
from rnntui.data.tasks.symbols import NOTHING

Parts = tuple[Labels, Labels, Array, Array, Array]

# Typed, because Numba makes a float of an unsigned and a signed number.
_GAMMA, _FIRST, _SECOND = np.uint64(GAMMA), np.uint64(FIRST_FACTOR), np.uint64(SECOND_FACTOR)
_1, _11, _27, _30, _31 = np.uint64(1), np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)

_compiled = njit(cache=True, nogil=True)


@_compiled
def walks(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array,
    leaving: Labels, bounds: Array, symbols: Labels, targets: Labels,
) -> Parts:  # fmt: skip
    """Strings of a grammar; the arrows of node k are leaving[k] … leaving[k + 1] − 1 of all."""
    drawn, lengths, _ = _strings(seed, first, count, leaving, bounds, symbols, targets)
    lengths -= 1
    inputs, answers = np.empty(lengths.sum(), np.int64), np.empty(lengths.sum(), np.int64)
    row = 0
    for k in range(count):
        for _ in range(lengths[k]):
            inputs[row], answers[row] = drawn[row + k], drawn[row + k + 1]
            row += 1
    return _packed(lengths, inputs, answers, input_rows, target_rows)


@_compiled
def judged_brackets(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array,
    leaving: Labels, bounds: Array, symbols: Labels, targets: Labels,
) -> Parts:  # fmt: skip
    """Strings of brackets without their end, half of them with one replaced, and 1 where valid."""
    drawn, lengths, taken = _strings(seed, first, count, leaving, bounds, symbols, targets)
    lengths -= 1
    inputs, answers = np.empty(lengths.sum(), np.int64), np.empty(lengths.sum(), np.int64)
    kinds = input_rows.shape[0] // 2
    row = 0
    for k in range(count):
        key, walked, end = _key(seed, first + k), taken[k], row + lengths[k]
        for t in range(row, end):
            inputs[t] = drawn[t + k]
        if _random(key, walked) >= 0.5:
            replaced = row + _below(key, walked + 1, lengths[k])
            other = _below(key, walked + 2, 2 * kinds - 1)
            inputs[replaced] = other + (other >= inputs[replaced])
        _judge(inputs[row:end], answers[row:end])
        row = end
    return _packed(lengths, inputs, answers, input_rows, target_rows)


@_compiled
def counts(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array,
    letters: int, strings: int, longest: int,
) -> Parts:  # fmt: skip
    """Rows of aⁿbⁿ or aⁿbⁿcⁿ, and the letter after each."""
    lengths = np.zeros(count, np.int64)
    for k in range(count):
        key = _key(seed, first + k)
        for string in range(strings):
            lengths[k] += letters * (1 + _below(key, string, longest))
    inputs, answers = np.empty(lengths.sum(), np.int64), np.empty(lengths.sum(), np.int64)
    row = 0
    for k in range(count):
        key = _key(seed, first + k)
        for string in range(strings):
            n = 1 + _below(key, string, longest)
            for letter in range(letters):
                inputs[row : row + n] = letter
                answers[row : row + n] = letter
                row += n
                answers[row - 1] = (letter + 1) % letters
    return _packed(lengths, inputs, answers, input_rows, target_rows)


@_compiled
def sums(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array, bits: int
) -> Parts:
    """Two numbers bit by bit, and the bits of their sum."""
    inputs, answers = np.empty(count * bits, np.int64), np.empty(count * bits, np.int64)
    for k in range(count):
        key, bound = _key(seed, first + k), 1 << (bits - 1)
        a, b = _below(key, 0, bound), _below(key, 1, bound)
        for bit in range(bits):
            inputs[k * bits + bit] = 2 * (a >> bit & 1) + (b >> bit & 1)
            answers[k * bits + bit] = (a + b) >> bit & 1
    return _packed(np.full(count, bits), inputs, answers, input_rows, target_rows)


@_compiled
def parities(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array, length: int
) -> Parts:
    """Bits, and whether the ones so far are odd."""
    inputs, answers = np.empty(count * length, np.int64), np.empty(count * length, np.int64)
    for k in range(count):
        key, parity = _key(seed, first + k), 0
        for t in range(length):
            bit = _below(key, t, 2)
            parity ^= bit
            inputs[k * length + t], answers[k * length + t] = bit, parity
    return _packed(np.full(count, length), inputs, answers, input_rows, target_rows)


@_compiled
def delayed_letters(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array,
    length: int, lag: int, letters: int,
) -> Parts:  # fmt: skip
    """Letters, and each again after the lag."""
    inputs, answers = np.empty(count * length, np.int64), np.empty(count * length, np.int64)
    for k in range(count):
        key, start = _key(seed, first + k), k * length
        for t in range(length):
            inputs[start + t] = _below(key, t, letters)
            answers[start + t] = inputs[start + t - lag] if t >= lag else NOTHING
    return _packed(np.full(count, length), inputs, answers, input_rows, target_rows)


@_compiled
def copies(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array,
    length: int, lag: int, letters: int,
) -> Parts:  # fmt: skip
    """Letters, blanks and the sign, and at the end the letters again."""
    blank, sign = letters, letters + 1
    waiting = length + lag
    total = waiting + length
    inputs, answers = np.full(count * total, blank), np.full(count * total, NOTHING)
    for k in range(count):
        key, start = _key(seed, first + k), k * total
        inputs[start + waiting] = sign
        for t in range(length):
            letter = _below(key, t, letters)
            inputs[start + t], answers[start + waiting + t] = letter, letter
    return _packed(np.full(count, total), inputs, answers, input_rows, target_rows)


@_compiled
def orders(
    seed: np.uint64, first: int, count: int, input_rows: Array, target_rows: Array,
    length: int, E: int, B: int, A: int, X: int,
) -> Parts:  # fmt: skip
    """Distractors from A to before X, two X or Y among them, E and B around; the class at the end."""
    tenth = length // 10
    earliest, latest = length // 2, 6 * length // 10
    lengths = _stretched(seed, first, count, length)
    inputs, answers = np.empty(lengths.sum(), np.int64), np.full(lengths.sum(), NOTHING)
    start = 0
    for k in range(count):
        key, end = _key(seed, first + k), start + lengths[k]
        for t in range(lengths[k]):
            inputs[start + t] = A + _below(key, 3 + t, X - A)
        inputs[start], inputs[end - 1] = E, B
        one, other = _below(key, 3 + lengths[k], 2), _below(key, 4 + lengths[k], 2)
        inputs[start + tenth + _below(key, 1, length // 5 + 1 - tenth)] = X + one
        inputs[start + earliest + _below(key, 2, latest + 1 - earliest)] = X + other
        answers[end - 1] = 2 * one + other
        start = end
    return _packed(lengths, inputs, answers, input_rows, target_rows)


@_compiled
def marked_sums(seed: np.uint64, first: int, count: int, length: int, first_within: int) -> Parts:
    """Values, of which two are marked, and at the end ½ + (X1 + X2)/4."""
    lengths = _stretched(seed, first, count, length)
    x, y, mask = np.zeros((lengths.sum(), 2)), np.zeros((lengths.sum(), 1)), np.zeros(lengths.sum())
    start = 0
    for k in range(count):
        key, end = _key(seed, first + k), start + lengths[k]
        one, other = _below(key, 1, first_within), _below(key, 2, length // 2 - 1)
        other += other >= one
        for t in range(lengths[k]):
            x[start + t, 0] = -1.0 + 2.0 * _random(key, 3 + t)
        x[start, 1] = x[end - 1, 1] = -1.0
        x[start + one, 1] = x[start + other, 1] = 1.0
        if one == 0 or other == 0:
            x[start, 0] = 0.0
        y[end - 1, 0] = 0.5 + (x[start + one, 0] + x[start + other, 0]) / 4.0
        mask[end - 1] = 1.0
        start = end
    return lengths, np.cumsum(lengths) - lengths, x, y, mask


@_compiled
def _stretched(seed: np.uint64, first: int, count: int, length: int) -> Labels:
    """Lengths from `length` to a tenth more: the first number of each sequence."""
    lengths = np.empty(count, np.int64)
    for k in range(count):
        lengths[k] = length + _below(_key(seed, first + k), 0, length // 10 + 1)
    return lengths


@_compiled
def _strings(
    seed: np.uint64, first: int, count: int,
    leaving: Labels, bounds: Array, symbols: Labels, targets: Labels,
) -> tuple[Labels, Labels, Labels]:  # fmt: skip
    """The symbols of all strings in a row; of each string how many it has, and the numbers it took."""
    drawn, used = np.empty(32 * count, np.int64), 0
    lengths, taken = np.empty(count, np.int64), np.empty(count, np.int64)
    for k in range(count):
        key = _key(seed, first + k)
        length, numbers = _walk(key, drawn[used:], leaving, bounds, symbols, targets)
        while length > drawn.size - used:
            drawn = np.append(drawn, np.empty(length, np.int64))
            length, numbers = _walk(key, drawn[used:], leaving, bounds, symbols, targets)
        lengths[k], taken[k] = length, numbers
        used += length
    return drawn, lengths, taken


@_compiled
def _walk(
    key: np.uint64, drawn: Labels,
    leaving: Labels, bounds: Array, symbols: Labels, targets: Labels,
) -> tuple[int, int]:  # fmt: skip
    """How many symbols a walk has, put into `drawn` as far as there is room, and the numbers it took."""
    node, length, taken = 0, 0, 0
    while leaving[node] < leaving[node + 1]:
        arrow = leaving[node]
        if leaving[node + 1] - arrow > 1:
            chosen = _random(key, taken)
            taken += 1
            while chosen >= bounds[arrow]:
                arrow += 1
        if length < drawn.size:
            drawn[length] = symbols[arrow]
        length += 1
        node = targets[arrow]
    return length, taken


@_compiled
def _judge(brackets: Labels, answers: Labels) -> None:
    """1 after each bracket where all are closed in the right order; an opening one has an even number."""
    stack, depth, broken = np.empty(brackets.size, np.int64), 0, False
    for t in range(brackets.size):
        if brackets[t] % 2 == 0:
            stack[depth] = brackets[t]
            depth += 1
        elif depth > 0 and stack[depth - 1] == brackets[t] - 1:
            depth -= 1
        else:
            broken = True  # for good, whatever comes
        answers[t] = depth == 0 and not broken


@_compiled
def _packed(
    lengths: Labels, inputs: Labels, answers: Labels, input_rows: Array, target_rows: Array
) -> Parts:
    """The parts of sequences that are given as symbols' numbers."""
    rows = inputs.size
    x, y = np.empty((rows, input_rows.shape[1])), np.empty((rows, target_rows.shape[1]))
    mask = np.empty(rows)
    for t in range(rows):
        for j in range(x.shape[1]):
            x[t, j] = input_rows[inputs[t], j]
        for j in range(y.shape[1]):
            y[t, j] = target_rows[answers[t], j]
        mask[t] = answers[t] != NOTHING
    return lengths, np.cumsum(lengths) - lengths, x, y, mask


@_compiled
def _random(key: np.uint64, k: int) -> float:
    """Number k of a key as `RandomStream.random` gives it."""
    return (_number(key, k) >> _11) * UNIT


@_compiled
def _below(key: np.uint64, k: int, bound: int) -> int:
    """Number k of a key as `RandomStream.integers(0, bound)` gives it."""
    return int(np.int64(_number(key, k) % np.uint64(bound)))


@_compiled
def _key(seed: np.uint64, index: int) -> np.uint64:
    """The key of a sequence: a number of the seed's."""
    return _number(_mixed(seed), index)


@_compiled
def _number(key: np.uint64, k: int) -> np.uint64:
    return _mixed(key + (np.uint64(k) + _1) * _GAMMA)


@_compiled
def _mixed(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)
