"""What is in a file, or comes in without end, is refused before it takes more memory than there may be."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from bounded import refused, run_bounded

from rnntui.data.formats.opening import open_sequences
from rnntui.session.saved_run import load_run
from rnntui.text import opening
from rnntui.text.memory import in_words
from rnntui.text.problems import InputError
from rnntui.text.titles import title_of
from rnntui.text.toml import parse_toml, read_toml
from rnntui.text.toml_keys import count_key_names

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no limits, no pipes with names")

MODEL = ("--model", "elman")


@contextmanager
def endless(line: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["yes", line], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as yes:
        try:
            yield yes
        finally:
            assert yes.stdout is not None
            yes.stdout.close()
            yes.kill()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("AB", "text"),
        ("a b", "text"),
        ("x", "csv"),
        ("1,2", "csv"),
        ('"AB"', "jsonl"),
        ("a = 1", "toml"),
        ("[1, 2]", "json"),
    ],
)
def test_standard_input_without_end(line: str, kind: str) -> None:
    with endless(line) as yes:
        assert yes.stdout is not None
        message = refused("trace", "-", "--input-format", kind, stdin=yes.stdout)
    assert message


def test_of_lines_without_end_the_size_and_the_bound_are_told() -> None:
    with endless("AB") as yes:
        assert yes.stdout is not None
        message = refused("trace", "-", *MODEL, stdin=yes.stdout)
    assert message.startswith("standard input: what comes in would already take ")
    assert "300 MB is the most" in message


PACKED = {
    "short.txt": b"AB\n" * 2_000_000,
    "words.txt": b"a b\n" * 2_000_000,
    "line.txt": b"AB" * 50_000_000,
    "zeros.csv": b"x\n" + b"1\n" * 60_000_000,
    "columns.csv": b"x" + b",x" * 1_000_000 + b"\n1\n",
    "sequences.csv": b"x\n" + b"1\n\n" * 2_000_000,
    "lists.json": b"[" + b"[1]," * 5_000_000 + b"[1]]",
    "objects.jsonl": b'{"inputs": [1]}\n' * 2_000_000,
    "keys.json": b"{" + b'"a":1,' * 10_000_000 + b'"b":1}',
    "deep.json": b"[" * 10_000_000,
}


@pytest.mark.parametrize("name", PACKED)
def test_a_small_gzip_file_of_much(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.gz"
    path.write_bytes(gzip.compress(PACKED[name], 1))
    assert path.stat().st_size < 1_000_000
    assert f"{name}.gz" in refused("trace", str(path))


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_numbers_of_a_byte_that_would_be_eight(tmp_path: Path) -> None:
    path = tmp_path / "bytes.npy.gz"
    path.write_bytes(gzip.compress(npy(np.ones((100_000, 1_000), np.uint8)), 1))
    assert "would already take 800 MB of memory, and 300 MB is the most" in refused(
        "trace", str(path)
    )


def test_an_alphabet_of_very_many_symbols(tmp_path: Path) -> None:
    symbols = [f"s{number}" for number in range(20_000)]
    (tmp_path / "symbols.txt").write_text(" ".join(symbols))
    told = "20,000 one-hot vectors of 20,000 symbols are 400,000,000 numbers, and 25,000,000"
    assert told in refused("trace", str(tmp_path / "symbols.txt"))
    listed = ", ".join(f'"{symbol}"' for symbol in symbols)
    text = f'model = "elman"\nsizes.hidden = 2\n[data]\none_hot = [{listed}]\nsequence = ["s1"]\n'
    (tmp_path / "symbols.toml").write_text(text)
    message = refused("trace", str(tmp_path / "symbols.toml"))
    assert message.startswith(f"{tmp_path}/symbols.toml, line 4, column 11: {told}")


def test_a_long_sequence_of_a_large_alphabet(tmp_path: Path) -> None:
    symbols = "".join(chr(0x4E00 + number) for number in range(2000))
    data = f'[data]\none_hot = "{symbols}"\nsequence = "{symbols * 10}"\ntargets = "next"\n'
    (tmp_path / "f.toml").write_text(f'model = "elman"\nsizes.hidden = 2\n{data}')
    assert "the data has 39,998,000 numbers, and 25,000,000 are the most" in refused(
        "trace", str(tmp_path / "f.toml")
    )


def test_windows_of_one_timestep_over_much_data(tmp_path: Path) -> None:
    (tmp_path / "f.npy").write_bytes(npy(np.zeros(2_000_000)))
    message = refused("trace", str(tmp_path / "f.npy"), "--window", "1")
    assert message.startswith(
        "2,000,000 windows would take 1.4 GB of memory, and 300 MB is the most"
    )


TOML = {
    "a dotted key": (".".join(["a"] * 50_000) + " = 1", "line 1, column 1: a dotted key has more"),
    "a spaced one": (" . ".join(["a"] * 30_000) + " = 1", "line 1, column 1: a dotted key has"),
    "a header": ("b = 1\n[" + ".".join(["a"] * 50_000) + "]", "line 2, column 2: a dotted key"),
    "inline": ("b = { " + ".".join(["a"] * 50_000) + " = 1 }", "line 1, column 7: a dotted key"),
    "behind a comment": (
        "b = 1 # '\n" + ".".join(["a"] * 50_000) + " = 1 # '",
        "line 2, column 1: a dotted key has",
    ),
    "long keys": (
        "\n".join(f"k{number}." + ".".join(["a"] * 1_990) + " = 1" for number in range(250)),
        "with 497,500 names of tables in its keys and headers, would take 499 MB",
    ),
    "long headers": (
        "\n".join(f"[b{number}." + ".".join(["a"] * 199) + "]" for number in range(20_000)),
        "with 4,000,000 names of tables in its keys and headers, would take 4 GB",
    ),
    "headers": (
        "\n".join(f"[b{number}]" for number in range(1_000_000)),
        "with 1,000,000 names of tables in its keys and headers, would take 1.2 GB",
    ),
    "keys far below": (
        "[" + ".".join(["a"] * 1_990) + "]\n" + "\n".join(f"b{n} = 1" for n in range(200_000)),
        "would take 398,201,990 steps, and 20,000,000 are the most",
    ),
    "very many keys": (
        "\n".join(f"a{number} = 1" for number in range(2_000_000)),
        "what is in the file would take 6",
    ),
    "very many lists": ("a = [" + "[]," * 3_000_000 + "]", "what is in the file would take 8"),
    "very many numbers": ("a = [" + "1," * 9_000_000 + "]", "what is in the file would take 648 MB"),
    "deep lists": ("a = " + "[" * 100_000, "arrays or tables are nested too deeply"),
    "deep tables": ("a = " + "{a=" * 100_000, "nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOML)
def test_toml_that_would_take_more_than_it_says(name: str, tmp_path: Path) -> None:
    text, message = TOML[name]
    path = tmp_path / "f.toml"
    path.write_text(text)
    assert message in refused("trace", str(path))


def test_long_texts_with_points_are_no_keys() -> None:
    points = ".".join("ab" * 5_000)
    text = (
        f"a = \"{points}\"\nb = '''\n{points}\n'''\nc.d = 1\n# {points} = \ne = [{'0.5, ' * 500}]\n"
    )
    assert parse_toml(text, "f.toml").data["c"] == {"d": 1}


def test_what_is_allowed_of_long_keys_and_headers_is_within_bounds(tmp_path: Path) -> None:
    keys = "".join(f"k{n}." + ".".join("a" * 300) + " = 1\n" for n in range(180))
    headers = "".join(f"[b{n}." + ".".join("a" * 199) + "]\n" for n in range(1_000))
    path = tmp_path / "f.toml"
    path.write_text(keys + headers)
    assert "there is no [data]" in run_bounded("check", str(path)).errors


def test_many_keys_and_headers_as_people_write_them_are_read() -> None:
    keys = "\n".join(f"k{n} = {{ a.b = 0.5, c = [[1.5]] }}\nx.y{n} = 1" for n in range(3_000))
    headers = "\n".join(f"[table.of.{n}]\nx = [\n[1.5]\n]\n" for n in range(500))
    data = parse_toml(f"{keys}\n{headers}", "f.toml").data
    assert (len(data["x"]), len(data["table"]["of"])) == (3_000, 500)


@pytest.mark.parametrize(
    ("text", "count", "steps", "longest"),
    [
        ("a = 1", 0, 1, 1),
        ("a.b . \"c.d\" .'e.f'= 1", 3, 16, 4),
        ("[ a . b ] # c\nd.e = 1\n[[f]]\ng = 1", 4, 2 + 8 + 1 + 3, 2),
        ('a = [1.5, 2.5, "b.c = 1", {d.e = 1}]', 1, 1 + 4, 2),
        ('a = \'\'\'\nb.c = 1\n[d.e]\n\'\'\'\nf = """\\""""""\ng = 1', 0, 3, 1),
        ("# a.b = 1\nc = 1.5 # '\nd.e = 1 # '", 1, 1 + 4, 2),
    ],
)
def test_names_of_keys_and_headers(text: str, count: int, steps: int, longest: int) -> None:
    tomllib.loads(text)
    found = count_key_names(text)
    assert (found.count, found.steps, found.longest) == (count, steps, longest)


@pytest.mark.parametrize("open_one", ['"', 'a = "', 'a = """', "a = '''\n", "[a.b\n", "a,\n"])
def test_names_are_counted_in_linear_time(open_one: str) -> None:
    text = open_one + open_one.join(['\\"'] * 300_000)
    begin = time.process_time()
    count_key_names(text)
    assert time.process_time() - begin < 10


class TestPipes:
    """Files that are pipes: they are waited for, but not for ever."""

    @pytest.fixture
    def pipe(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(opening, "PATIENCE", 0.3)
        os.mkfifo(tmp_path / "pipe")
        return tmp_path / "pipe"

    def test_nobody_writes(self, pipe: Path) -> None:
        said = "the file cannot be read: nobody has written to this pipe for 0.3 seconds"
        for read in (read_toml, open_sequences):
            with pytest.raises(InputError, match=said):
                read(pipe)

    def test_no_run_is_resumed_from_one(self, pipe: Path) -> None:
        file = open_sequences("sequences/lstm-ab.toml")
        with pytest.raises(InputError, match="it is not a file"):
            load_run(pipe, file)

    def test_no_title_is_waited_for(self, pipe: Path) -> None:
        assert title_of(pipe) == "pipe"

    @pytest.mark.parametrize("wait", [0.0, 0.1])
    def test_what_somebody_writes_is_read_from_its_first_byte_on(
        self, pipe: Path, wait: float
    ) -> None:
        def write() -> None:
            threading.Event().wait(wait)
            pipe.write_text("ABBA\n" * 5000)

        writer = threading.Thread(target=write)
        writer.start()
        data = open_sequences(pipe).data
        writer.join()
        assert len(data.sequences) == 5000
        assert {"".join(sequence.symbols) for sequence in data.sequences} == {"ABB"}

    def test_a_writer_who_takes_his_time_is_waited_for(self, pipe: Path) -> None:
        def write() -> None:
            with pipe.open("w") as stream:
                threading.Event().wait(0.8)
                stream.write("ABBA\n")

        writer = threading.Thread(target=write)
        writer.start()
        assert len(open_sequences(pipe).data.sequences) == 1
        writer.join()

    def test_a_writer_who_writes_nothing(self, pipe: Path) -> None:
        writer = threading.Thread(target=lambda: pipe.open("w").close())
        writer.start()
        with pytest.raises(InputError):
            open_sequences(pipe)
        writer.join()

    def test_check_says_so_by_itself(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "f.toml")
        ended = run_bounded("check", str(tmp_path / "f.toml"), seconds=30)
        assert ended.status == 2
        assert "nobody has written to this pipe for 5 seconds" in ended.errors


def test_sizes_in_words() -> None:
    assert [in_words(size) for size in (17, 25_000_000, 3_400_000_000, 8 * 10**18)] == [
        "17 bytes", "25 MB", "3.4 GB", "8,000,000 TB",
    ]  # fmt: skip


def test_of_very_many_problems_the_first_are_told(tmp_path: Path) -> None:
    text = 'model = "elman"\n[data]\none_hot = "ab"\nsequence = "abba"\n[parameters]\n'
    (tmp_path / "f.toml").write_text(text + "\n".join(f"a{number} = 1" for number in range(3_000)))
    ended = run_bounded("trace", str(tmp_path / "f.toml"))
    assert ended.status == 2
    assert ended.errors.count("is not a parameter of the model") == 50
    assert ended.errors.endswith("rnntui: and 2,950 more\n")


@pytest.mark.parametrize("text", ['[{}{{"z": 1}}]', '{{{}"z": 1}}'], ids=["list", "object"])
def test_of_very_many_problems_in_json_the_first_are_told(text: str, tmp_path: Path) -> None:
    one = '{"z": 1},' if text.startswith("[") else '"z{}": 1,'
    many = "".join(one.replace("{}", str(number)) for number in range(20_000))
    (tmp_path / "f.json").write_text(text.format(many))
    ended = run_bounded("trace", str(tmp_path / "f.json"), seconds=30)
    assert ended.status == 2
    assert 10 <= ended.errors.count("is not a key of a sequence") <= 20
