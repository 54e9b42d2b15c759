"""What would take more memory than there may be is refused before it is computed, by every command."""

from __future__ import annotations

import sys
import tracemalloc

import pytest
from bounded import refused, run_bounded

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.session.checks import start_training
from rnntui.session.session import Session
from rnntui.text.problems import InputError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no limits")

SMALL = """
model = "lstm"
[sizes]
hidden = 2
[data]
one_hot = "ab"
sequence = "abba"
targets = "next"
[training]
iterations = 2
[[expect]]
at = { t = 1 }
values = { h = [0, 0] }
"""
LARGE = {
    "batch": (
        SMALL.replace("iterations = 2", "batch = 1_000_000_000"),
        "a batch of 1,000,000,000 sequences would take",
        "take a smaller batch",
    ),
    "batch of a task": (
        'model = "lstm"\nsizes.hidden = 2\n[data]\ntask = "reber"\n[training]\nbatch = 1_000_000_000\n'
        "iterations = 2\n[[expect]]\nat = { t = 1 }\nvalues = { h = [0, 0] }\n",
        "a batch of 1,000,000,000 sequences would take",
        "take a smaller batch",
    ),
    "units": (
        SMALL.replace("hidden = 2", "hidden = 4_000").replace("[[expect]]", "").split("at =")[0],
        "training 64,0",
        "take fewer hidden units",
    ),
    "length": (
        '[model]\ncell = "h = tanh(w * h[t-1])"\nloss = "squared_error(h, 0.5)"\n'
        "[parameters]\nw = 0.5\n[data]\nlength = 10_000_000\n",
        "a sequence of 10,000,000 timesteps would take",
        "cut it into shorter ones",
    ),
}


@pytest.mark.parametrize("command", ["trace", "train", "explain"])
@pytest.mark.parametrize("kind", LARGE)
def test_what_is_too_large(kind: str, command: str, tmp_path) -> None:
    text, what, cure = LARGE[kind]
    path = tmp_path / "f.toml"
    path.write_text(text)
    message = refused(command, str(path))
    assert message.startswith(what)
    assert "400 MB is the most" in message
    assert cure in message


def test_check_says_it_too(tmp_path) -> None:
    path = tmp_path / "f.toml"
    path.write_text(LARGE["batch"][0])
    ended = run_bounded("check", str(path))
    assert ended.status == 2
    assert "a batch of 1,000,000,000 sequences would take" in ended.errors


@pytest.mark.parametrize("kind", LARGE)
def test_the_application_is_told_before_anything_is_made(kind: str) -> None:
    file = parse_sequence_file(LARGE[kind][0])
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="of memory, and 400 MB is the most"):
            Session(file)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_batch_that_can_be_trained_on_and_not_looked_at() -> None:
    text = SMALL.replace("hidden = 2", "hidden = 30").replace("iterations = 2", "batch = 20_000")
    file = parse_sequence_file(text.split("[[expect]]")[0])
    trainer, state = start_training(file)
    with pytest.raises(
        InputError, match=r"every value of 20,000 sequences .* `rnntui train` keeps"
    ):
        trainer.iterate(state)


def file_of(hidden: int, length: int, batch: int) -> SequenceFile:
    sequences = ", ".join([f'"{"ab" * (length // 2)}"'] * batch)
    text = SMALL.replace('sequence = "abba"', f"sequences = [{sequences}]")
    text = text.replace("hidden = 2", f"hidden = {hidden}").split("[[expect]]")[0]
    return parse_sequence_file(text.replace("iterations = 2", 'batch = "all"'))


@pytest.mark.parametrize("sizes", [(16, 2000, 1), (32, 100, 12), (200, 4, 1)])
def test_what_is_told_beforehand_is_about_what_it_takes(sizes: tuple[int, int, int]) -> None:
    tracemalloc.start()
    try:
        trainer, state = start_training(file_of(*sizes))
        trainer.iterate(state)  # what is generated once
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        trainer.iterate(state)
        taken = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    memory = trainer.memory
    told = memory.parameters + memory.sequence + memory.traces
    assert told / 8 < taken < told
