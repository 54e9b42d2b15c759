"""Random numbers of one sequence: a function of the stream's seed and the sequence's index alone.

SplitMix64 counts: its number k from a state, its *key*, is `mixed(key + (k + 1) * GAMMA)`, found as
fast for any k. The seed, mixed, is the key of the sequences' keys, so that any sequence is found at
once. `numbers` gives those of many sequences at once.
"""

from __future__ import annotations

from typing import overload

import numpy as np
import numpy.typing as npt

# The golden ratio's odd fraction of 2⁶⁴, and the multipliers of mixing variant 13.
GAMMA = 0x9E3779B97F4A7C15
FIRST_FACTOR, SECOND_FACTOR = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
UNIT = 2.0**-53  # between neighbouring numbers of `random`
_MASK = 2**64 - 1
# The same for arrays, whose 64 bits wrap of themselves.
_GAMMA, _FIRST, _SECOND = np.uint64(GAMMA), np.uint64(FIRST_FACTOR), np.uint64(SECOND_FACTOR)
_11, _27, _30, _31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)


class RandomStream:
    """The random numbers that sequence `index` of a stream is drawn from, one after the other.

    seed, index: whole numbers from 0, taken modulo 2⁶⁴.
    Source: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators (SplitMix64,
    with the finaliser of Stafford 2011).
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int, index: int) -> None:
        self._state = _mixed(_mixed(seed & _MASK) + (index + 1) * GAMMA & _MASK)

    def random(self) -> float:
        """A number ~ U[0, 1): a multiple of 2⁻⁵³."""
        return (self._next() >> 11) * UNIT

    @overload
    def uniform(self, low: float, high: float) -> float: ...

    @overload
    def uniform(self, low: float, high: float, size: int) -> npt.NDArray[np.float64]: ...

    def uniform(
        self, low: float, high: float, size: int | None = None
    ) -> float | npt.NDArray[np.float64]:
        """A number ~ U[low, high), or `size` of them."""
        if size is None:
            return low + (high - low) * self.random()
        return np.asarray(low + (high - low) * ((self._several(size) >> _11) * UNIT), np.float64)

    @overload
    def integers(self, low: int, high: int) -> int: ...

    @overload
    def integers(self, low: int, high: int, size: int) -> npt.NDArray[np.int64]: ...

    def integers(self, low: int, high: int, size: int | None = None) -> int | npt.NDArray[np.int64]:
        """A whole number of low … high − 1, or `size` of them: low plus the remainder of 64 bits.

        One is as likely as another up to a part in 2⁶⁴ / (high − low); exactly, where that is whole.
        """
        if size is None:
            return low + self._next() % (high - low)
        return low + (self._several(size) % np.uint64(high - low)).astype(np.int64)

    def _next(self) -> int:
        self._state = state = self._state + GAMMA & _MASK
        return _mixed(state)

    def _several(self, size: int) -> npt.NDArray[np.uint64]:
        """The next numbers at once."""
        found = numbers(np.uint64(self._state), np.arange(size))
        self._state = self._state + size * GAMMA & _MASK
        return found


def numbers(
    keys: np.uint64 | npt.NDArray[np.uint64], k: int | npt.NDArray[np.int64]
) -> npt.NDArray[np.uint64]:
    """Number k of each key, from 0; keys and k are broadcast."""
    places = np.asarray(k).astype(np.uint64) + np.uint64(1)
    with np.errstate(over="ignore"):  # 64 bits wrap, of which NumPy warns if it is a single number
        return mixed(np.asarray(places * _GAMMA) + keys)


def mixed(z: np.uint64 | npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """`_mixed` of each."""
    with np.errstate(over="ignore"):
        z = (z ^ z >> _30) * _FIRST
        z = (z ^ z >> _27) * _SECOND
        return np.asarray(z ^ z >> _31)


def _mixed(z: int) -> int:
    """64 bits of which each depends on all of z; no two z give the same."""
    z = (z ^ z >> 30) * FIRST_FACTOR & _MASK
    z = (z ^ z >> 27) * SECOND_FACTOR & _MASK
    return z ^ z >> 31
