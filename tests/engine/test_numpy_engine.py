"""Fast training with NumPy: the bits of `Trainer`, many iterations in one call."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import RandomModel, models
from test_compiled_engine import EVERYTHING, OPTIMISERS, SMALL, TRAININGS

from rnntui.compile.passes import forward_pass, training_pass
from rnntui.compile.sequence_code import SequenceFunction
from rnntui.data.sequence_file import parse_sequence_file, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.engine import StopFlag
from rnntui.engine.numpy_engine import NumpyEngine
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Trainer
from rnntui.models.optimisers import OPTIMIZERS
from rnntui.session.checks import start_training

STREAMED = SMALL.replace('one_hot = "AB", sequences = ["ABBA", "BAB"], targets = "next"',
                         'task = "anbn", options = { strings = 2, longest = 3 }')  # fmt: skip


def same(ours: TrainingState, theirs: TrainingState) -> bool:
    pairs = [(ours.parameters, theirs.parameters), (ours.memory, theirs.memory)]
    return ours.iteration == theirs.iteration and all(
        list(a) == list(b) and all(a[key].tobytes() == b[key].tobytes() for key in b)
        for a, b in pairs
    )


def stepped(trainer: Trainer, state: TrainingState, count: int) -> tuple[TrainingState, list]:
    losses = []
    for _ in range(count):
        iteration = trainer.iterate(state)
        losses.append(iteration.loss)
        state = iteration.after
    return state, losses


def opened(text: str, **settings: object) -> tuple[Trainer, TrainingState]:
    file = parse_sequence_file(text)
    return start_training(replace(file, training=replace(file.training, **settings)))


def loop_of(function: SequenceFunction) -> list[str]:
    """The statements that the generated code runs at each timestep."""
    lines = function.source.splitlines()
    start = next((n for n, line in enumerate(lines) if line.lstrip().startswith("for ")), None)
    if start is None:
        return []
    rest = lines[start + 1 :]
    end = next((n for n, line in enumerate(rest) if not line.startswith(" " * 12)), len(rest))
    return rest[:end]


def calls(statements: list[str]) -> int:
    """How many functions of NumPy they call where gradients flow on."""
    return sum("(" in line for line in statements)


CASES = {
    **{f"everything, {name}": (EVERYTHING, settings) for name, settings in TRAININGS.items()},
    **{name: (SMALL, settings) for name, settings in OPTIMISERS.items()},
    "a task": (STREAMED, OPTIMISERS["adam, clipped"]),
    "a task in batches": (STREAMED, {"batch": 3, "reduction": "mean"}),
}


class TestTheSameBits:
    @pytest.mark.parametrize("name", CASES)
    def test_as_the_trainer_iteration_by_iteration(self, name: str) -> None:
        text, settings = CASES[name]
        trainer, start = opened(text, **settings)
        expected, losses = stepped(trainer, start, 7)
        found, ours = NumpyEngine(trainer).train(start, 7)
        assert list(ours) == losses
        assert same(found, expected)

    @pytest.mark.parametrize("name", ["reber", "lstm-ab", "carousel-gated", "binary-addition"])
    def test_shipped_files(self, name: str) -> None:
        trainer, start = start_training(read_sequence_file(find_file(name)))
        expected, losses = stepped(trainer, start, 5)
        found, ours = NumpyEngine(trainer).train(start, 5)
        assert list(ours) == losses
        assert same(found, expected)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        random=models(),
        optimizer=st.sampled_from(sorted(OPTIMIZERS)),
        truncate=st.sampled_from((None, 2)),
    )
    def test_random_models(self, random: RandomModel, optimizer: str, truncate: int | None) -> None:
        """Arrays are used again for the next sequence: nothing of the last one may stay in them."""
        given = {key: 0.5 if v is None else v for key, v in OPTIMIZERS[optimizer].settings.items()}
        training = TrainingSettings(
            optimizer=optimizer,
            learning_rate=0.01,
            hyperparameters=given,
            batch=2,
            truncate=truncate,
        )
        trainer = Trainer(random.program(), [random.sequence()] * 3, training)
        start = trainer.start(random.values())
        first = trainer.iterate(start)
        assume(first.after is not None)
        second = trainer.iterate(first.after)
        assume(second.after is not None)
        for key, value in first.update.parameters.items():  # equation by equation, or all at once
            assert np.asarray(value).tobytes() == first.after.parameters[key].tobytes()
        found, losses = NumpyEngine(trainer).train(start, 2)
        assert list(losses) == [first.loss, second.loss]
        assert same(found, second.after)

    def test_a_state_that_only_the_next_timestep_uses(self) -> None:
        """Its gradient has no part of its own timestep."""
        trainer, start = opened("""
[model]
cell = "q = w * x[0]"
readout = "y = q[t-1]"
loss = "loss = squared_error(y, target[0])"
[data]
values = [1, 2, 3]
targets = [1, 0, 1]
""")
        expected, _ = stepped(trainer, start, 5)
        assert same(NumpyEngine(trainer).train(start, 5)[0], expected)

    def test_in_one_call_or_in_many(self) -> None:
        trainer, start = opened(STREAMED)
        training = NumpyEngine(trainer)
        whole, losses = training.train(start, 150)
        state, parts = start, []
        for count in (1, 99, 0, 50):
            state, more = training.train(state, count)
            parts += list(more)
        assert parts == list(losses)
        assert same(state, whole)

    def test_what_is_kept_on_the_way(self) -> None:
        trainer, start = opened(SMALL)
        training = NumpyEngine(trainer)
        first = training.advance(training.layout.vectors(start), 5).after
        run = training.advance(first, 20, every=8)
        assert [state.iteration for state in run.kept] == [8, 16, 24]
        for state in run.kept:
            assert same(training.layout.state(state), training.train(start, state.iteration)[0])


class TestStopping:
    def test_a_flag_stops_it_between_iterations(self) -> None:
        trainer, start = opened(SMALL)
        training, stop = NumpyEngine(trainer), StopFlag()
        stop.set()
        run = training.advance(training.layout.vectors(start), 10, stop=stop)
        assert len(run.losses) == 0
        assert not run.failed
        assert same(training.layout.state(run.after), start)

    def test_a_number_that_is_not_finite_ends_it_before_the_iteration(self) -> None:
        trainer, start = opened(SMALL, learning_rate=1e300)
        expected = start
        while (after := trainer.iterate(expected).after) is not None:
            expected = after
        training = NumpyEngine(trainer)
        run = training.advance(training.layout.vectors(start), 50)
        assert run.failed
        assert same(training.layout.state(run.after), expected)
        assert all(np.isfinite(run.losses))


class TestWork:
    """A regression in the work that is done, whatever the machine's speed."""

    def test_the_generated_code_runs_once_a_sequence_each_way(self, monkeypatch) -> None:
        trainer, start = opened(SMALL, batch=2)
        passes = {"forward": forward_pass, "training": training_pass}
        counts = dict.fromkeys(passes, 0)
        for name, made in passes.items():
            run = made(trainer.program)
            bind = run.bind

            def counted(*arguments, name=name, bind=bind):
                run = bind(*arguments)

                def counting() -> None:
                    counts[name] += 1
                    run()

                return counting

            monkeypatch.setattr(run, "bind", counted)
        NumpyEngine(trainer).train(start, 30)
        assert counts == {"forward": 60, "training": 60}

    def test_no_loop_over_time_where_nothing_recurs(self) -> None:
        text = SMALL.replace('"elman"', '"perceptron"')
        trainer, _ = opened(text)
        assert loop_of(forward_pass(trainer.program)) == []
        assert loop_of(training_pass(trainer.program)) == []

    def test_only_the_recurrence_is_in_the_loop(self) -> None:
        trainer, _ = opened(SMALL)
        # W_hh @ h[t-1]; not W_ih @ x, not the readout
        assert sum(".dot(" in line for line in loop_of(forward_pass(trainer.program))) == 1
        assert sum(".dot(" in line for line in loop_of(training_pass(trainer.program))) == 1

    @pytest.mark.parametrize(
        ("model", "products", "forward", "backward"),
        [("lstm-one-bias", 1, 9, 9), ("lstm", 1, 9, 9), ("gru", 2, 13, 14)],
    )
    def test_calls_at_each_timestep(
        self, model: str, products: int, forward: int, backward: int
    ) -> None:
        """The gates are one product and one sigmoid, and what flows back through them one product."""
        trainer, _ = opened(SMALL.replace('"elman"', f'"{model}"'))
        there, back = (
            loop_of(run) for run in (forward_pass(trainer.program), training_pass(trainer.program))
        )
        assert sum(".dot(" in line for line in there) == products
        assert sum(".dot(" in line for line in back) == products
        assert calls(there) == forward
        assert calls(back) == backward

    def test_memory_does_not_grow_with_iterations(self) -> None:
        trainer, start = opened(STREAMED)
        training = NumpyEngine(trainer)
        first = training.layout.vectors(start)
        state = training.advance(first, 300).after  # arrays of every length
        tracemalloc.start()
        try:
            peaks = []
            for count in (100, 1000):
                tracemalloc.reset_peak()
                before, _ = tracemalloc.get_traced_memory()
                run = training.advance(state, count)
                peaks.append(tracemalloc.get_traced_memory()[1] - before)
                assert len(run.losses) == count
        finally:
            tracemalloc.stop()
        # the losses that are handed back, and no more
        assert peaks[1] - peaks[0] < 900 * 64
