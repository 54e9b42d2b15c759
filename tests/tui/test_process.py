"""What the application changes of its process is as it was in the end; garbage is searched between keys."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from rnntui.tui.process import search_garbage, search_less, tuned

CHANGED = """
import gc, os, sys
from rnntui.tui.process import tuned

def state():
    return sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count(), os.environ.get("TEXTUAL_FPS")

before = state()
try:
    with tuned():
        from textual import constants
        from rnntui.data.sequence_file import read_sequence_file
        from rnntui.data.shipped import find_file
        from rnntui.tui.app import RnnTui
        from rnntui.tui.stepper.stepper_view import StepperView

        def look():
            meanwhile = state()
            assert all(one != other for one, other in zip(before, meanwhile)), meanwhile
            assert constants.MAX_FPS == 240
            print("changed")
            if sys.argv[1] == "crash":
                raise ZeroDivisionError("a fault of our own")
            app.exit()

        app = RnnTui(read_sequence_file(find_file("lstm-ab")))
        StepperView._show_rest = lambda view: view.set_timer(0.1, look)
        app.run(headless=True)
        if app._exception is not None:
            raise app._exception
except ZeroDivisionError:
    print("crashed")
assert state() == before, (before, state())
print("put back")
"""


def state() -> tuple[object, ...]:
    thresholds = gc.get_threshold()
    return sys.getswitchinterval(), thresholds, gc.get_freeze_count(), os.environ.get("TEXTUAL_FPS")


@pytest.fixture
def nothing_searched_otherwise() -> Iterator[None]:
    """Only what is asked for is searched."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class TestTuned:
    @pytest.mark.parametrize("end", ["exit", "crash"])
    def test_an_application_leaves_its_process_as_it_was(self, end: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "TEXTUAL_FPS"}
        said = subprocess.run(
            [sys.executable, "-c", CHANGED, end],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
        )
        expected = ["changed", *(["crashed"] if end == "crash" else []), "put back"]
        assert [line for line in said.stdout.splitlines() if line in expected] == expected, said

    def test_what_its_user_has_set_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TEXTUAL_FPS", "30")
        with tuned():
            assert os.environ["TEXTUAL_FPS"] == "30"
        assert os.environ["TEXTUAL_FPS"] == "30"

    def test_an_error_within_it_is_not_kept(self) -> None:
        before = state()
        with contextlib.suppress(KeyError), tuned():
            search_less()
            assert state() != before
            raise KeyError
        assert state() == before

    def test_elsewhere_nothing_is_left_out_of_the_search(self) -> None:
        before = state()
        search_less()
        assert state() == before


class Cycle:
    """An object that only the search can free."""

    def __init__(self) -> None:
        self.me = self


@pytest.mark.usefixtures("nothing_searched_otherwise")
class TestSearch:
    def test_many_new_objects_are_searched(self) -> None:
        cycle = weakref.ref(Cycle())
        kept = [[] for _ in range(3000)]
        search_garbage()
        assert cycle() is None
        assert kept

    def test_a_few_are_left_for_later(self) -> None:
        cycle = weakref.ref(Cycle())
        search_garbage()
        assert cycle() is not None

    def test_what_was_kept_once_is_searched_as_well(self) -> None:
        owner = Cycle()
        cycle = weakref.ref(owner)
        kept = [[] for _ in range(3000)]
        search_garbage()  # now it is older than what comes
        del owner
        for _ in range(12):
            kept += [[] for _ in range(3000)]
            search_garbage()
        assert cycle() is None
