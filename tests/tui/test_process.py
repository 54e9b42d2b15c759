"""The search for garbage: in portions, between keys."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from rnntui.tui.process import search_garbage


class Cycle:
    """An object that only the search can free."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def nothing_searched_otherwise() -> Iterator[None]:
    """Only what is asked for is searched."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_many_new_objects_are_searched() -> None:
    cycle = weakref.ref(Cycle())
    kept = [[] for _ in range(3000)]
    search_garbage()
    assert cycle() is None
    assert kept


def test_a_few_are_left_for_later() -> None:
    cycle = weakref.ref(Cycle())
    search_garbage()
    assert cycle() is not None


def test_what_was_kept_once_is_searched_as_well() -> None:
    owner = Cycle()
    cycle = weakref.ref(owner)
    kept = [[] for _ in range(3000)]
    search_garbage()  # now it is older than what comes
    del owner
    for _ in range(12):
        kept += [[] for _ in range(3000)]
        search_garbage()
    assert cycle() is None
