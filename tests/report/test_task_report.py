"""`rnntui tasks` and `rnntui generate`: what they print, and the JSON of both."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from rnntui.data.tasks.addition import BinaryAddition
from rnntui.data.tasks.reber import EmbeddedReber, Reber
from rnntui.data.tasks.recall import Copy
from rnntui.data.tasks.registry import TASKS, make_task
from rnntui.report.tasks import samples_json, samples_text, tasks_json, tasks_text
from rnntui.text.terminal_cells import cell_width


def test_every_task_is_listed_with_its_options():
    lines = tasks_text().splitlines()
    names = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert names == list(TASKS)
    for task in TASKS.values():
        for option in task.options():
            assert any(
                line.strip().startswith(f"{option.name}={option.default}  ") for line in lines
            )


def test_symbols_and_states_stand_below_each_other():
    text = samples_text(EmbeddedReber(), [EmbeddedReber().sequence("BPBTXSEPE")])
    assert text == (
        "BPBTXSEPE\n"
        "input     B  P  B  T  X  S  E  P\n"
        "target    P  B  T  X  S  E  P  E\n"
        "state   0 1 10 11 12 13 14 17 18"
    )


def test_a_sum_is_said_in_words_and_shown_in_bits():
    assert samples_text(BinaryAddition(), [BinaryAddition().sequence(93, 87)]) == (
        "93 + 87 = 180\n"
        "input     11 01 11 10 11 00 11 00\n"
        "target     0  0  1  0  1  1  0  1\n"
        "carry   0  1  1  1  1  1  0  1  0"
    )


def test_targets_that_do_not_count_are_dots_and_samples_are_apart():
    task = Copy(length=1, lag=1)
    text = samples_text(task, list(islice(task.sequences(1), 2)))
    letters = [block.splitlines()[0] for block in text.split("\n\n")]
    assert text == "\n\n".join(
        f"{letter}\ninput     {letter} _ >\ntarget    · · {letter}\nheld    0 1 1 0"
        for letter in letters
    )


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("width", [1, 40, 80])
def test_long_samples_go_on_in_blocks_within_the_width(name, width):
    task = make_task(name)
    sequence = next(task.sequences(3))
    whole = samples_text(task, [sequence]).splitlines()
    blocks = samples_text(task, [sequence], width).split("\n\n")
    rows = [block.splitlines()[-len(whole) + bool(sequence.words) :] for block in blocks]
    for row in rows:
        for line in row:
            assert cell_width(line) <= max(width, 24)
    margin = max(len(line.split()[0]) for line in rows[0])
    for number, line in enumerate(whole[bool(sequence.words) :]):
        joined = " ".join(row[number][margin:] for row in rows)
        assert joined.split() == line[margin:].split()


def test_a_width_that_no_row_reaches_changes_nothing():
    sequences = [Reber().sequence("BTXSE")]
    assert samples_text(Reber(), sequences, 80) == samples_text(Reber(), sequences)


@pytest.mark.parametrize("name", TASKS)
def test_samples_are_json(name):
    task = make_task(name)
    sequences = list(islice(task.sequences(2), 3))
    found = json.loads(json.dumps(samples_json(task, 2, sequences), allow_nan=False))
    assert found["task"] == name
    assert found["seed"] == 2
    assert found["options"] == {o.name: o.default for o in task.options()}
    for given, sequence in zip(found["sequences"], sequences, strict=True):
        assert given["inputs"] == sequence.inputs.tolist()
        assert given["states"] == sequence.states.tolist()
        assert (given["truth"] is None) == (sequence.truth is None)
        assert len(given["states"]) == len(given["mask"]) + 1
    if task.graph is not None:
        assert len(found["graph"]["nodes"]) == len(task.graph.labels)
        ends = {edge["to"] for edge in found["graph"]["edges"]}
        assert ends <= set(range(len(task.graph.labels)))


def test_the_list_is_json():
    found = json.loads(json.dumps(tasks_json(), allow_nan=False))
    assert [task["name"] for task in found] == list(TASKS)
    (lag,) = [o for o in found[list(TASKS).index("copy")]["options"] if o["name"] == "lag"]
    assert lag["least"] <= lag["default"] <= lag["most"]
