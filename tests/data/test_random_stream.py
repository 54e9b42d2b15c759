"""The random numbers of a sequence: those of SplitMix64, evenly spread, and unlike their neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntui.data.random_stream import RandomStream

SEEDS = st.integers(0, 2**63)
INDICES = st.integers(0, 2**40)
COUNT = 20_000


def splitmix64(state: int) -> Iterator[int]:
    """The generator as it is published, one number after the other."""
    while True:
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        yield z ^ (z >> 31)


def bits(seed: int, index: int, count: int) -> list[int]:
    """64 bits each: the remainders of a number that is greater than them."""
    random = RandomStream(seed, index)
    return [random.integers(0, 2**64) for _ in range(count)]


def chi_square(counts: np.ndarray) -> float:
    """The statistic against even counts, less its mean, in standard deviations."""
    expected, freedom = counts.sum() / counts.size, counts.size - 1
    statistic = ((counts - expected) ** 2 / expected).sum()
    return float((statistic - freedom) / np.sqrt(2 * freedom))


class TestNumbers:
    def test_the_published_ones(self):
        first = [6457827717110365317, 3203168211198807973, 9817491932198370423]
        assert list(islice(splitmix64(1234567), 3)) == first

    @given(SEEDS, st.integers(0, 50))
    def test_a_sequences_state_is_a_number_of_the_mixed_seed(self, seed, index):
        # mixing is what gives the first number, were it not for what is added before
        mixed = next(splitmix64((seed - 0x9E3779B97F4A7C15) % 2**64))
        state = next(islice(splitmix64(mixed), index, None))
        assert bits(seed, index, 5) == list(islice(splitmix64(state), 5))

    @given(SEEDS, INDICES, st.integers(1, 40), st.integers(-100, 100), st.integers(1, 2**62))
    def test_several_are_those_one_after_the_other(self, seed, index, size, low, number):
        one, several = RandomStream(seed, index), RandomStream(seed, index)
        found = [one.integers(low, low + number) for _ in range(size)]
        assert several.integers(low, low + number, size).tolist() == found
        assert all(low <= value < low + number for value in found)
        found = [one.uniform(-1.5, 2.0) for _ in range(size)]
        assert several.uniform(-1.5, 2.0, size).tolist() == found
        assert one.random() == several.random()

    @given(SEEDS, INDICES)
    def test_integers_are_remainders_and_fractions_the_upper_bits(self, seed, index):
        (number,) = bits(seed, index, 1)
        assert RandomStream(seed, index).integers(3, 10) == 3 + number % 7
        assert RandomStream(seed, index).random() == (number >> 11) / 2**53
        assert 0 <= RandomStream(seed, index).random() < 1


# Neighbours: consecutive indices of a seed, and consecutive seeds of an index.
NEIGHBOURS = {
    "indices": lambda k: (3, k),
    "far indices": lambda k: (3, 10**12 + k),
    "seeds": lambda k: (k, 0),
    "both": lambda k: (k, k),
}


@pytest.mark.parametrize("pair", NEIGHBOURS.values(), ids=NEIGHBOURS)
class TestNeighbours:
    """All with fixed seeds: what is likely by less than 1 in 10,000 would have been seen here."""

    def first_two(self, pair) -> np.ndarray:
        return np.array([bits(*pair(k), 2) for k in range(COUNT)], dtype=np.uint64)

    @pytest.mark.parametrize("number", [2, 7, 16, 100])
    def test_first_numbers_are_even(self, pair, number):
        first = (self.first_two(pair)[:, 0] % np.uint64(number)).astype(int)
        assert abs(chi_square(np.bincount(first, minlength=number))) < 4

    def test_fractions_are_even(self, pair):
        first = [RandomStream(*pair(k)).random() for k in range(COUNT)]
        assert abs(chi_square(np.histogram(first, 64, (0, 1))[0])) < 4

    @pytest.mark.parametrize("which", ["the next one's first", "its own second"])
    def test_a_number_says_nothing_of_another(self, pair, which):
        drawn = (self.first_two(pair) % np.uint64(8)).astype(int)
        first, second = drawn[:, 0], drawn[:, 1]
        one, other = (first, second) if which == "its own second" else (first[:-1], first[1:])
        assert abs(chi_square(np.bincount(8 * one + other, minlength=64))) < 4

    def test_half_of_the_bits_differ(self, pair):
        first = self.first_two(pair)[:, 0]
        changed = np.unpackbits((first[1:] ^ first[:-1])[:, None].view(np.uint8), axis=1)
        assert changed.sum(axis=1).std() == pytest.approx(4, abs=0.1)
        np.testing.assert_allclose(changed.mean(axis=0), 0.5, atol=4.5 * 0.5 / np.sqrt(COUNT))

    def test_no_two_are_alike(self, pair):
        assert len(np.unique(self.first_two(pair))) == 2 * COUNT
