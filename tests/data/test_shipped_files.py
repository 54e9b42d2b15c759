"""The shipped sequence files: each reads, its worked answers hold, and the published figures do.

The figures in `tests/reference` are compared with the engine directly, so that a file which
expects too little, or a check which is too kind, is found out here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnntui.data.expectations import ExpectedValue
from rnntui.data.sequence_file import SequenceFile, parse_sequence_file, read_sequence_file
from rnntui.data.shipped import shipped_files
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.initialisation import draw_parameters
from rnntui.engine.optimiser import Update
from rnntui.engine.trace import Trace, compute_trace
from rnntui.engine.training import Iteration, Trainer
from rnntui.session.checks import QUICK

Array = npt.NDArray[np.float64]

REFERENCE = Path(__file__).parent.parent / "reference"
FILES = {file.stem: file for file in shipped_files()}
ROUNDED = 5.1e-4  # of three printed decimals
ROUNDED_LOSS = 5.1e-6  # of five

# What the sources call the quantities, and what the models do.
SLIDES = {
    "x": "x", "pre_i": "pre(i)", "i": "i", "pre_f": "pre(f)", "f": "f", "pre_o": "pre(o)",
    "o": "o", "pre_c": "pre(g)", "c_tilde": "g", "c": "c", "h": "h", "softmax": "y",
}  # fmt: skip
SHEET = {
    "zf": "pre(f)", "f": "f", "zi": "pre(i)", "i": "i", "zo": "pre(o)", "o": "o",
    "zc": "pre(g)", "c_tilde": "g", "c": "c", "h": "h",
}  # fmt: skip


@cache
def reference(name: str) -> Any:
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


def iterations(file: SequenceFile) -> Iterator[Iteration]:
    """One iteration after the other, from the file's start."""
    training = file.training
    trainer = Trainer(file.program, file.data.stream or file.data.sequences, training)
    hidden = file.sizes.get("hidden")
    state = trainer.start(
        draw_parameters(
            file.program, file.parameters, hidden, training.seed, training.initialisation
        )
    )
    while True:
        iteration = trainer.iterate(state)
        yield iteration
        assert iteration.after is not None, iteration.fault
        state = iteration.after


@cache
def trained(name: str) -> list[Iteration]:
    """The 251 iterations from 0 to 250 of a shipped file; the last is not updated from."""
    return list(islice(iterations(read_sequence_file(FILES[name])), 251))


def first_trace(file: SequenceFile) -> Trace:
    return next(iterations(file)).traces[0]


def weights(iteration: Iteration) -> dict[str, float]:
    return {key: float(value) for key, value in iteration.before.parameters.items()}


class TestEveryFile:
    @pytest.mark.parametrize("name", FILES)
    def test_reads_and_says_what_it_is(self, name: str) -> None:
        file = read_sequence_file(FILES[name])
        assert file.title
        assert file.title != name
        assert 2 <= file.description.count("\n") + 1 <= 8

    @pytest.mark.parametrize("name", FILES)
    def test_expects_something_and_it_holds(self, name: str) -> None:
        file = read_sequence_file(FILES[name])
        assert sum(len(expectation.values) for expectation in file.expectations) > 1
        quick = [e.iteration for e in file.expectations if e.iteration <= QUICK]
        last = max(quick)
        training = iterations(file)
        for number in range(last + 1):
            iteration = next(training)
            state = iteration.before
            for expectation in file.expectations:
                if expectation.iteration == number:
                    trace = compute_trace(
                        file.program,
                        file.data.sequence(expectation.sequence),
                        state.parameters,
                        file.training.reduction,
                    )
                    for value in expectation.values:
                        ours = computed(trace, iteration.update, value)
                        off = np.abs(ours - value.expected)
                        fits = np.all(off <= value.tolerance)
                        assert fits != expectation.wrong, (number, value)

    @pytest.mark.parametrize("name", FILES)
    def test_is_neatly_written(self, name: str) -> None:
        text = FILES[name].read_text(encoding="utf-8")
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        for number, line in enumerate(text.splitlines(), 1):
            assert line == line.rstrip(), number
            assert len(line) <= 104, number
            assert "\t" not in line, number


def computed(trace: Trace, update: Update | None, value: ExpectedValue) -> Any:
    """What the engine has where a file expects something."""
    t = value.t or 0
    match value.kind:
        case "loss":
            return trace.loss
        case "updates":
            return (update.parameters | update.values)[value.name]
        case "prediction":
            return np.argmax(trace.values["y"][t])
        case "values":
            return trace.lookup.value(value.name, t)
        case "gradients" if value.name in trace.parameter_gradients:
            return trace.parameter_gradients[value.name]
        case "gradients":
            return trace.gradients[value.name][t]
        case "gradients_by_loss":
            return gradients_by_loss(trace)[value.name][t - 1]
    return gradients_by_use(trace).by_use[value.name][t - 1]


CAROUSELS = [
    ("carousel", "ungated"),
    ("carousel-gated", "gated_bilinear"),
    ("carousel-noisy", "noisy_ungated"),
]


class TestCarousels:
    """Tables of a notebook on the constant-error carousel: everything it prints."""

    @pytest.mark.parametrize(("name", "key"), CAROUSELS)
    def test_every_printed_number_of_twenty_iterations(self, name: str, key: str) -> None:
        ours, count = trained(name), 0
        for theirs in reference("carousel")[key]["iterations"]:
            printed, number = theirs["printed"], theirs["iter"]
            trace = ours[number].traces[0]
            columns = {"output": "y", "memory": "s", "target": "target"}
            columns |= {"input": "input", "gate": "gate"} if "gate" in printed else {}
            for column, quantity in columns.items():
                close(trace.values[quantity][1:], printed[column], ROUNDED)
                count += len(printed[column])
            loss, *losses_and_terms = printed["loss_and_terms"]
            close(ours[number].loss, loss, ROUNDED_LOSS)
            close(trace.values["loss"][1:], losses_and_terms[:8], ROUNDED)
            names = trainable(ours[number])
            by_loss = gradients_by_loss(trace)
            rows = np.reshape(losses_and_terms[8:], (len(names), 9))
            for weight, (*terms, total) in zip(names, rows, strict=True):
                close(by_loss[weight], terms, ROUNDED)
                close(ours[number].gradients[weight], total, ROUNDED)
            after = weights(ours[number + 1])
            wanted = ["w1", "w2", "w3", *names[2:]]
            close([after[weight] for weight in wanted], printed["weights_after"], ROUNDED)
            count += 1 + len(losses_and_terms) + len(wanted)
        assert count == reference("carousel")[key]["n_printed_numbers"]

    @pytest.mark.parametrize(("name", "key"), CAROUSELS)
    def test_unrounded_numbers_of_twenty_iterations(self, name: str, key: str) -> None:
        ours = trained(name)
        for theirs in reference("carousel")[key]["iterations"]:
            exact, iteration = theirs["exact"], ours[theirs["iter"]]
            trace = iteration.traces[0]
            close(trace.values["y"][1:], exact["output"], 1e-12)
            close(trace.values["s"][1:], exact["memory"], 1e-12)
            close(trace.values["loss"][1:], exact["per_step_loss"], 1e-12)
            by_loss = gradients_by_loss(trace)
            for weight, gradient in exact["grads"].items():
                close(by_loss[weight], gradient["terms"], 1e-12)
                close(iteration.gradients[weight], gradient["total"], 1e-12)

    @pytest.mark.parametrize(("name", "key"), CAROUSELS)
    def test_the_whole_loss_curve_and_where_it_ends(self, name: str, key: str) -> None:
        theirs = reference("carousel")[key]
        ours = trained(name)
        close([iteration.loss for iteration in ours[:250]], theirs["loss_curve"], 1e-12)
        final = weights(ours[250])
        for weight, value in theirs["final_weights"].items():
            close(final[weight], value, 1e-12)

    @pytest.mark.parametrize(
        ("name", "row", "length", "first_loss"),
        [
            ("carousel-long", 0, 100, 0.00005),
            ("carousel-gated", 1, 250, 5.27111),
            ("carousel-noisy", 2, 250, 1.58065),
            ("carousel-noisy-gated", 3, 250, 5.27520),
        ],
    )
    def test_final_weights_to_the_last_digit(
        self, name: str, row: int, length: int, first_loss: float
    ) -> None:
        ours = trained(name)
        close(ours[0].loss, first_loss, ROUNDED_LOSS)
        final = weights(ours[length])
        printed = reference("carousel")["final_weights_printed"][row]["values"]
        names = ["w1", "w2", "w3", "w4", "w5"][: len(printed)]
        close([final[weight] for weight in names], printed, 1e-12)

    def test_long_starts_where_the_first_ends(self) -> None:
        file = read_sequence_file(FILES["carousel-long"])
        final = weights(trained("carousel")[250])
        assert file.parameters["w1"] == pytest.approx(final["w1"], abs=1e-15)
        assert file.parameters["w2"] == pytest.approx(final["w2"], abs=1e-15)

    def test_noisy_is_stuck_and_its_terms_are_not(self) -> None:
        last = trained("carousel-noisy")[249]
        terms = gradients_by_loss(last.traces[0])
        for weight in ("w1", "w2"):
            assert abs(last.gradients[weight]) < 1e-5
            assert np.max(np.abs(terms[weight])) > 0.05

    def test_sigmoid_gate(self) -> None:
        theirs, ours = reference("carousel")["sigmoid_gate_exact"], trained("carousel-sigmoid-gate")
        close([iteration.loss for iteration in ours[:250]], theirs["loss_curve"], 1e-12)
        trace, start = ours[0].traces[0], theirs["iter0"]
        columns = {"y": "output", "s": "memory", "input": "input", "gate": "gate", "loss": "per"}
        for quantity, column in columns.items():
            close(trace.values[quantity][1:], start[column], 1e-12)
        by_loss = gradients_by_loss(trace)
        for weight, gradient in start["grads"].items():
            close(by_loss[weight], gradient["terms"], 1e-12)
            close(ours[0].gradients[weight], gradient["total"], 1e-12)
        for number, key in ((1, "after"), (250, "final_weights")):
            own = weights(ours[number])
            source = start["after"] if key == "after" else theirs[key]
            for weight, value in source.items():
                close(own[weight], value, 1e-12)

    def test_demonstration_before_any_training(self) -> None:
        text = FILES["carousel"].read_text(encoding="utf-8").partition("[[expect]]")[0]
        assert '"ab(ab)bb"' in text
        file = parse_sequence_file(text.replace('"ab(ab)bb"', '"ab(ab)ab"'))
        trace, theirs = first_trace(file), reference("carousel")["demonstration"]
        assert f"{trace.loss:.3f}" == "2.900"
        close(trace.loss, theirs["loss"], 1e-12)
        close(trace.values["y"][1:], theirs["output"], 1e-12)
        close(trace.values["target"][1:], theirs["target"], 1e-12)


def close(ours: Any, theirs: Any, tolerance: float) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)


def trainable(iteration: Iteration) -> list[str]:
    return [key for key in iteration.before.parameters if key not in ("w_s", "w3")]


class TestLstmByHand:
    """Slides on an LSTM with two hidden units: A A B B A B A."""

    def trace(self) -> Trace:
        return first_trace(read_sequence_file(FILES["lstm-ab"]))

    def test_every_value_of_every_step(self) -> None:
        trace = self.trace()
        for step in reference("lstm_ab")["steps"]:
            t = step["t"]
            for theirs, ours in SLIDES.items():
                np.testing.assert_allclose(
                    trace.values[ours][t], step[theirs], rtol=1e-12, atol=1e-15, err_msg=ours
                )
            for theirs, ours in (("h_prev", "h"), ("c_prev", "c")):
                np.testing.assert_allclose(trace.values[ours][t - 1], step[theirs], rtol=1e-12)
            assert np.argmax(trace.values["y"][t]) == step["prediction"]

    def test_every_printed_number(self) -> None:
        """All 252 printed numbers or vectors stand at some timestep, to two decimals."""
        trace = self.trace()
        names = {**SLIDES, "h_prev": "h", "c_prev": "c"}
        for entry in reference("lstm_ab")["printed"]:
            if entry["what"] == "prediction":
                continue
            parts = [names[part] for part in entry["what"].split("|")]
            back = [part.endswith("_prev") for part in entry["what"].split("|")]
            found = [
                np.concatenate([trace.values[n][t - b] for n, b in zip(parts, back, strict=True)])
                for t in range(1, 8)
            ]
            exact = [
                row for row in found if np.allclose(row, entry["exact"], rtol=1e-9, atol=1e-30)
            ]
            assert exact, entry
            close(exact[0], entry["printed"], 0.005)

    def test_predictions_and_the_smallest_numbers(self) -> None:
        trace = self.trace()
        assert "".join("AB"[np.argmax(y)] for y in trace.values["y"][1:]) == "AABBABA"
        np.testing.assert_allclose(trace.values["h"][4], [1.75e-26, 1.196e-10], rtol=1e-3)


class TestHomework:
    """A worked assignment, one hidden unit and two timesteps, in two readings."""

    @pytest.mark.parametrize(
        ("name", "reading", "mse"),
        [
            ("lstm-homework", "Wf=[1,2];Wi=[-1,0] (used in the working)", 0.529861),
            ("lstm-homework-as-listed", "Wf=[1,2];Wi=[1,0] (as listed)", 0.298671),
        ],
    )
    def test_right_values(self, name: str, reading: str, mse: float) -> None:
        trace = first_trace(read_sequence_file(FILES[name]))
        theirs = reference("by_hand")["problem4"]["readings"][reading]
        for t, step in enumerate(theirs["steps"], 1):
            for key, quantity in SHEET.items():
                close(trace.values[quantity][t], [step[key]], 1e-14)
        close(trace.loss, theirs["mse"], 1e-14)
        close(trace.loss, mse, 5e-7)

    def test_the_handwriting_is_in_the_file_and_marked(self) -> None:
        file = read_sequence_file(FILES["lstm-homework"])
        marked = {
            (value.name, value.t): (expectation.wrong, float(value.expected.item()))
            for expectation in file.expectations[:4]
            for value in expectation.values
        }
        right = {("pre(f)", 1), ("pre(i)", 1), ("pre(o)", 1), ("pre(g)", 1), ("g", 1)}
        written = reference("by_hand")["problem4"]
        for step in written["printed"]:
            for key, quantity in SHEET.items():
                place = (quantity, step["t"])
                assert marked.pop(place) == (place not in right, step[key])
        assert marked == {("loss", None): (True, written["printed_mse"])}


class TestOthers:
    def test_gradients_vanish_and_explode(self) -> None:
        trace = first_trace(read_sequence_file(FILES["vanishing-gradient"]))
        factors = reference("by_hand")["problem2"]["factor_after_100"]
        wanted = [factors["3.0"], 1e-4, factors["4.0"], factors["5.0"]]
        np.testing.assert_allclose(trace.gradients["h"][0], wanted, rtol=1e-12)
        assert trace.gradients["h"][0][0] == pytest.approx(3.2e-13, rel=0.01)
        assert trace.gradients["h"][0][3] == pytest.approx(4.9e9, rel=0.01)

    def test_checkerboard(self) -> None:
        file = read_sequence_file(FILES["checkerboard-by-hand"])
        assert len(file.data.sequences) == 9
        traces = next(iterations(file)).traces
        for trace in traces:
            (first, second) = trace.values["x"][1]
            assert trace.values["y"][1] == (1 if (first + second) % 2 == 0 else 0)
            assert trace.loss == 0

    @pytest.mark.parametrize("number", [0, 1, 10, 40, 60])
    def test_gradients_of_the_clock(self, number: int) -> None:
        file = read_sequence_file(FILES["clock"])
        iteration = next(islice(iterations(file), number, None))
        for key in ("keep", "turn"):
            losses = [loss_with(file, iteration, key, step) for step in (1e-6, -1e-6)]
            numeric = (losses[0] - losses[1]) / 2e-6
            assert iteration.gradients[key] == pytest.approx(numeric, abs=1e-8)

    def test_the_clock_finds_cosine_and_sine(self) -> None:
        file = read_sequence_file(FILES["clock"])
        final = weights(next(islice(iterations(file), 100, None)))
        assert final == pytest.approx({"keep": np.sqrt(3) / 2, "turn": 0.5}, abs=1e-8)


def loss_with(file: SequenceFile, iteration: Iteration, key: str, step: float) -> float:
    """The loss of the first sequence with one parameter moved a little."""
    moved = dict(iteration.before.parameters)
    moved[key] = moved[key] + step
    trace = compute_trace(file.program, file.data.sequences[0], moved, file.training.reduction)
    assert trace.loss is not None
    return trace.loss
