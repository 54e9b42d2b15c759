"""Traces as CSV, JSON Lines and NumPy arrays: the same numbers as the JSON object, to the last bit."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trace_objects import trace_object

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.engine import decomposition
from rnntui.engine.training import Iteration
from rnntui.report.trace_csv import COLUMNS, trace_csv
from rnntui.report.trace_json import trace_json
from rnntui.report.trace_jsonl import trace_jsonl
from rnntui.report.trace_npz import write_trace_npz
from rnntui.session.checks import start_training
from rnntui.text.problems import InputError

BATCH = """
[model]
cell = '''
M = 0.5 * M[t-1] + outer(h[t-1], x)
h = tanh(M @ x + u * h[t-1])
'''
loss = "squared_error(h, target)"
initial = { h = "tanh(H0)" }
[parameters]
u = -0.75
H0 = [0.3, -0.2]
[data]
one_hot = "aé"
sequences = ["aa", "éaé"]
targets = [[[0.1, 0.2], [0.9, 0.1]], [[0.1, 0.2], [0.2, 0.3], [0.5, 0.6]]]
[training]
batch = 2
"""
BLOWS_UP = BATCH.replace("tanh(M @ x + u * h[t-1])", "exp(1000 * (M @ x + 2 + u * h[t-1]))")
NO_TARGETS = BATCH.partition("targets")[0]


def first(text: str) -> tuple[SequenceFile, Iteration]:
    file = parse_sequence_file(text, "batch.toml")
    trainer, state = start_training(file)
    return file, trainer.iterate(state)


def rows(text: str, number: int = 0) -> list[dict[str, str]]:
    return list(csv.DictReader(trace_csv(*first(text), number)))


def pick(found: list[dict[str, str]], kind: str, name: str) -> dict[tuple[str, str], float]:
    """The values of a quantity by t and index."""
    return {
        (row["t"], row["index"]): float(row["value"])
        for row in found
        if (row["kind"], row["name"]) == (kind, name)
    }


def test_csv_says_where_each_number_stands() -> None:
    found = rows(BATCH, 1)
    assert tuple(found[0]) == COLUMNS
    assert {(row["iteration"], row["sequence"]) for row in found} == {("0", "2")}
    assert pick(found, "parameters", "u") == {("", ""): -0.75}
    assert pick(found, "parameters", "H0") == {("", "0"): 0.3, ("", "1"): -0.2}
    assert list(pick(found, "values", "x").items())[:2] == [(("1", "0"), 0.0), (("1", "1"), 1.0)]
    assert ("3", "1;0") in pick(found, "values", "M")
    assert ("0", "1") in pick(found, "gradients", "h")
    assert ("0", "1") not in pick(found, "gradients", "pre(h)")


def test_csv_has_every_number_of_the_json_object() -> None:
    file, iteration = first(BATCH)
    whole = trace_object(file, iteration, 1, decompositions=True)
    found = list(csv.DictReader(trace_csv(file, iteration, 1, decompositions=True)))
    for t, step in enumerate(whole["steps"], 1):
        for kind, names in (("values", step["values"]), ("gradients", step["gradients"])):
            for name, value in names.items():
                got = pick(found, kind, name)
                wanted = np.asarray(value)
                for place in np.ndindex(wanted.shape):
                    assert got[str(t), ";".join(map(str, place))] == wanted[place]
    for kind in ("gradients_by_loss", "gradients_by_use"):
        assert pick(found, kind, "u")["2", ""] == whole[kind]["u"][1]
    initial = pick(found, "gradients_by_use_initial", "H0")
    assert list(initial.values()) == whole["gradients_by_use_initial"]["H0"]
    assert pick(found, "batch_gradients", "u")["", ""] == whole["batch_gradients"]["u"]
    assert pick(found, "parameter_gradients", "u")["", ""] == whole["gradients"]["u"]
    assert pick(found, "updated", "u")["", ""] == whole["updated"]["u"]
    assert pick(found, "loss", "loss")["", ""] == whole["loss"]


def test_csv_reads_what_is_not_finite_back() -> None:
    found = rows(BLOWS_UP)
    values = {row["value"] for row in found}
    assert {"nan", "inf"} <= values
    assert not pick(found, "updated", "u")


def test_without_targets_there_are_values_alone() -> None:
    assert {row["kind"] for row in rows(NO_TARGETS)} == {"parameters", "initial", "values"}


@pytest.mark.parametrize("decompositions", [False, True])
def test_json_lines_are_the_json_object_line_by_line(decompositions: bool) -> None:
    file, iteration = first(BATCH)
    whole = trace_object(file, iteration, 1, decompositions)
    header, *steps = map(json.loads, trace_jsonl(file, iteration, 1, decompositions))
    assert header.pop("timesteps") == 3
    assert steps == whole.pop("steps")
    assert header == whole
    assert steps[0]["symbol"] == "é"


@pytest.mark.parametrize("text", [BATCH, BLOWS_UP, NO_TARGETS])
@pytest.mark.parametrize("decompositions", [False, True])
def test_json_in_pieces_is_the_json_object_on_a_line(text: str, decompositions: bool) -> None:
    file, iteration = first(text)
    number = len(iteration.traces) - 1
    *pieces, last = trace_json(file, iteration, number, decompositions)
    assert last == "}\n"
    assert not any("\n" in piece for piece in pieces)
    found = json.loads("".join(pieces) + last)
    assert found == trace_object(file, iteration, number, decompositions)
    assert ("gradients_by_loss" in found) == decompositions


def test_without_being_asked_nothing_is_computed_whose_time_grows_with_the_square_of_the_length(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, iteration = first(BATCH)

    def never(*_: object) -> None:
        raise AssertionError("one backward pass a timestep")

    monkeypatch.setattr(decomposition, "run_backward", never)
    for written in (trace_json, trace_jsonl, trace_csv):
        assert "gradients_by" not in "".join(written(file, iteration, 1))
    write_trace_npz(tmp_path / "trace.npz", file, iteration, 1)
    with pytest.raises(AssertionError):
        list(trace_csv(file, iteration, 1, decompositions=True))


def strict(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")


def test_json_lines_are_strict_json() -> None:
    for line in trace_jsonl(*first(BLOWS_UP)):
        assert line.index("\n") == len(line) - 1
        json.loads(line, parse_constant=strict)


def test_npz_has_the_arrays_bit_by_bit(tmp_path: Path) -> None:
    file, iteration = first(BATCH)
    trace = iteration.traces[1]
    path = tmp_path / "trace.npz"
    write_trace_npz(path, file, iteration, 1)
    with np.load(path, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["values/M"], trace.values["M"][1:])
        np.testing.assert_array_equal(arrays["initial/h"], trace.values["h"][0])
        np.testing.assert_array_equal(arrays["gradients/h"], trace.gradients["h"])
        assert (arrays["first/gradients/h"], arrays["first/gradients/pre(h)"]) == (0, 1)
        np.testing.assert_array_equal(arrays["gradients/pre(h)"], trace.gradients["pre(h)"][1:])
        np.testing.assert_array_equal(
            arrays["parameter_gradients/H0"], trace.parameter_gradients["H0"]
        )
        assert arrays["updated/u"].shape == ()
        assert arrays["loss/loss"] == trace.loss
        assert arrays["symbols"].tolist() == ["é", "a", "é"]
        assert (int(arrays["iteration"]), int(arrays["sequence"])) == (0, 2)


def test_npz_replaces_a_file_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trace.npz"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left"):
            write_trace_npz(path, *first(BATCH))
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["trace.npz"]
    write_trace_npz(path, *first(BATCH))
    assert path.read_bytes()[:2] == b"PK"


def test_npz_into_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file"):
        write_trace_npz(tmp_path / "none" / "trace.npz", *first(BATCH))


def test_the_same_trace_is_the_same_bytes(tmp_path: Path) -> None:
    paths = tmp_path / "a.npz", tmp_path / "b.npz"
    for path in paths:
        write_trace_npz(path, *first(BATCH))
    assert paths[0].read_bytes() == paths[1].read_bytes()
