"""A saved run is gone on with bit for bit, or refused by the name of what does not fit."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.session.recording import RecordedRun
from rnntui.session.saved_arrays import write_arrays
from rnntui.session.saved_run import load_run, save_run
from rnntui.text.problems import InputError

GRU = """
model = "gru"
[sizes]
hidden = 2
[data]
one_hot = "ab"
sequences = ["ab", "abba", "b"]
targets = ["ba", "bbab", "a"]
[training]
optimizer = "adam"
learning_rate = 0.01
"""
TASK = 'model = "elman"\n[sizes]\nhidden = 2\n[data]\ntask = "reber"\n'


def read(text: str = GRU) -> SequenceFile:
    return parse_sequence_file(text, "small.toml")


def saved(path: Path, text: str = GRU, iterations: int = 7) -> Path:
    run = RecordedRun(read(text))
    list(run.run(iterations))
    save_run(path, run.file, run.after, run.engine)
    return path


def changed(path: Path, **arrays: object) -> Path:
    """The same with other arrays (None leaves one out), and a checksum that fits."""
    with np.load(path) as archive:
        content = {key: archive[key] for key in archive.files if key != "checksum"}
    names = {key.replace("__", ":").replace("_of_", "(") + ")" * ("_of_" in key): value
             for key, value in arrays.items()}  # fmt: skip
    content |= {key: np.asarray(value) for key, value in names.items() if value is not None}
    for key, value in names.items():
        if value is None:
            del content[key]
    write_arrays(path, content)
    return path


def refusal(path: Path, text: str = GRU) -> str:
    with pytest.raises(InputError) as refused:
        load_run(path, read(text))
    assert len(refused.value.problems) == 1
    return str(refused.value)


@pytest.mark.parametrize("text", [GRU, TASK, GRU.replace("adam", "sgd")])
def test_what_was_saved_is_what_is_loaded(tmp_path, text):
    path = saved(tmp_path / "run.npz", text)
    loaded, run = load_run(path, read(text)), RecordedRun(read(text))
    list(run.run(7))
    assert loaded.state.iteration == 7
    assert loaded.engine == "NumPy"
    assert loaded.notices == ()
    for ours, theirs in (
        (loaded.state.parameters, run.after.parameters),
        (loaded.state.memory, run.after.memory),
    ):
        assert {k: a.tobytes() for k, a in ours.items()} == {
            k: a.tobytes() for k, a in theirs.items()
        }
    list(run.run(5))
    more = RecordedRun(read(text), state=loaded.state)
    list(more.run(5))
    for key, array in run.after.parameters.items():
        assert more.after.parameters[key].tobytes() == array.tobytes()
    again = saved(tmp_path / "again.npz", text)
    assert again.read_bytes() == path.read_bytes()


class TestWhatDoesNotFit:
    @pytest.mark.parametrize(
        ("other", "message"),
        [
            (GRU.replace('"gru"', '"elman"'), "has no parameter `W_ih`"),
            (GRU.replace("hidden = 2", "hidden = 3"), "`W_ir` is a 3×2 matrix"),
            (GRU.replace('"gru"', '"gru-reset-before"'), "another model"),
            (GRU.replace('"adam"', '"sgd"'), "another optimiser"),
            (GRU.replace("0.01", '0.01\nfixed = ["W_ir"]'), "another optimiser"),
            (GRU.replace('"abba"', '"abaa"'), "saved with other data"),
            (GRU.replace('"bbab"', '"bbaa"'), "saved with other data"),
            (GRU.replace("[training]", "[initial]\nh = [0, 1]\n[training]"), "another model"),
        ],
    )
    def test_is_refused_by_its_name(self, tmp_path, other, message):
        assert message in refusal(saved(tmp_path / "run.npz"), other)

    @pytest.mark.parametrize("other", ["seed = 1", "options = { embedded = 1 }"])
    def test_nor_do_other_sequences_of_a_task(self, tmp_path, other):
        path = saved(tmp_path / "run.npz", TASK)
        with pytest.raises(InputError):
            load_run(path, read(TASK + other))
        assert "other data" in refusal(path, TASK + "seed = 1")

    def test_other_settings_are_said(self, tmp_path):
        path = saved(tmp_path / "run.npz")
        loaded = load_run(path, read(GRU.replace("0.01", "0.02\nbatch = 2")))
        assert loaded.notices == (
            "goes on with learning_rate 0.02, saved with 0.01",
            "goes on with batch 2, saved with 1",
        )

    def test_one_of_the_first_format_is_read_and_that_is_said(self, tmp_path):
        path = saved(tmp_path / "run.npz")
        with np.load(path) as archive:
            old = {k: archive[k] for k in archive.files if ":" in k or k in ("iteration", "engine")}
        np.savez(path, format=np.array(1), **old)
        loaded = load_run(path, read())
        assert "earlier version" in loaded.notices[0]
        assert loaded.state.iteration == 7


class TestWhatIsWrongInIt:
    @pytest.mark.parametrize(
        ("arrays", "message"),
        [
            ({"iteration": -1}, "is at iteration -1"),
            ({"iteration": 2**63 - 1}, "is at iteration 9223372036854775807"),
            ({"iteration": 1.5}, "it has no iteration"),
            ({"iteration": [1]}, "it has no iteration"),
            ({"iteration": None}, "it has no iteration"),
            ({"format": 3}, "has format 3, and this version reads up to 2"),
            ({"format": 0}, "not a saved run"),
            ({"format": None}, "it has no format"),
            ({"memory__m_of_W_ir": np.zeros((2, 3))}, "`m(W_ir)` is a 2×2 matrix"),
            ({"memory__m_of_W_ir": np.zeros((2, 2), np.float32)}, "of type float32"),
            ({"memory__m_of_W_ir": None}, "has not what adam remembers, `m(W_ir)`"),
            ({"memory__q_of_W_ir": np.zeros((2, 2))}, "`q(W_ir)`, which adam does not remember"),
            ({"parameter__W_ir": np.zeros((9, 9))}, "`W_ir` is a 2×2 matrix"),
            ({"parameter__W_ir": None}, "has no parameter `W_ir`"),
            ({"parameter__W_xx": np.zeros(2)}, "the model has no parameter `W_xx`"),
            ({"settings": "{"}, "it has no settings"),
            ({"settings": "[" * 100_000}, "it has no settings"),
            ({"settings": "[]"}, "its settings are not those of a training"),
            ({"settings": '{"learning_rate": 1}'}, "its settings are not those of a training"),
            ({"model": None}, "it does not say of which model"),
            ({"data": None}, "it does not say of which data"),
            ({"optimizer": None}, "it does not say of which optimizer"),
            ({"engine": "bogus"}, "was computed by `bogus`"),
            ({"engine": [1, 2]}, "there is no such engine here"),
            ({"zzz": [1, 2]}, "`zzz`, which is no part of a saved run"),
            ({"settings": "[1]"}, "it has no settings"),
            ({"parameter__W_ir": np.zeros(2**21)}, "far larger"),
        ],
    )
    def test_is_one_message(self, tmp_path, arrays, message):
        assert message in refusal(changed(saved(tmp_path / "run.npz"), **arrays))

    @pytest.mark.parametrize(
        "compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]
    )
    def test_a_damaged_archive(self, tmp_path, compression):
        path = saved(tmp_path / "run.npz")
        packed = io.BytesIO()
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", compression) as new:
            for name in old.namelist():
                new.writestr(name, old.read(name))
        path.write_bytes(packed.getvalue())
        assert load_run(path, read()).state.iteration == 7
        content = bytearray(packed.getvalue())
        content[60:200] = bytes(140)
        path.write_bytes(content)
        assert "or damaged" in refusal(path)

    @pytest.mark.parametrize(
        "content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"\x93NUMPY", b"model = 1" * 50]
    )
    def test_what_is_no_archive(self, tmp_path, content):
        (tmp_path / "run.npz").write_bytes(content)
        assert "not a saved run" in refusal(tmp_path / "run.npz")

    def test_a_single_array_a_folder_and_a_pipe(self, tmp_path):
        np.save(tmp_path / "run.npy", np.zeros(3))
        assert "not a saved run" in refusal(tmp_path / "run.npy")
        assert "not a file" in refusal(tmp_path)
        if hasattr(os, "mkfifo"):
            os.mkfifo(tmp_path / "pipe")
            assert "not a file" in refusal(tmp_path / "pipe")

    def test_one_that_is_locked_with_a_password(self, tmp_path):
        path = saved(tmp_path / "run.npz")
        content = bytearray(path.read_bytes())
        for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            start = content.find(signature)
            while start >= 0:
                content[start + flags] |= 1
                start = content.find(signature, start + 4)
        path.write_bytes(content)
        assert "or damaged" in refusal(path)

    def test_objects_are_not_unpickled(self, tmp_path):
        path = tmp_path / "run.npz"
        np.savez(path, iteration=np.array([{}], dtype=object))
        assert "of type object" in refusal(path)

    @given(data=st.data())
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
    def test_a_bit_that_is_another_one_is_found_or_means_nothing(self, tmp_path, data):
        path = tmp_path / "run.npz"
        if not path.exists():
            saved(path)
            (tmp_path / "whole").write_bytes(path.read_bytes())
        content = bytearray((tmp_path / "whole").read_bytes())
        bit = data.draw(st.integers(0, 8 * len(content) - 1))
        content[bit // 8] ^= 1 << bit % 8
        damaged = tmp_path / "damaged.npz"
        damaged.write_bytes(content)
        whole = load_run(path, read()).state
        try:
            state = load_run(damaged, read()).state
        except InputError:
            return
        assert state.iteration == whole.iteration
        for key, array in whole.parameters.items():
            assert state.parameters[key].tobytes() == array.tobytes()
        for key, array in whole.memory.items():
            assert state.memory[key].tobytes() == array.tobytes()
