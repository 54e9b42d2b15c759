"""Metrics: what a file measures beside its loss, against the same by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnntui.data.metrics import Metric
from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.data.tasks.task import TaskSequence
from rnntui.engine.metrics import measure
from rnntui.engine.trace import Trace
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]

LANGUAGES = json.loads(
    (Path(__file__).parent.parent / "reference" / "languages.json").read_text(encoding="utf-8")
)
REBER = """
model = "srn"
sizes = { hidden = 2 }
[data]
task = "reber"
sequences = ["BTXSE", "BPVVE", "BTXXVPSE"]
[training]
batch = "all"
[metrics]
"""


def read(metrics: str, text: str = REBER) -> SequenceFile:
    return parse_sequence_file(text + metrics)


def traces(file: SequenceFile) -> tuple[Trace, ...]:
    trainer, state = start_training(file)
    return trainer.iterate(state).traces


def measured(metrics: str, text: str = REBER) -> float:
    file = read(metrics, text)
    return measure(file.metrics.metrics[0], traces(file))


def truth_of(trace: Trace) -> Array:
    assert isinstance(trace.sequence, TaskSequence)
    assert trace.sequence.truth is not None
    return trace.sequence.truth


class TestTimesteps:
    @pytest.mark.parametrize(
        ("first", "last", "length", "steps"),
        [
            (1, -1, 5, [1, 2, 3, 4, 5]),
            (3, -3, 8, [3, 4, 5, 6]),
            (-2, -2, 8, [7]),
            (2, 3, 8, [2, 3]),
            (-3, -1, 8, [6, 7, 8]),
            (-3, -1, 2, [1, 2]),
            (3, -3, 4, []),
            (7, -1, 5, []),
            (1, 100, 3, [1, 2, 3]),
            (1, 1, 1, [1]),
        ],
    )
    def test_from_and_to(self, first: int, last: int, length: int, steps: list[int]) -> None:
        number: Any = None
        assert list(Metric("m", number, first, last).steps(length)) == steps

    def test_a_table_gives_them(self) -> None:
        (metric,) = read('m = { value = "y[0]", from = 2, to = -2 }').metrics.metrics
        assert (metric.name, metric.first, metric.last) == ("m", 2, -2)

    def test_every(self) -> None:
        assert read('m = "y[0]"').metrics.every == 100
        assert read('m = "y[0]"\nevery = 7').metrics.every == 7


class TestValues:
    def test_the_error_of_a_language(self) -> None:
        found = traces(read(""))
        rows = [(t.values["y"][1:] - truth_of(t)) ** 2 for t in found]
        by_hand = np.mean([np.mean(row) for part in rows for row in part])
        assert measured('error = "mean((y - truth)**2)"') == pytest.approx(by_hand, rel=1e-14)

    def test_the_mean_is_over_all_timesteps_of_all_sequences(self) -> None:
        found = traces(read(""))
        by_hand = np.mean(np.concatenate([t.values["loss"][1:] for t in found]))
        assert measured('m = "loss"') == pytest.approx(by_hand, rel=1e-14)

    def test_only_the_timesteps_asked_for(self) -> None:
        found = traces(read(""))
        by_hand = np.mean([t.values["h"][-2, 1] for t in found])
        assert measured('m = { value = "h[1]", from = -2, to = -2 }') == pytest.approx(by_hand)

    def test_what_is_known_at_a_timestep(self) -> None:
        (metric,) = read('m = "x[0] + 2 * target[1] + norm(W_hh) + sum(pre(h))"').metrics.metrics
        trace = traces(read(""))[0]
        parameters = trace.parameters
        by_hand = [
            trace.values["x"][t, 0]
            + 2 * trace.values["target"][t, 1]
            + np.linalg.norm(parameters["W_hh"])
            + np.sum(trace.values["pre(h)"][t])
            for t in range(1, trace.length + 1)
        ]
        assert measure(metric, [trace]) == pytest.approx(np.mean(by_hand), rel=1e-14)

    def test_masked_timesteps_count_all_the_same(self) -> None:
        text = (
            REBER.split("[data]")[0].replace("srn", "elman")
            + """
[data]
values = [[1, 0], [0, 1], [1, 1]]
targets = [[1, 0], [0, 1], [1, 0]]
mask = "last"
[metrics]
"""
        )
        trace = traces(read("", text))[0]
        assert measured('m = "loss"', text) == pytest.approx(np.mean(trace.values["loss"][1:]))

    def test_without_a_timestep_there_is_no_number(self) -> None:
        assert np.isnan(measured('m = { value = "loss", from = 50 }'))

    def test_what_is_not_finite_is_said_so(self) -> None:
        assert measured('m = "1 / (y[0] - y[0])"') == np.inf


# The rows of the embedded grammar that count: without the frame, and the one that must recall.
PARTS = {"error": (1, -1), "inner": (3, -3), "final": (-2, -2)}


class TestPrintedTables:
    """The error figures of the course's printed tables, from the printed probabilities."""

    @pytest.mark.parametrize("name", LANGUAGES["printed"])
    def test_the_error_of_a_printed_table(self, name: str) -> None:
        table = LANGUAGES["printed"][name]
        part = "inner" if name.startswith("ereber") else "error"
        found = self.measured(table, part)
        if not np.isnan(found):  # a few cells of two tables cannot be read
            assert found == pytest.approx(table["error_printed"], abs=2e-4)

    @pytest.mark.parametrize("name", [n for n in LANGUAGES["printed"] if n.startswith("ereber")])
    def test_the_row_that_recalls(self, name: str) -> None:
        table = LANGUAGES["printed"][name]
        assert self.measured(table, "final") == pytest.approx(table["final_printed"], abs=2e-4)

    def measured(self, table: Any, part: str) -> float:
        """The metric, on a model that says what is printed."""
        probabilities = np.array(table["probs"], dtype=np.float64)  # None becomes NaN
        targets = np.array(table["target"], dtype=np.float64)
        first, last = PARTS[part]
        text = f"""
[model]
cell = "y = x"
loss = "squared_error(y, target)"
[data]
values = {np.nan_to_num(probabilities, nan=9e9).tolist()}
targets = {targets.tolist()}
[metrics]
{part} = {{ value = "mean((y - target)**2)", from = {first}, to = {last} }}
"""
        found = measured("", text)
        return float("nan") if found > 1e9 else found
