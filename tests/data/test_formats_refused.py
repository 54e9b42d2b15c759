"""Data files that are refused, and what is said: file, line, column, what is wrong, what would be right.

Each case is the name of a file, its text, a line of dashes, and all that is printed about it.
"""
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
from reading_data import read_sequences_of

from rnntui.data.formats import json_data, rows, source
from rnntui.data.formats.opening import open_sequences
from rnntui.data.formats.options import ModelOptions
from rnntui.text.problems import InputError

pytestmark = pytest.mark.filterwarnings("error")  # a refusal is all that a user gets to see

TEXTS = r"""
f.csv
1,2,3
4,5,6
-----
f.csv, line 1, column 1: the first row has numbers, not the names of columns; write a header above them, such as x1,x2,y
    1,2,3
    ^
=====
f.csv
time,x,y
0,1,2
-----
f.csv, line 1, column 1: `time` is not a column of sequences; columns are x…, y… or target…, mask, reset, sequence or id
    time,x,y
    ^
=====
f.csv
x,targte
1,2
-----
f.csv, line 1, column 3: `targte` is not a column of sequences; did you mean `target`?
    x,targte
      ^
=====
f.csv
x1,x1,y
1,2,3
-----
f.csv, line 1, column 4: there are two columns `x1`; each column has its own name
    x1,x1,y
       ^
=====
f.csv
x,y,target
1,2,3
-----
f.csv, line 1, column 5: `target` is a second kind of targets; name all of them y…, or all of them target…
    x,y,target
        ^
=====
f.csv
y,mask
1,1
-----
f.csv, line 1, column 1: there is no input; name a column x, or columns x1, x2, …
    y,mask
    ^
=====
f.csv
x,,y
1,2,3
-----
f.csv, line 1, column 3: a column has no name; columns are x…, y… or target…, mask, reset, sequence or id
    x,,y
      ^
=====
f.csv
x,year,colour
1,2,3
-----
f.csv, line 1, column 3: `year` is not a column of sequences; columns are x…, y… or target…, mask, reset, sequence or id
    x,year,colour
      ^
f.csv, line 1, column 8: `colour` is not a column of sequences; columns are x…, y… or target…, mask, reset, sequence or id
    x,year,colour
           ^
=====
f.csv
x,sequence,id
1,a,b
-----
f.csv, line 1, column 12: `sequence` and `id` say the same; give one of them
    x,sequence,id
               ^
=====
f.csv
x,mask,Mask
1,1,1
-----
f.csv, line 1, column 8: there are two columns `Mask`; each column has its own name
    x,mask,Mask
           ^
=====
f.csv
"x,y
1,2
-----
f.csv, line 1, column 1: a quoted cell is not closed
    "x,y
    ^
=====
f.csv
x,y
-----
f.csv: there are no rows below the header; one for each timestep
=====
f.csv
x1,x2,y
1,2,3
4,5
-----
f.csv, line 3, column 4: this row has 2 cells; the header has 3
    4,5
       ^
=====
f.csv
x1,x2
1,2
3,4,5
-----
f.csv, line 3, column 5: this row has 3 cells; the header has 2
    3,4,5
        ^
=====
f.csv
x1,y
1,2
1.O5,3
-----
f.csv, line 3, column 1: `1.O5` in column `x1` is not a number; the column has numbers; `--symbols` reads them as symbols
    1.O5,3
    ^
=====
f.csv
x1,x2
1,up
-----
f.csv, line 2, column 3: `up` in column `x2` is not a number; symbols stand in one column alone, named x
    1,up
      ^
=====
f.csv
x
0
1
#
-----
f.csv, line 4, column 1: `#` in column `x` is not a number; the column has numbers; `--symbols` reads them as symbols
    #
    ^
=====
f.csv
x,y
1,2
,3
-----
f.csv, line 3, column 1: there is nothing in column `x`; write a number; where there is none, mask = 0 keeps it out of the loss
    ,3
    ^
=====
f.csv
x,y
1,2
1,nan
-----
f.csv, line 3, column 3: `nan` in column `y` is not a value that can be computed with; write a finite number
    1,nan
      ^
=====
f.csv
x,y
NaN,2
-----
f.csv, line 2, column 1: `NaN` in column `x` is not a value that can be computed with; write a finite number
    NaN,2
    ^
=====
f.csv
x,y
1,-inf
-----
f.csv, line 2, column 3: `-inf` in column `y` is not a value that can be computed with; write a finite number
    1,-inf
      ^
=====
f.csv
x,y
1,1e999
-----
f.csv, line 2, column 3: `1e999` in column `y` is too large a number
    1,1e999
      ^
=====
f.csv
x,y
1,1_000
-----
f.csv, line 2, column 3: `1_000` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    1,1_000
      ^
=====
f.csv
x;y
0,5;1
-----
f.csv, line 2, column 1: `0,5` in column `x` is not a number; write a decimal point: 0.5
    0,5;1
    ^
=====
f.csv
x,y
1,2
1,٣
-----
f.csv, line 3, column 3: `٣` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    1,٣
      ^
=====
f.csv
x,y
1,2
1,2 3
-----
f.csv, line 3, column 3: `2 3` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    1,2 3
      ^
=====
f.csv
x,y
1,2
1,0x10
-----
f.csv, line 3, column 3: `0x10` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    1,0x10
      ^
=====
f.csv
x,mask
1,1
1,-1
-----
f.csv, line 3, column 3: a mask is 0 or more; it weighs a loss
    1,-1
      ^
=====
f.csv
x,mask
1,yes
-----
f.csv, line 2, column 3: `yes` in column `mask` is not a number
    1,yes
      ^
=====
f.csv
x,reset
1,1
1,2
-----
f.csv, line 3, column 3: reset is 0 or 1; 1 where a sequence starts
    1,2
      ^
=====
f.csv
x,id
1,a
2,b
3,a
-----
f.csv, line 4, column 3: sequence `a` has ended before; the rows of a sequence stand together
    3,a
      ^
=====
f.csv
x,sequence
1,
-----
f.csv, line 2, column 3: there is nothing in column `sequence`; write the name of the sequence
    1,
      ^
=====
f.csv
x,y
A,1
,2
-----
f.csv, line 3, column 1: there is nothing in column `x`; write a symbol
    ,2
    ^
=====
f.csv
x,y
A,1
"B,1
C,2
-----
f.csv, line 3, column 1: a quoted cell is not closed
    "B,1
    ^
=====
f.csv
x,y
"A"B,1
-----
f.csv, line 2, column 1: text stands after a closing quote; write a quote in a cell twice: ""
    "A"B,1
    ^
=====
f.csv
x,y
"A
B",1
C,two
D,3
-----
f.csv, line 4, column 3: `two` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    C,two
      ^
=====
f.csv
x,y
"A
B",1
"C
D",one two three
E,3
-----
f.csv, line 5, column 4: `one two three` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    D",one two three
       ^
=====
f.csv
x1,x2,y
"1","2","3"
"1","2,5","3"
-----
f.csv, line 3, column 5: `2,5` in column `x2` is not a number; write a decimal point: 2.5
    "1","2,5","3"
        ^
=====
f.csv
x, y
1, 2
1, z
-----
f.csv, line 3, column 4: `z` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    1, z
       ^
=====
f.csv
x1 x2   y
1  2 3
4  five 6
-----
f.csv, line 3, column 4: `five` in column `x2` is not a number; symbols stand in one column alone, named x
    4  five 6
       ^
=====
f.tsv
x1	x2
1	2
1	b
-----
f.tsv, line 3, column 3: `b` in column `x2` is not a number; symbols stand in one column alone, named x
    1\tb
       ^
=====
f.csv
x,y
漢,1
語,一
-----
f.csv, line 3, column 3: `一` in column `y` is not a number; the column has numbers; `--symbols` reads them as symbols
    語,一
       ^
=====
f.txt
A
-----
f.txt: sequence 1 has one timestep, so that no input is next; leave it out, or --target none
=====
f.json
3
-----
f.json, line 1, column 1: these are not sequences; write a list such as ["ABBA", "AB"], or {"inputs": …, "targets": …}
    3
    ^
=====
f.json
"ABBA"
-----
f.json, line 1, column 1: these are not sequences; write a list such as ["ABBA", "AB"], or {"inputs": …, "targets": …}
    "ABBA"
    ^
=====
f.json
[]
-----
f.json, line 1, column 1: there is no sequence; write a list such as ["ABBA", "AB"], or {"inputs": …, "targets": …}
    []
    ^
=====
f.json
{}
-----
f.json, line 1, column 1: there is no `inputs`; it is a text, a list of symbols, a list of numbers or a list of rows of numbers
    {}
    ^
=====
f.json
[1, 2]
-----
f.json, line 1, column 2: this is not a sequence; it is a text, a list of symbols, a list of numbers or a list of rows of numbers
    [1, 2]
     ^
f.json, line 1, column 5: this is not a sequence; it is a text, a list of symbols, a list of numbers or a list of rows of numbers
    [1, 2]
        ^
=====
f.json
{
-----
f.json, line 1, column 2: not valid JSON: expecting property name enclosed in double quotes
    {
     ^
=====
f.json
["AB",
-----
f.json, line 1, column 7: not valid JSON: expecting value
    ["AB",
          ^
=====
f.json
["AB"] x
-----
f.json, line 1, column 8: not valid JSON: extra data
    ["AB"] x
           ^
=====
f.json
{"inputs": [1, NaN]}
-----
f.json, line 1, column 16: nan is not a value that can be computed with
    {"inputs": [1, NaN]}
                   ^
=====
f.json
{"inputs": [[1, 2], [-Infinity, 3]]}
-----
f.json, line 1, column 22: -inf is not a value that can be computed with
    {"inputs": [[1, 2], [-Infinity, 3]]}
                         ^
=====
f.json
{"inputs": [1e999]}
-----
f.json, line 1, column 13: inf is not a value that can be computed with
    {"inputs": [1e999]}
                ^
=====
f.json
{"inputs": [
  [1, 2],
  [3]
]}
-----
f.json, line 3, column 3: row 2 has 1 number, row 1 has 2 numbers; all rows are equally long
      [3]
      ^
=====
f.json
{"inputs": [[1, 2],
            [3, "a"]]}
-----
f.json, line 2, column 17: `a` is not a number
                [3, "a"]]}
                    ^
=====
f.json
{"inputs": [true]}
-----
f.json, line 1, column 13: `true` is not a number
    {"inputs": [true]}
                ^
=====
f.json
{"inputs": null}
-----
f.json, line 1, column 12: this is not a sequence; it is a text, a list of symbols, a list of numbers or a list of rows of numbers
    {"inputs": null}
               ^
=====
f.json
{"inputs": ""}
-----
f.json, line 1, column 12: the sequence is empty; it has at least one timestep
    {"inputs": ""}
               ^
=====
f.json
{"inputs": []}
-----
f.json, line 1, column 12: the sequence is empty; it has at least one timestep
    {"inputs": []}
               ^
=====
f.json
{"inputs": {"a": 1}}
-----
f.json, line 1, column 12: this is not a sequence; it is a text, a list of symbols, a list of numbers or a list of rows of numbers
    {"inputs": {"a": 1}}
               ^
=====
f.json
{"inputs": ["A", 1]}
-----
f.json, line 1, column 18: this is not a symbol; symbols are texts of a character or more
    {"inputs": ["A", 1]}
                     ^
=====
f.json
{"inputs": ["A", ""]}
-----
f.json, line 1, column 18: this is not a symbol; symbols are texts of a character or more
    {"inputs": ["A", ""]}
                     ^
=====
f.json
{"inputs": [[[[1]]]]}
-----
f.json, line 1, column 13: this is more than one sequence; one is a text, a list of symbols, a list of numbers or a list of rows of numbers
    {"inputs": [[[[1]]]]}
                ^
=====
f.json
{"inputs": "AB", "targets": [1]}
-----
f.json, line 1, column 29: these are 1 target for 2 timesteps; one target a timestep
    {"inputs": "AB", "targets": [1]}
                                ^
=====
f.json
{"inputs": [1, 2], "targets": [1, 2, 3]}
-----
f.json, line 1, column 31: these are 3 targets for 2 timesteps; one target a timestep
    {"inputs": [1, 2], "targets": [1, 2, 3]}
                                  ^
=====
f.json
{"inputs": [1, 2], "targets": "next"}
-----
f.json, line 1, column 31: "next" is the next symbol, and there are no symbols; give one target a timestep
    {"inputs": [1, 2], "targets": "next"}
                                  ^
=====
f.json
{"inputs": "AB", "targets": {"a": 1}}
-----
f.json, line 1, column 29: a table is not a number
    {"inputs": "AB", "targets": {"a": 1}}
                                ^
=====
f.json
{"input": "AB"}
-----
f.json, line 1, column 2: `input` is not a key of a sequence; did you mean `inputs`?
    {"input": "AB"}
     ^
=====
f.json
{"inputs": "AB", "colour": 1}
-----
f.json, line 1, column 18: `colour` is not a key of a sequence; there are inputs, x, values, sequence, sequences, targets, target, y, mask, alphabet, one_hot, target_alphabet, target_one_hot
    {"inputs": "AB", "colour": 1}
                     ^
=====
f.json
{"inputs": "AB", "x": "AB"}
-----
f.json, line 1, column 23: `inputs` and `x` are both the inputs; give one of them
    {"inputs": "AB", "x": "AB"}
                          ^
=====
f.json
{"inputs": "AB", "targets": "AB", "y": "AB"}
-----
f.json, line 1, column 40: `targets` and `y` are both the targets; give one of them
    {"inputs": "AB", "targets": "AB", "y": "AB"}
                                           ^
=====
f.json
{"inputs": "AB",
 "inputs": "BA"}
-----
f.json, line 2, column 2: the key `inputs` stands twice in one object
     "inputs": "BA"}
     ^
=====
f.json
{"inputs": "ABC", "alphabet": "AB"}
-----
f.json, line 1, column 12: the symbol `C` at t = 3 is not in the alphabet; there are A, B
    {"inputs": "ABC", "alphabet": "AB"}
               ^
=====
f.json
{"inputs": "AB", "alphabet": {"A": [1, 0], "B": [1]}}
-----
f.json, line 1, column 49: `B` has 1 component, the symbols before 2; all are equally long
    {"inputs": "AB", "alphabet": {"A": [1, 0], "B": [1]}}
                                                    ^
=====
f.json
{"inputs": "AB", "alphabet": 3}
-----
f.json, line 1, column 30: `alphabet` has no symbols; write "AB", or {"A": [1, 0], …}
    {"inputs": "AB", "alphabet": 3}
                                 ^
=====
f.json
{"inputs": "AB", "targets": "AC", "alphabet": "AB"}
-----
f.json, line 1, column 29: the symbol `C` at t = 2 is not in the alphabet of the targets; there are A, B
    {"inputs": "AB", "targets": "AC", "alphabet": "AB"}
                                ^
=====
f.json
{"inputs": [1, 2], "mask": [1]}
-----
f.json, line 1, column 28: the mask does not fit the sequence; 2 numbers, 0 where the loss does not count, or "last"
    {"inputs": [1, 2], "mask": [1]}
                               ^
=====
f.json
{"inputs": [1, 2], "mask": [1, -1]}
-----
f.json, line 1, column 28: the mask does not fit the sequence; 2 numbers, 0 where the loss does not count, or "last"
    {"inputs": [1, 2], "mask": [1, -1]}
                               ^
=====
f.json
{"sequences": ["AB", "BA"], "targets": ["AB"]}
-----
f.json, line 1, column 40: `targets` is for 1 sequence, and `sequences` has 2; one for each
    {"sequences": ["AB", "BA"], "targets": ["AB"]}
                                           ^
=====
f.json
{"sequences": 3}
-----
f.json, line 1, column 15: `sequences` is a list of sequences; such as ["AB", "BA"]
    {"sequences": 3}
                  ^
=====
f.json
{"sequences": []}
-----
f.json, line 1, column 15: `sequences` is a list of sequences; such as ["AB", "BA"]
    {"sequences": []}
                  ^
=====
f.json
["AB", [1, 2]]
-----
f.json, line 1, column 8: the inputs of the first sequence and of this one differ in size; all sequences have equally long vectors
    ["AB", [1, 2]]
           ^
=====
f.json
[{"inputs": [1, 2], "targets": [1, 2]}, {"inputs": [1, 2]}]
-----
f.json, line 1, column 41: the first sequence has targets, and this one none; all have them, or none
    [{"inputs": [1, 2], "targets": [1, 2]}, {"inputs": [1, 2]}]
                                            ^
=====
f.json
[[[1, 2]], [[1]]]
-----
f.json, line 1, column 12: the inputs of the first sequence and of this one differ in size; all sequences have equally long vectors
    [[[1, 2]], [[1]]]
               ^
=====
f.json
["\ud83d\ude00", "A\ud800"]
-----
f.json, line 1, column 18: half a character is written here; surrogates come in pairs
    ["\ud83d\ude00", "A\ud800"]
                     ^
=====
f.json
[{}]
-----
f.json, line 1, column 2: there is no `inputs`; it is a text, a list of symbols, a list of numbers or a list of rows of numbers
    [{}]
     ^
=====
f.json
[[]]
-----
f.json, line 1, column 2: the sequence is empty; it has at least one timestep
    [[]]
     ^
=====
f.jsonl
"AB"
{
-----
f.jsonl, line 2, column 2: not valid JSON: expecting property name enclosed in double quotes
    {
     ^
=====
f.jsonl
"AB"

3
-----
f.jsonl, line 3, column 1: this is not a sequence; it is a text, a list of symbols, a list of numbers or a list of rows of numbers
    3
    ^
=====
f.jsonl
"AB"
[1, 2]
-----
f.jsonl, line 2, column 1: the inputs of the first sequence and of this one differ in size; all sequences have equally long vectors
    [1, 2]
    ^
=====
f.jsonl
[1, 2]
[1, NaN]
-----
f.jsonl, line 2, column 5: nan is not a value that can be computed with
    [1, NaN]
        ^
=====
f.jsonl
{"inputs": "AB"}
{"inputs": "AB", "alphabet": "AB"}
-----
f.jsonl, line 2, column 18: `alphabet` is not a key of a sequence; there are inputs, x, values, sequence, targets, target, y, mask
    {"inputs": "AB", "alphabet": "AB"}
                     ^
=====
f.jsonl
[[1, 2]]
[[1, 2, 3]]
-----
f.jsonl, line 2, column 1: the inputs of the first sequence and of this one differ in size; all sequences have equally long vectors
    [[1, 2, 3]]
    ^
=====
f.jsonl
{"inputs": [1]}
{"inputs": [1], "targets": [1]}
-----
f.jsonl, line 2, column 28: this sequence has targets, and the first one none; all have them, or none
    {"inputs": [1], "targets": [1]}
                               ^
=====
f.jsonl
[[[1]]]
-----
f.jsonl, line 1, column 1: this is more than one sequence; one is a text, a list of symbols, a list of numbers or a list of rows of numbers
    [[[1]]]
    ^
=====
f.jsonl
{"sequences": ["A"]}
-----
f.jsonl, line 1, column 2: `sequences` is not a key of a sequence; did you mean `sequence`?
    {"sequences": ["A"]}
     ^
=====
f.unknown
model = "elman"
[data]
sequence = "AB"
-----
f.unknown, line 3, column 12: the symbols have no vectors; give alphabet = { A = [1, 0], … } or one_hot = "AB"
    sequence = "AB"
               ^
"""


def said(folder: Path, name: str, content: bytes, **given: Any) -> str:
    """All that is printed about a file with this content."""
    (folder / name).write_bytes(content)
    with pytest.raises(InputError) as refused:
        open_sequences(folder / name, **given)
    return str(refused.value).replace(str(folder / name), name)


def text_cases() -> list[Any]:
    found = []
    for case in TEXTS.strip("\n").split("\n=====\n"):
        file, _, message = case.partition("\n-----\n")
        name, _, text = file.partition("\n")
        found.append(pytest.param(name, text + "\n", message, id=f"{name} {text[:30]!r}"))
    return found


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
        monkeypatch.setattr(rows, "MOST_NUMBERS", 100)
        words = " ".join(f"w{number}" for number in range(20))
        message = (
            "f.txt: 20 timesteps of an alphabet of 20 symbols are too many: their one-hot vectors"
            " would be more than 100 numbers; take a part of the file, or fewer symbols"
        )
        assert said(tmp_path, "f.txt", words.encode()) == message


class TestOptions:
    """Options that fit neither the file nor the model."""

    TABLE = b"x1,x2,y\n1,2,0\n1,3,1\n"

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (ModelOptions(model="lsmt"), "there is no model `lsmt`; did you mean `lstm`?"),
            (ModelOptions(target="nxt"), "there are no targets `nxt`; did you mean `next`?"),
            (
                ModelOptions(hidden=0),
                "the options, line 8, column 10: `hidden` is a whole number from 1 on; not `0`\n    hidden = 0\n             ^",
            ),
            (
                ModelOptions(batch="al"),
                'the options, line 11, column 9: `batch` is a number of sequences; "all" for the whole set\n    batch = "al"\n            ^',
            ),
            (
                ModelOptions(loss="squared_eror(y, target)"),
                "the options, line 5, column 9: `squared_eror` is not a function of the language; did you mean `squared_error`?\n            squared_eror(y, target)\n            ^",
            ),
        ],
    )
    def test_what_is_said(self, tmp_path: Path, options: ModelOptions, message: str) -> None:
        assert said(tmp_path, "f.csv", self.TABLE, options=options) == message

    def test_targets_that_are_not_there(self, tmp_path: Path) -> None:
        given = ModelOptions(target="given")
        message = "f.csv: there are no targets; name columns y\u2026 or target\u2026, or predict the next input: --target next"
        assert said(tmp_path, "f.csv", b"x\n1\n", options=given) == message

    def test_sequence_files_have_their_own(self, tmp_path: Path) -> None:
        toml = b'model = "elman"\n[data]\nlength = 1\n'
        message = "a sequence file has a model and settings of its own; leave the options out, or change the file"
        assert said(tmp_path, "f.toml", toml, options=ModelOptions(hidden=3)) == message
        assert said(tmp_path, "f", toml, options=ModelOptions(hidden=3)) == message

    def test_format_that_is_not_there(self, tmp_path: Path) -> None:
        message = "there is no format `cvs`; did you mean `csv`?"
        assert said(tmp_path, "f", self.TABLE, kind="cvs") == message

    def test_overrides(self, tmp_path: Path) -> None:
        shown = said(tmp_path, "f.csv", self.TABLE, overrides=["training.beta9=1"])
        assert "`beta9` is not a key of [training]; did you mean `beta2`?" in shown


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
