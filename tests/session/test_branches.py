"""The tree of histories: a branch has its own future, and its parent's past to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from small_files import ELMAN, NO_TARGETS

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.engine.state import TrainingState
from rnntui.session.branches import Branch, Branches
from rnntui.session.checks import start_training

MEMORY = 10**6
ADAM = ELMAN + '[training]\noptimizer = "adam"\n'


def tree(text: str = ADAM) -> Branches:
    file = parse_sequence_file(text, "small.toml")
    return Branches(file, *start_training(file), MEMORY)


def edited(state: TrainingState, w: float) -> TrainingState:
    parameters = {**state.parameters, "w": np.float64(w) * np.ones(())}
    return TrainingState(state.iteration, parameters, state.memory)


def off(branches: Branches, iteration: int, w: float) -> Branch:
    """A branch that parts before an iteration with another w."""
    parent = branches.current
    start = edited(parent.state(iteration), w)
    return branches.grow(parent.file, parent.trainer, start, (f"w = {w}",))


def bits(state: TrainingState) -> bytes:
    return b"".join(a.tobytes() for a in (*state.parameters.values(), *state.memory.values()))


def test_a_branch_trains_on_from_what_was_changed_and_its_parent_stays_as_it_is():
    branches = tree()
    root = branches.current
    root.history.extend(60)
    before = [bits(root.state(k)) for k in range(61)]
    branch = off(branches, 20, 2.0)
    assert branches.current is branch
    branch.history.extend(30)
    assert branch.newest == 50
    assert root.newest == 60
    assert [bits(root.state(k)) for k in range(61)] == before
    # the same iterations by the trainer, from the changed state
    state = edited(root.state(20), 2.0)
    for k in range(20, 50):
        assert bits(branch.state(k)) == bits(state)
        state = branch.trainer.iterate(state).after
    assert bits(branch.state(50)) == bits(state)


def test_before_it_parts_its_past_is_its_parents():
    branches = tree()
    root = branches.current
    root.history.extend(60)
    branch = off(branches, 20, 2.0)
    branch.history.extend(5)
    assert [bits(branch.state(k)) for k in range(20)] == [bits(root.state(k)) for k in range(20)]
    assert bits(branch.state(20)) != bits(root.state(20))
    losses = list(branch.history.losses)
    assert len(losses) == 25
    assert losses[:20] == list(root.history.losses)[:20]
    assert losses[20:] != list(root.history.losses)[20:25]


def test_a_branch_off_a_branch_and_one_off_what_both_share():
    branches = tree()
    root = branches.current
    root.history.extend(30)
    first = off(branches, 20, 2.0)
    first.history.extend(20)
    second = off(branches, 35, -1.0)
    assert list(second.path()) == [second, first, root]
    assert [second.owner(k) for k in (0, 19, 20, 34, 35, 99)] == [
        root, root, first, first, second, second,
    ]  # fmt: skip
    branches.switch(first)
    early = off(branches, 10, 7.0)
    assert early.parent is root, "it parts before its own branch did"
    assert branches.all == (root, first, second, early)
    assert [branch.edits for branch in branches.all] == [
        (), ("w = 2.0",), ("w = -1.0",), ("w = 7.0",),
    ]  # fmt: skip


def test_to_begin_a_branch_again_leaves_its_parents_losses():
    branches = tree()
    branches.current.history.extend(30)
    branch = off(branches, 20, 2.0)
    once = list(branch.history.extend(15))
    branch.history.restart()
    assert branch.newest == 20
    assert list(branch.history.extend(15)) == once
    assert len(branch.history.losses) == 35


def test_an_engine_that_takes_over_a_branch_begins_where_it_does():
    from rnntui.engine.numpy_engine import NumpyEngine

    branches = tree()
    branches.current.history.extend(30)
    branch = off(branches, 20, 2.0)
    branch.history.extend(40)
    states = [bits(branch.state(k)) for k in range(20, 61)]
    branch.history.speed_up(NumpyEngine)
    branch.history._thread.join(30)
    assert [bits(branch.state(k)) for k in range(20, 61)] == states


def test_where_nothing_trains_there_is_one_state():
    branches = tree(NO_TARGETS)
    assert branches.current.history is None
    assert branches.current.newest == 0
    assert branches.current.state(0).iteration == 0
    branches.close()


def test_only_its_own_branches_can_be_at_hand():
    with pytest.raises(AssertionError):
        tree().switch(tree().current)
