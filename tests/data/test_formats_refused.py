"""Data files that are refused, and what is said: file, line, column, what is wrong, what would be right."""
# ruff: noqa: E501  (what is printed stands on one line)

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reading_data import read_sequences_of, said
from refused_cases import refused_texts

from rnntui.data import sequences
from rnntui.data.formats import json_data, source
from rnntui.data.formats.opening import open_sequences
from rnntui.text.problems import InputError

pytestmark = pytest.mark.filterwarnings("error")  # a refusal is all that a user gets to see


def text_cases() -> list[Any]:
    """Each with its first line, the file's name, apart from its content."""
    return [
        pytest.param(name, text, message, id=f"{name} {text[:30]!r}")
        for kind in ("csv_files", "text_files", "json_files")
        for (name, _, text), message in (
            (case.partition("\n"), m) for case, m in refused_texts(kind)
        )
    ]


@pytest.mark.parametrize(("name", "text", "message"), text_cases())
def test_what_is_said_of_a_text(tmp_path: Path, name: str, text: str, message: str) -> None:
    assert said(tmp_path, name, text.encode()) == message


def test_there_are_many_cases() -> None:
    assert len(text_cases()) >= 95


BYTES = {
    "f.csv": [
        (b"", "f.csv: the file is empty; it has at least one sequence"),
        (
            b"\n \n",
            "f.csv: the table is empty; columns are x\u2026, y\u2026 or target\u2026, mask, reset, sequence or id",
        ),
        (
            b"x,y\n1,\xe9\n",
            "f.csv, line 2, column 3: the file is not UTF-8: byte 0xe9; save it as UTF-8\n    1,\\xe9\n      ^",
        ),
        (
            "x,y\r\n\u00e91,2\r\n".encode("utf-8")[:-5] + b"\xff",
            "f.csv, line 2, column 2: the file is not UTF-8: byte 0xff; save it as UTF-8\n    \u00e9\\xff\n     ^",
        ),
        ("x,y\n1,2\n".encode("utf-16"), "f.csv: the file is UTF-16; save it as UTF-8"),
        (
            b"x,y\n1,\0\n",
            "f.csv, line 2, column 3: there is a NUL byte, so this is a binary file, not a text\n    1,\\x00\n      ^",
        ),
        (
            b"x,y\n1,2\n1,\x1b[31mred\n",
            "f.csv, line 3, column 3: `\\x1b[31mred` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols\n    1,\\x1b[31mred\n      ^",
        ),
        (
            b'x,y\nA,"' + b"z" * 140_000 + b'"\n',
            'f.csv, line 2, column 1: a cell is longer than 131072 characters; is a quote not closed?\n    A,"'
            + "z" * 73
            + "\n    ^",
        ),
    ],
    "f.txt": [
        (b"\n \n", "f.txt: there is no sequence in the file; write one a line"),
        (
            b"AB\n\xff",
            "f.txt, line 2, column 1: the file is not UTF-8: byte 0xff; save it as UTF-8\n    \\xff\n    ^",
        ),
    ],
    "f.json": [
        (b"[" * 100_000, "f.json, line 1, column 1: lists or objects are nested too deeply"),
        (
            b"[[1,\n" + b"9" * 5000 + b"]]",
            "f.json, line 2, column 1: a whole number has too many digits\n    "
            + "9" * 76
            + "\n    ^",
        ),
        (
            b'{"inputs": ' + b"[" * 12 + b"1" + b"]" * 12 + b"}",
            "f.json, line 1, column 13: this is more than one sequence; one is a text, a list of symbols, a list of numbers or a list of rows of numbers\n"
            '    {"inputs": [[[[[[[[[[[[1]]]]]]]]]]]]}\n                ^',
        ),
    ],
    "f.jsonl": [(b"\n", "f.jsonl: there is no sequence in the file; write one a line")],
    "f.pkl": [
        (
            pickle.dumps([1, 2]),
            "f.pkl: this is a pickled file, and opening one would run what is in it; save the numbers as .npz, .csv or .json",
        )
    ],
    "model.pt": [
        (
            b"PK anything",
            "model.pt: this is a pickled file, and opening one would run what is in it; save the numbers as .npz, .csv or .json",
        )
    ],
    "data": [
        (
            pickle.dumps([1, 2]),
            "data: this is a pickled file, and opening one would run what is in it; save the numbers as .npz, .csv or .json",
        )
    ],
    "f.csv.gz": [
        (b"x,y\n1,2\n", "f.csv.gz: this is not gzip, as the file's name says"),
        (
            gzip.compress(b"x,y\n" + b"1,2\n" * 100, mtime=0)[:-9],
            "f.csv.gz: the gzip data is cut off; was it copied as a whole?",
        ),
        (
            gzip.compress(b"x,y\n1,2\n", mtime=0)[:-8] + b"\0" * 8,
            "f.csv.gz: the gzip data is corrupt; compress it again",
        ),
        (
            gzip.compress(b"x,y\n1,2\n", mtime=0) + b"rubbish",
            "f.csv.gz: the gzip data is corrupt; compress it again",
        ),
        (
            gzip.compress(b"x,y\n1,2\n", mtime=0)[:10] + b"\x07" * 20,
            "f.csv.gz: the gzip data is corrupt; compress it again",
        ),
        (b"\x1f\x8b\x08", "f.csv.gz: the gzip data is cut off; was it copied as a whole?"),
        (gzip.compress(b"", mtime=0), "f.csv.gz: the file is empty; it has at least one sequence"),
        (
            gzip.compress(b"x,y\n1,2\n1,b\n", mtime=0),
            "f.csv.gz, line 3, column 3: `b` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols\n    1,b\n      ^",
        ),
    ],
}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [(name, content, message) for name, some in BYTES.items() for content, message in some],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_said_of_bytes(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    assert said(tmp_path, name, content) == message


def npy(array: Any, **given: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **given)
    return stream.getvalue()


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def header(text: str, version: bytes = b"\x01\x00") -> bytes:
    """An .npy file with any header at all, and 16 bytes of numbers."""
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text.encode() + b"\0" * 16


OBJECTS = "holds Python objects, and unpickling them would run what is in them; save sequences of unlike length as .json or .csv"
NO_HEADER = (
    "f.npy: the array has no header of an array of numbers; write it with numpy.save or numpy.savez"
)
SAVE = "save numbers: numpy.savez(file, x=\u2026, targets=\u2026)"
AXES = "its shape is (T,), (T, input size) or (sequences, T, input size)"

ARRAYS = [
    (npy(np.array([[1, 2], [3]], dtype=object), allow_pickle=True), f"f.npy: the array {OBJECTS}"),
    (npy(np.array(["A", "B"])), f"f.npy: the array has no numbers: its elements are texts; {SAVE}"),
    (
        npy(np.array([1j])),
        f"f.npy: the array has no numbers: its elements are of type complex128; {SAVE}",
    ),
    (
        npy(np.array(["2020-01-01"], dtype="M8[D]")),
        f"f.npy: the array has no numbers: its elements are of type datetime64[D]; {SAVE}",
    ),
    (
        npy(np.zeros(2, dtype=[("x", "f8")])),
        f"f.npy: the array has no numbers: its elements are of type [('x', '<f8')]; {SAVE}",
    ),
    (npy(np.float64(1)), f"f.npy: the array is one number; {AXES}"),
    (npy(np.zeros((1, 2, 3, 4))), f"f.npy: the array has 4 axes; {AXES}"),
    (
        npy(np.zeros((0, 3))),
        "f.npy: the array is empty: its shape is (0, 3); it has a timestep at least",
    ),
    (
        npy(np.zeros((2, 3)))[:-1],
        "f.npy: the array has 47 bytes of numbers and its header says 48; was it copied as a whole?",
    ),
    (
        npy(np.zeros(2)) + b"x",
        "f.npy: the array has 17 bytes of numbers and its header says 16; was it copied as a whole?",
    ),
    (
        npy(np.array([[1.0, 2.0], [3.0, np.nan]])),
        "f.npy: the array at [1, 1] is nan, which is not a value that can be computed with; write a finite number",
    ),
    (
        npy(np.array([1.0, -np.inf])),
        "f.npy: the array at [1] is -inf, which is not a value that can be computed with; write a finite number",
    ),
    (b"\x93NUMPY", NO_HEADER),
    (b"x1,x2", NO_HEADER),
    (header("", b"\x03\x00"), NO_HEADER),
    (header("{"), NO_HEADER),
    (
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,)}"),
        "f.npy: the array has 16 bytes of numbers and its header says 799999999992; was it copied as a whole?",
    ),
    (
        header(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (" + ("9" * 4000 + ",") * 2 + ")}"
        ),
        "f.npy: the array has 16 bytes of numbers and its header says far more; was it copied as a whole?",
    ),
    (
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}"),
        "f.npy: the array is empty: its shape is (-2,); it has a timestep at least",
    ),
    (
        header("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}"),
        f"f.npy: the array {OBJECTS}",
    ),
    (
        header("{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (1,)}"),
        f"f.npy: the array has no numbers: its elements are of type ('<f8', (2,)); {SAVE}",
    ),
]
ARCHIVES = [
    (
        npz(x=np.zeros(3), y=np.zeros(2)),
        "f.npz: `y` has the shape (2,), where `x` has (3,); it would be (3,) or (3, output size)",
    ),
    (
        npz(x=np.zeros((2, 3, 1)), targets=np.zeros(3)),
        "f.npz: `targets` has the shape (3,), where `x` has (2, 3, 1); it would be (2, 3) or (2, 3, output size)",
    ),
    (
        npz(x=np.zeros((2, 3, 1)), mask=np.ones(3)),
        "f.npz: `mask` has the shape (3,), where `x` has (2, 3, 1); it would be (2, 3)",
    ),
    (
        npz(x=np.zeros(2), mask=np.array([1, -1])),
        "f.npz: `mask` at [1] is negative; 0 where the loss does not count",
    ),
    (
        npz(x=np.zeros(2), lengths=np.zeros(2)),
        "f.npz: `lengths` is not an array of sequences; there are x, inputs, y, target, targets, mask",
    ),
    (
        npz(x=np.zeros(2), tragets=np.zeros(2)),
        "f.npz: `tragets` is not an array of sequences; did you mean `targets`?",
    ),
    (
        npz(x=np.zeros(2), inputs=np.zeros(2)),
        "f.npz: there are two arrays of the same kind, `x` and `inputs`; give one of them",
    ),
    (npz(targets=np.zeros(2)), f"f.npz: there is no array `x` of the inputs; {SAVE}"),
    (
        npz(x=np.array([1.0, np.inf])),
        "f.npz: `x` at [1] is inf, which is not a value that can be computed with; write a finite number",
    ),
    (npz(x=np.array(["A"])), f"f.npz: `x` has no numbers: its elements are texts; {SAVE}"),
    (npz(x=np.array([None])), f"f.npz: `x` {OBJECTS}"),
    (npz(x=np.zeros(()), y=np.zeros(1)), f"f.npz: `x` is one number; {AXES}"),
    (
        npz(x=np.zeros(9))[:-9],
        "f.npz: this is not an archive of arrays: File is not a zip file; was it copied as a whole?",
    ),
    (
        npz(x=np.zeros(9)).replace(b"\0" * 72, b"\1" + b"\0" * 71),
        "f.npz: this is not an archive of arrays: Bad CRC-32 for file 'x.npy'; was it copied as a whole?",
    ),
    (
        b"PK\x03\x04junk",
        "f.npz: this is not an archive of arrays: File is not a zip file; was it copied as a whole?",
    ),
]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("f.npy", *case) for case in ARRAYS] + [("f.npz", *case) for case in ARCHIVES],
    ids=lambda value: repr(value)[:50] if isinstance(value, str) else "",
)
def test_what_is_said_of_arrays(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    assert said(tmp_path, name, content) == message


def test_a_pickle_in_an_archive_is_never_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "exploded",))

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.npy", npy(np.array([Bomb()]), allow_pickle=True))
    assert said(tmp_path, "f.npz", stream.getvalue()) == f"f.npz: `x` {OBJECTS}"
    assert not (tmp_path / "exploded").exists()


class TestTooLarge:
    """Files that would unpack to more than memory has, with the bounds brought down to bytes."""

    def test_gzip(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(source, "MOST_BYTES", 3 << 20)
        bomb = gzip.compress(b"A" * (64 << 20))
        assert len(bomb) < 100_000
        message = "f.txt.gz: the file holds more than 3 MiB, the most that is read; split it"
        assert said(tmp_path, "f.txt.gz", bomb) == message

    def test_json(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(json_data, "_MOST_BYTES", 20)
        message = "f.json: the file holds more than 20 bytes, the most that is read; split it"
        assert said(tmp_path, "f.json", b'["ABABABABABABABABABABABA"]') == message

    def test_archive(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rnntui.data.formats.numpy_arrays.MOST_BYTES", 1 << 20)
        stream = io.BytesIO()
        np.savez_compressed(stream, x=np.zeros(1 << 18))
        assert len(stream.getvalue()) < 10_000
        message = "f.npz: `x` unpacks to more than 1 MiB; split it"
        assert said(tmp_path, "f.npz", stream.getvalue()) == message

    def test_alphabet(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sequences, "MOST_NUMBERS", 100)
        words = " ".join(f"w{number}" for number in range(20))
        message = (
            "f.txt: 20 one-hot vectors of 20 symbols are 400 numbers, and 100 are the most; take a"
            " part of it, or fewer symbols"
        )
        assert said(tmp_path, "f.txt", words.encode()) == message


def test_what_is_no_file(tmp_path: Path) -> None:
    for file, message in (
        (tmp_path / "nothing.csv", f"{tmp_path}/nothing.csv: there is no such file"),
        (tmp_path, f"{tmp_path}: this is a directory, not a file of sequences"),
        ("a\0b.csv", "a\\x00b.csv: the file cannot be read: embedded null byte"),
    ):
        with pytest.raises(InputError) as refused:
            open_sequences(file)
        assert str(refused.value) == message


def test_data_alone_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_text('model = "elman"')
    with pytest.raises(InputError, match="this is a sequence file, and what is wanted is data"):
        read_sequences_of(tmp_path / "f.toml")
