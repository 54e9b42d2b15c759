"""Any bytes at all are read or refused; large files take work in proportion to their size."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading_data import read_sequences_of

from rnntui.data.formats import source
from rnntui.data.formats.dialect import Dialect
from rnntui.data.formats.kinds import KINDS
from rnntui.data.formats.opening import open_sequences
from rnntui.data.formats.options import ModelOptions
from rnntui.text.problems import InputError

pytestmark = pytest.mark.filterwarnings("error")

NAMES = ("f", "f.csv", "f.tsv", "f.txt", "f.json", "f.jsonl", "f.npy", "f.npz", "f.toml", "f.gz")


def open_or_refuse(name: str, content: bytes, **given: Any) -> None:
    """Open a file; a refusal says something, and nothing that a terminal would obey."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(content)
        try:
            opened = open_sequences(file, **given)
        except InputError as error:
            refused = error
        else:
            for sequence in opened.data.sequences:
                assert sequence.length > 0
                assert sequence.inputs is None or np.isfinite(sequence.inputs).all()
                assert sequence.targets is None or np.isfinite(sequence.targets).all()
                assert (sequence.mask >= 0).all()
            return
    assert refused.problems
    assert all(problem.message for problem in refused.problems)
    assert str(refused).replace("\n", "").isprintable()


def archive(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def array(values: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


VALID = [
    ("f.csv", b"id,x1,x2,y,mask,reset\na,1,2,3,1,1\na,-1.5e3,.5,0,0,0\n\nb,1,1,1,1,0\n"),
    ("f.csv", b'"x", "y"\n"A", "B"\n"B,""", "A"\n'),
    ("f.tsv", b"x\ty\nA\t1\nB\t0\n"),
    ("f.txt", b"A B A\nB A\n"),
    ("f.json", b'{"inputs": [[1, 2.5], [3, 4]], "targets": [1, 0], "mask": [1, 0]}'),
    ("f.json", b'{"sequences": ["AB", "BA"], "targets": "next", "alphabet": {"A": [1], "B": [0]}}'),
    ("f.jsonl", b'"ABBA"\n["A", "B"]\n{"inputs": "BA"}\n'),
    ("f.npy", array([[1.0, 2.0], [3.0, 4.0]])),
    ("f.npz", archive(x=np.ones((2, 3, 1)), targets=np.zeros((2, 3)), mask=np.ones((2, 3)))),
    ("f.csv.gz", gzip.compress(b"x,y\n1,2\n3,4\n", mtime=0)),
]
TOML_DATA = b"[data]\none_hot = 'AB'\nsequence = 'ABBA'\ntargets = 'next'\n"
TEXT = st.text(
    "xyABtarget,;\t|\"' \r\n0123456789.-+eEnaif_#[]{}:\\u\x00\x1b\ufeff é漢٣", max_size=60
)


class TestAnyBytes:
    @settings(max_examples=250, deadline=None)
    @given(st.sampled_from(NAMES), st.binary(max_size=80))
    @example("f.npy", b"\x93NUMPY\x01\x00\x08\x00(1if 2el")
    @example("f.json", b"[" * 5000)
    @example("f.json", b'{"a":' * 5000)
    @example("f.npz", b"PK\x05\x06" + b"\0" * 18)
    @example("f.csv", b"\xff\xfe")
    @example("f.csv", b"\xef\xbb\xbf")
    def test_at_random(self, name: str, content: bytes) -> None:
        open_or_refuse(name, content)

    @settings(max_examples=250, deadline=None)
    @given(
        st.sampled_from(NAMES[:6]), TEXT, st.sampled_from(["", "x,y\n", "x\n", "x1;x2\n", '{"x":'])
    )
    def test_texts(self, name: str, text: str, start: str) -> None:
        open_or_refuse(name, (start + text).encode())

    @settings(max_examples=250, deadline=None)
    @given(st.sampled_from(VALID), st.integers(0, 2000), st.binary(max_size=3), st.integers(0, 3))
    def test_valid_files_with_a_few_bytes_changed(
        self, valid: tuple[str, bytes], at: int, new: bytes, removed: int
    ) -> None:
        name, content = valid
        at %= len(content) + 1
        open_or_refuse(name, content[:at] + new + content[at + removed :])

    @settings(max_examples=100, deadline=None)
    @given(st.sampled_from(VALID), st.integers(0, 2000))
    def test_files_that_are_cut_off(self, valid: tuple[str, bytes], length: int) -> None:
        name, content = valid
        open_or_refuse(name, content[: length % len(content)])

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(("name", "content"), VALID, ids=lambda value: repr(value)[:20])
    def test_formats_taken_for_each_other(self, name: str, content: bytes, kind: str) -> None:
        open_or_refuse(name, content, kind=kind)

    @settings(max_examples=100, deadline=None)
    @given(
        st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.integers(-2, 5),
        st.sampled_from(["", "next", "given", "none", "later"]),
        st.floats() | st.none(), st.integers() | st.text(max_size=4) | st.none(),
    )  # fmt: skip
    def test_options(
        self, model: str, readout: str, loss: str, hidden: int, target: str, rate: Any, batch: Any
    ) -> None:
        for chosen in (model, "elman"):
            options = ModelOptions(chosen, hidden, target, readout, loss, None, rate, None, batch)
            open_or_refuse("f.csv", b"x,y\n1,2\n3,4\n", options=options)


class TestStandardInput:
    @pytest.mark.parametrize(
        ("content", "symbols"),
        [
            (b"ABBA\n", ("A", "B", "B")),
            (b"up down up\n", ("up", "down")),
            (b"x\nA\nB\nA\n", ("A", "B")),
            (b'"x","y"\n"A","B"\n', ("A",)),
            (b"x;y\nA;B\n", ("A",)),
            (b'["ABA"]', ("A", "B")),
            (b'"ABA"\n"BAB"\n', ("A", "B")),
            (b'["A","B","A"]\n"BAB"\n', ("A", "B")),
            (b'{"inputs": "ABA"}', ("A", "B")),
            (b'{\n"inputs": "ABA"}', ("A", "B")),
            (b"# mine\nmodel = 'elman'\nsizes.hidden = 1\n" + TOML_DATA, ("A", "B", "B")),
            (gzip.compress(b"ABBA\n", mtime=0), ("A", "B", "B")),
            (archive(x=np.ones((3, 2))), ()),
            (array(np.ones(3)), ()),
        ],
        ids=lambda value: repr(value)[:20],
    )  # fmt: skip
    def test_the_format_is_told_by_the_content(
        self, content: bytes, symbols: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        calls: list[tuple[int, int | None]] = []
        opened = open_sequences("-", progress=lambda *call: calls.append(call))
        assert opened.data.sequences[0].symbols == symbols
        assert opened.file == "standard input"
        assert calls == [(len(content), None)]

    def test_a_refusal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x,y\n1,2\n1,b\n")))
        with pytest.raises(
            InputError, match=r"^standard input, line 3, column 3: `b` in column `y`"
        ):
            open_sequences("-")


class TestLargeFiles:
    """Counted, not timed: chunks, progress, and memory."""

    @staticmethod
    def calls(file: Path) -> list[tuple[int, int | None]]:
        found: list[tuple[int, int | None]] = []
        read_sequences_of(file, lambda *call: found.append(call))
        return found

    def test_progress_is_in_bytes_of_the_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(source, "_CHUNK", 4096)
        text = b"x,y\n" + b"0.25,1\n" * 10_000
        plain, packed = tmp_path / "f.csv", tmp_path / "f.csv.gz"
        plain.write_bytes(text)
        packed.write_bytes(gzip.compress(text))
        calls = self.calls(plain)
        assert [done for done, _ in calls] == [*range(4096, len(text), 4096), len(text)]
        assert {total for _, total in calls} == {len(text)}
        assert self.calls(packed)[-1] == (packed.stat().st_size, packed.stat().st_size)

    @pytest.mark.parametrize("chunk", [10, 99, 1 << 20])
    def test_a_gzip_file_of_several_members(
        self, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(source, "_CHUNK", chunk)
        file = tmp_path / "f.csv.gz"
        members = [gzip.compress(part) for part in (b"x,y\n1", b"", b",2\n3,4", b"\n")]
        file.write_bytes((b"\0" * 9).join(members) + b"\0" * 600)
        assert read_sequences_of(file).sequences[0].inputs.tolist() == [[1.0], [3.0]]
        assert self.calls(file)[-1] == (file.stat().st_size, file.stat().st_size)

    def test_memory_is_that_of_the_numbers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(source, "_CHUNK", 1 << 14)
        file = tmp_path / "f.csv"
        file.write_bytes(b"x1,x2,y\n" + b"0.25,1.5,-3.125\n" * 50_000)
        tracemalloc.start()
        try:
            data = read_sequences_of(file)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert data.sequences[0].length == 50_000
        numbers = 4 * 8 * 50_000  # with the mask
        assert peak < 2 * numbers + (1 << 20)

    def test_a_refusal_deep_in_a_file_has_its_line(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(source, "_CHUNK", 4096)
        file = tmp_path / "f.csv"
        rows = [b"0.25,1"] * 20_000
        for number, cell in ((19_999, b"nan"), (10_000, b"1_0")):
            rows[number] = b"0.25," + cell
            file.write_bytes(b"x,y\n" + b"\n".join(rows))
            with pytest.raises(InputError) as refused:
                read_sequences_of(file)
            place = refused.value.problems[0].place
            assert place is not None
            assert (place.line, place.column) == (number + 2, 6)
            assert place.text == f"0.25,{cell.decode()}"

    def test_quotes_that_go_on_over_blocks_are_parsed_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "f.csv"
        file.write_bytes(b"x,y\n" + b'"a\nb",1\n' * 4000)
        monkeypatch.setattr(source, "_CHUNK", 1000)
        lines = 0
        reader = Dialect.reader

        def counting(self: Dialect, given: Any) -> Any:
            nonlocal lines
            lines += len(given)
            return reader(self, given)

        monkeypatch.setattr(Dialect, "reader", counting)
        assert read_sequences_of(file).sequences[0].length == 4000
        assert lines < 5 * 8000

    def test_many_sequences(self, tmp_path: Path) -> None:
        file = tmp_path / "f.jsonl"
        file.write_text("\n".join(json.dumps("ABBA") for _ in range(5000)))
        assert len(read_sequences_of(file).sequences) == 5000
        file = tmp_path / "f.csv"
        file.write_text("id,x\n" + "".join(f"{n},A\n{n},B\n" for n in range(5000)))
        assert len(read_sequences_of(file).sequences) == 5000
