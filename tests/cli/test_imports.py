"""What is imported when: the answer to `--help`, and the first screen, wait for nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# what computes, reads or draws; each a module or a package with all that is in it
HEAVY = {
    "numpy",
    "scipy",
    "llvmlite",
    "plotext",
    "rnntui.compile",
    "rnntui.engine",
    "rnntui.language",
    "rnntui.notation",
    "rnntui.report",
    "rnntui.data.sequence_file",
    "rnntui.session.session",
}
TERMINAL = {"textual", "rich", "rnntui.tui"}

COMMAND = """
import sys
from rnntui.cli import main
try:
    main(sys.argv[1:], prog_name="rnntui")
finally:
    print(*sys.modules, file=sys.stderr)
"""

FIRST_PAINT = """
import asyncio, sys
from pathlib import Path
from rnntui.tui.app import RnnTui
from rnntui.tui.screens.choose_model import ChooseModelScreen
from rnntui.tui.screens.gallery import GalleryScreen
from rnntui.tui.screens.opening import OpeningScreen
from rnntui.tui.pending_file import PendingFile

def work(screen, *_):  # the first thing done once the screen is seen
    print(*sys.modules, file=sys.stderr)
    print("seen:", *screen.query("KeysFooter, #files, #equation, #models"))
    screen.app.exit()

OpeningScreen._start = work
GalleryScreen._make_preview = work

def opens(chosen, progress):
    raise AssertionError("nothing is read before the first paint")

what = sys.argv[1]
if what == "choose":
    ChooseModelScreen.on_mount = lambda screen: screen.call_after_refresh(work, screen)
app = RnnTui(None if what == "gallery" else PendingFile("numbers", opens, what == "choose"))
app.run(headless=True, size=(120, 40))
"""


def imported(program: str, *arguments: str, **environment: str) -> tuple[str, set[str]]:
    """What a program prints, and all modules and packages that it has imported."""
    found = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=True,
        timeout=60,
    )
    return found.stdout, set(found.stderr.split())


class TestTheCommandLine:
    def test_importing_it(self):
        _, modules = imported("import sys, rnntui.cli; print(*sys.modules, file=sys.stderr)")
        assert not modules & (HEAVY | TERMINAL)

    @pytest.mark.parametrize(
        "arguments",
        [["--version"], ["--help"], ["check", "--help"], ["train", "--help"], ["trace", "--help"]],
        ids=" ".join,
    )
    def test_what_needs_no_file(self, arguments):
        said, modules = imported(COMMAND, *arguments)
        assert "rnntui" in said
        assert not modules & (HEAVY | TERMINAL)

    def test_completion_by_the_shell(self):
        asks = {"_RNNTUI_COMPLETE": "bash_complete", "COMP_WORDS": "rnntui tr", "COMP_CWORD": "1"}
        said, modules = imported(COMMAND, **asks)
        assert "train" in said
        assert not modules & (HEAVY | TERMINAL)


@pytest.mark.parametrize(
    ("what", "shown"), [("file", "equation"), ("gallery", "files"), ("choose", "models")]
)
def test_the_first_screen_is_seen_before_anything_heavy_is_imported(what, shown):
    said, modules = imported(FIRST_PAINT, what)
    assert f"id='{shown}'" in said
    assert "KeysFooter" in said
    assert "textual" in modules
    assert not modules & HEAVY
