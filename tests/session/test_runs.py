"""The loop that all training goes through: the same ends, whatever is trained on and in whatever parts."""

from __future__ import annotations

import pytest
from small_files import BLOWS_UP, ELMAN, LSTM, NO_TARGETS

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.state import TrainingState
from rnntui.session.checks import start_training
from rnntui.session.conditions import Condition
from rnntui.session.history import History
from rnntui.session.runs import Frontier, Run, trained_to
from rnntui.text.problems import InputError


def bits(state: TrainingState) -> bytes:
    return b"".join(array.tobytes() for array in state.parameters.values())


def stepped(text: str, iterations: int) -> tuple[list[TrainingState], list[float]]:
    """The states and losses that the trainer comes to, one iteration after the other."""
    trainer, state = start_training(parse_sequence_file(text, "small.toml"))
    states, losses = [state], []
    for _ in range(iterations):
        iteration = trainer.iterate(states[-1])
        states.append(iteration.after)
        losses.append(iteration.loss)
    return states, losses


def made(text: str, kind: str, condition: str = "", **options) -> Run:
    file = parse_sequence_file(text, "small.toml")
    trainer, start = start_training(file)
    training = (
        Frontier(NumpyEngine(trainer), start)
        if kind == "frontier"
        else History(trainer, start, 10**6)
    )
    holds = Condition(condition, file) if condition else None
    return Run(trainer, training, condition=holds, **{"seconds": 0.001, **options})


@pytest.mark.parametrize("kind", ["frontier", "history"])
@pytest.mark.parametrize("first", [1, 7, 500])
class TestEnds:
    def test_at_the_iteration_it_was_told(self, kind, first):
        run = made(ELMAN, kind, until=53, first=first)
        losses, begun = [], []
        while (stretch := run.step()) is not None:
            begun.append(stretch.first)
            assert stretch.first == len(losses)
            losses += stretch.losses
        states, expected = stepped(ELMAN, 53)
        assert losses == expected
        assert bits(run.state) == bits(states[53])
        assert run.newest == 53
        assert run.step() is None

    @pytest.mark.parametrize("inside", ["", "u < 9"])  # which always holds, and looks inside
    def test_after_the_first_iteration_in_which_a_condition_holds(self, kind, first, inside):
        states, losses = stepped(ELMAN, 60)
        limit = (losses[30] + losses[31]) / 2
        text = f"loss < {limit!r}" if not inside else f"u < {float(states[30].parameters['u'])!r}"
        holds = [k for k in range(60) if (losses[k] < limit if not inside else
                 states[k].parameters["u"] < states[30].parameters["u"])]  # fmt: skip
        run = made(ELMAN, kind, text, until=60, first=first)
        seen = []
        while (stretch := run.step()) is not None:
            seen += stretch.losses
        assert run.held_at == holds[0]
        assert seen == losses[: holds[0] + 1]
        assert run.newest == holds[0] + 1
        assert bits(run.state) == bits(states[holds[0] + 1])

    def test_where_a_number_is_not_finite(self, kind, first):
        run = made(BLOWS_UP, kind, until=50, first=first)
        while run.step() is not None:
            pass
        assert run.ended
        assert run.newest < 50
        trainer, _ = start_training(parse_sequence_file(BLOWS_UP, "small.toml"))
        assert trainer.iterate(run.state).after is None

    def test_no_stretch_goes_past_a_multiple_of_every(self, kind, first):
        run = made(ELMAN, kind, until=40, first=first, every=8)
        while (stretch := run.step()) is not None:
            last = stretch.first + len(stretch.losses) - 1
            assert stretch.first // 8 == last // 8


class TestConditions:
    @pytest.mark.parametrize("text", ["lost < 1", "h[t-1] < 1", "loss + 1", "x < 1", "loss <"])
    def test_what_cannot_be_a_condition_is_refused(self, text):
        with pytest.raises(InputError):
            Condition(text, parse_sequence_file(LSTM, "small.toml"))

    @pytest.mark.parametrize(
        ("text", "inside"), [("loss < 1", False), ("iteration >= 5", False), ("w > 0", True)]
    )
    def test_whether_it_looks_inside(self, text, inside):
        assert Condition(text, parse_sequence_file(ELMAN, "small.toml")).looks_inside is inside


class TestTrainedTo:
    @pytest.mark.parametrize("iteration", [0, 1, 37])
    def test_the_trainers_bits(self, iteration):
        trainer, start = start_training(parse_sequence_file(LSTM, "small.toml"))
        reached = trained_to(trainer, start, iteration)
        assert reached.iteration == iteration
        assert bits(reached) == bits(stepped(LSTM, iteration)[0][-1])

    def test_as_far_as_it_can_and_as_it_is_wanted(self):
        trainer, start = start_training(parse_sequence_file(NO_TARGETS, "small.toml"))
        assert trained_to(trainer, start, 9) is start
        trainer, start = start_training(parse_sequence_file(BLOWS_UP, "small.toml"))
        assert trained_to(trainer, start, 9).iteration < 9
        trainer, start = start_training(parse_sequence_file(ELMAN, "small.toml"))
        assert trained_to(trainer, start, 10**9, cancelled=lambda: True).iteration == 0
