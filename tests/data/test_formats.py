"""Sequences written in each format and read back: the same arrays, whichever way they were written."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_data import opened, read

from rnntui.data.formats import source
from rnntui.data.sequence import InputSequence
from rnntui.data.sequence_file import parse_sequence_file
from rnntui.data.sequences import Data

pytestmark = pytest.mark.filterwarnings("error")


def assert_same(one: Data, other: Data) -> None:
    """The same bits in the same shapes, the same symbols, the same alphabets."""
    assert len(one.sequences) == len(other.sequences)
    assert one.flat_targets == other.flat_targets
    for a, b in zip(one.sequences, other.sequences, strict=True):
        assert (a.symbols, a.target_symbols) == (b.symbols, b.target_symbols)
        for what in ("inputs", "targets", "mask"):
            left, right = getattr(a, what), getattr(b, what)
            assert (left is None) == (right is None)
            if left is not None:
                assert left.dtype == right.dtype == np.float64
                np.testing.assert_array_equal(left, right, strict=True)
    for left, right in (
        (one.alphabet, other.alphabet),
        (one.target_alphabet, other.target_alphabet),
    ):
        assert list(left) == list(right)
        for symbol in left:
            np.testing.assert_array_equal(left[symbol], right[symbol], strict=True)


# Random sequences, written in each format.


@dataclass(frozen=True)
class Sequences:
    """Rows of numbers, or symbols, with or without targets and a mask."""

    inputs: list[Any]
    targets: list[Any] | None
    masks: list[list[float]] | None

    @property
    def symbolic(self) -> bool:
        return isinstance(self.inputs[0][0], str)


numbers = st.floats(allow_nan=False, allow_infinity=False)
# what a column of symbols may not look like is a number; white space is another test
symbols = st.text(
    st.characters(codec="utf-8", exclude_categories=("Z", "C", "N")), min_size=1, max_size=3
).filter(lambda s: s.lower() not in ("nan", "inf", "infinity"))
lengths = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@st.composite
def sequences(draw: st.DrawFn, symbolic: bool) -> Sequences:
    sizes = draw(lengths)
    size, targets = draw(st.integers(1, 3)), draw(st.integers(0, 2))

    def rows(width: int) -> list[Any]:
        row = st.lists(numbers, min_size=width, max_size=width)
        return [draw(st.lists(row, min_size=n, max_size=n)) for n in sizes]

    alphabet = draw(st.lists(symbols, min_size=1, max_size=4, unique=True))
    words = [draw(st.lists(st.sampled_from(alphabet), min_size=n, max_size=n)) for n in sizes]
    weight = st.floats(0, 10)
    masks = [draw(st.lists(weight, min_size=n, max_size=n)) for n in sizes]
    has_mask = draw(st.booleans())
    return Sequences(
        words if symbolic else rows(size),
        rows(targets) if targets else None,
        masks if has_mask else None,
    )


def expected(written: Sequences) -> Data:
    """What should be read, with targets (T, n) and never flat."""
    alphabet: dict[str, Any] = {}
    if written.symbolic:
        known = list(dict.fromkeys(s for sequence in written.inputs for s in sequence))
        alphabet = dict(zip(known, np.eye(len(known)), strict=True))
    found = []
    for number, own in enumerate(written.inputs):
        rows = [alphabet[s] for s in own] if written.symbolic else own
        found.append(
            InputSequence(
                np.array(rows, dtype=np.float64),
                None if written.targets is None else np.array(written.targets[number]),
                np.ones(len(rows)) if written.masks is None else np.array(written.masks[number]),
                tuple(own) if written.symbolic else (),
            )
        )
    return Data(tuple(found), alphabet, alphabet)


def flat(data: Data) -> Data:
    """The same as a table gives it that has one column of targets."""
    if data.sequences[0].targets is None or data.sequences[0].targets.shape[1] != 1:
        return data
    found = tuple(
        InputSequence(s.inputs, s.targets[:, 0], s.mask, s.symbols)
        for s in data.sequences
        if s.targets is not None
    )
    return Data(found, data.alphabet, data.target_alphabet, flat_targets=True)


SEPARATED = ("blank", "id", "sequence", "reset")


def table(written: Sequences, separated: str, delimiter: str, quoting: int, end: str) -> str:
    size = len(written.inputs[0][0]) if not written.symbolic else 1
    outputs = len(written.targets[0][0]) if written.targets else 0
    header = [separated] if separated != "blank" else []
    header += ["x"] if written.symbolic else [f"x{n}" for n in range(size)]
    header += [f"y_{n}" for n in range(outputs)] + (["mask"] if written.masks else [])
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(header)
    for number, rows in enumerate(written.inputs):
        if separated == "blank" and number:
            stream.write(end)
        for t, row in enumerate(rows):
            cells: list[Any] = [int(t == 0) if separated == "reset" else f"s{number}"]
            cells = cells if separated != "blank" else []
            cells += [row] if written.symbolic else row
            cells += written.targets[number][t] if written.targets else []
            cells += [written.masks[number][t]] if written.masks else []
            writer.writerow(cells)
    return stream.getvalue()


def objects(written: Sequences) -> list[dict[str, Any]]:
    found = []
    for number, rows in enumerate(written.inputs):
        item: dict[str, Any] = {"inputs": rows}
        if written.targets:
            item["targets"] = written.targets[number]
        if written.masks:
            item["mask"] = written.masks[number]
        found.append(item)
    return found


either = st.one_of(sequences(symbolic=False), sequences(symbolic=True))


class TestWrittenAndRead:
    """What is written is what is read, to the last bit."""

    @settings(max_examples=100, deadline=None)
    @given(
        either,
        st.sampled_from(SEPARATED),
        st.sampled_from(",;\t|"),
        st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        st.sampled_from(["\n", "\r\n", "\r"]),
        st.sampled_from(["", "\ufeff"]),
    )
    def test_tables(
        self, written: Sequences, separated: str, delimiter: str, quoting: int, end: str, mark: str
    ) -> None:
        text = table(written, separated, delimiter, quoting, end)
        name = "f.tsv" if delimiter == "\t" else "f.csv"
        assert_same(read(name, mark + text), flat(expected(written)))

    @settings(max_examples=40, deadline=None)
    @given(either, st.sampled_from(SEPARATED), st.integers(3, 40))
    def test_tables_in_blocks(self, written: Sequences, separated: str, size: int) -> None:
        """Wherever the file is cut into blocks, within quotes or between CR and LF."""
        text = table(written, separated, ",", csv.QUOTE_ALL, "\r\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(source, "_CHUNK", size)
            assert_same(read("f.csv", text), flat(expected(written)))
            plain = table(written, separated, ",", csv.QUOTE_MINIMAL, "\n")
            assert_same(read("f.csv.gz", gzip.compress(plain.encode())), flat(expected(written)))

    @settings(max_examples=50, deadline=None)
    @given(either)
    def test_json(self, written: Sequences) -> None:
        items = objects(written)
        assert_same(read("f.json", json.dumps(items)), expected(written))
        lines = "\n".join(json.dumps(item, ensure_ascii=False) for item in items)
        assert_same(read("f.jsonl", lines), expected(written))
        whole = {key: [item[key] for item in items] for key in items[0]}
        whole["sequences"] = whole.pop("inputs")
        assert_same(read("f.json", json.dumps(whole, indent=1)), expected(written))

    @settings(max_examples=40, deadline=None)
    @given(sequences(symbolic=False), st.sampled_from(["C", "F"]), st.sampled_from("<>"))
    def test_arrays(self, written: Sequences, order: Any, byte_order: str) -> None:
        first = Sequences(
            written.inputs[:1],
            written.targets and written.targets[:1],
            written.masks and written.masks[:1],
        )
        arrays = {"x": first.inputs, "targets": first.targets, "mask": first.masks}
        kind = f"{byte_order}f8"
        several = {k: np.array(v, kind, order=order) for k, v in arrays.items() if v is not None}
        one = {key: array[0] for key, array in several.items()}
        for chosen in (several, one):
            for save in (np.savez, np.savez_compressed):
                stream = io.BytesIO()
                save(stream, **chosen)
                assert_same(read("f.npz", stream.getvalue()), expected(first))
        stream = io.BytesIO()
        np.save(stream, several["x"])
        without = Sequences(first.inputs, None, None)
        assert_same(read("f.npy", stream.getvalue()), expected(without))

    @settings(max_examples=50, deadline=None)
    @given(sequences(symbolic=True))
    def test_text(self, written: Sequences) -> None:
        without = Sequences(written.inputs, None, None)
        if max(map(len, written.inputs)) > 1:  # one word a line would be read as characters
            text = "\n".join(" ".join(words) for words in written.inputs)
            assert_same(read("f.txt", text), expected(without))
        characters = [list("".join(words)) for words in written.inputs]
        text = "\r\n".join("".join(words) for words in written.inputs)
        assert_same(
            read("f.txt.gz", gzip.compress(text.encode())),
            expected(Sequences(characters, None, None)),
        )


class TestTheSameInEveryFormat:
    """One set of sequences in all formats, and as a sequence file."""

    def test_symbols(self) -> None:
        toml = parse_sequence_file(
            'model = "elman"\nsizes.hidden = 2\n[data]\none_hot = "AB"\n'
            'sequences = ["ABBA", "BA"]\ntargets = "next"\n'
        )
        files = {
            "f.txt": "ABBA\nBA\n",
            "f.text": "A B B A\n\nB A\n",
            "f.csv": "x\nA\nB\nB\nA\n\nB\nA\n",
            "f.tsv": "sequence\tx\n1\tA\n1\tB\n1\tB\n1\tA\n2\tB\n2\tA\n",
            "f.json": '["ABBA", ["B", "A"]]',
            "g.json": '{"sequences": ["ABBA", "BA"], "targets": "next"}',
            "h.json": '{"inputs": [["A", "B", "B", "A"], ["B", "A"]], "alphabet": "AB"}',
            "i.json": '{"sequences": ["ABBA", "BA"], "alphabet": {"A": [1, 0], "B": [0, 1]}}',
            "f.jsonl": '"ABBA"\n{"sequence": "BA"}\n',
            "f": "ABBA\nBA",
            "g": '"ABBA"\n["B", "A"]\n',
            "h": "x,mask\nA,1\nB,1\nB,1\nA,1\n\nB,1\nA,1\n",
        }
        for name, content in files.items():
            assert_same(opened(name, content).data, toml.data)
            assert_same(opened(f"{name}.gz", gzip.compress(content.encode())).data, toml.data)

    def test_numbers(self) -> None:
        toml = parse_sequence_file(
            'model = "elman"\nsizes.hidden = 2\n[data]\nvalues = [[1, 2], [3, 4.5]]\n'
            "targets = [0.5, 1e-3]\nmask = [0, 1]\n"
        )
        stream = io.BytesIO()
        np.savez(stream, x=[[1, 2], [3, 4.5]], target=[0.5, 1e-3], mask=[False, True])
        files: dict[str, str | bytes] = {
            "f.csv": "x1,x2,y,mask\n1,2,.5,0\n+3,4.5,1E-3,1\n",
            "g.csv": "mask;target;X_1;X_2\n0;0.5;1.;2\n1;0.001;3;45e-1\n",
            "h.csv": "'x[0]', 'x[1]', 'y', 'mask'\n'1', '2', '.5', '0'\n'3', '4.5', '.001', '1'\n",
            "i.csv": "\n\nx1 x2   y mask\n1  2 .5 0\n3 4.5  .001 1\n",
            "f.json": '{"x": [[1, 2], [3, 4.5]], "y": [0.5, 0.001], "mask": [0, 1]}',
            "f.jsonl": '{"values": [[1, 2], [3, 4.5]], "target": [0.5, 0.001], "mask": [0, 1]}',
            "f.npz": stream.getvalue(),
            "f": stream.getvalue(),
            "g": "x1\tx2\ty\tmask\n1\t2\t.5\t0\n3\t4.5\t.001\t1\n",
        }
        for name, content in files.items():
            assert_same(opened(name, content).data, toml.data)


class TestTables:
    def test_kinds_of_blank_lines(self) -> None:
        for blank in ("\n", "\n\n", " \n", ",,\n", " , ,\n"):
            for x in ("1", "A"):
                data = read("f.csv", f"x,y,mask\n{x},1,1\n{blank}{x},2,1\n{blank}")
                assert [s.length for s in data.sequences] == [1, 1], blank

    def test_ways_to_begin_a_sequence_go_together(self) -> None:
        text = "id,reset,x\na,0,1\na,1,2\n\na,0,3\nb,0,4\nb,0,5\n"
        data = read("f.csv", text)
        assert [s.inputs[:, 0].tolist() for s in data.sequences if s.inputs is not None] == [
            [1], [2], [3], [4, 5],
        ]  # fmt: skip

    def test_symbols_that_look_like_numbers_are_asked_for(self) -> None:
        data = read("f.csv", "x,y\n0,1\n1,0\n#,1\n", symbols=True)
        assert data.sequences[0].symbols == ("0", "1", "#")
        assert data.sequences[0].target_symbols == ("1", "0", "1")
        assert list(data.target_alphabet) == ["0", "1", "#"]

    def test_targets_have_their_own_alphabet_if_they_must(self) -> None:
        data = read("f.csv", "x,y\nA,yes\nB,no\n")
        assert (list(data.alphabet), list(data.target_alphabet)) == (["A", "B"], ["yes", "no"])
        data = read("f.json", '{"x": "AB", "y": ["yes", "no"]}')
        assert (list(data.alphabet), list(data.target_alphabet)) == (["A", "B"], ["yes", "no"])

    def test_cells_with_delimiters_quotes_and_line_breaks(self) -> None:
        data = read("f.csv", 'x,y\n",",1\n"""",2\n"a\r\nb",3\n \',4\n')
        assert data.sequences[0].symbols == (",", '"', "a\nb", " '")

    def test_a_column_of_spaces_and_quotes(self) -> None:
        data = read("f.csv", "x\nt\n \n'\nh\n")
        assert data.sequences[0].symbols == ("t", " ", "'", "h")


class TestJson:
    def test_a_mask_for_all_and_one_for_each(self) -> None:
        data = read("f.json", '{"x": [[[1], [2]], [[3], [4]]], "mask": [0, 1]}')
        assert [s.mask.tolist() for s in data.sequences] == [[0, 1], [0, 1]]
        data = read("f.json", '{"x": [[[1], [2]], [[3]]], "mask": [[0, 1], [2]]}')
        assert [s.mask.tolist() for s in data.sequences] == [[0, 1], [2]]
        data = read("f.json", '{"sequences": ["AB", "BAB"], "mask": "last"}')
        assert [s.mask.tolist() for s in data.sequences] == [[0, 1], [0, 0, 1]]

    def test_sequences_of_single_numbers(self) -> None:
        data = read("f.json", '{"sequences": [[1, 2], [3]], "targets": [[0, 1], [1]]}')
        assert [s.inputs.tolist() for s in data.sequences if s.inputs is not None] == [
            [[1], [2]], [[3]],
        ]  # fmt: skip
        assert data.flat_targets
