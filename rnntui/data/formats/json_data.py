"""JSON and JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rnntui.data.fields import Fields
from rnntui.data.formats.json_items import ALPHABETS, Items
from rnntui.data.formats.json_text import JsonTable, parse_json
from rnntui.data.formats.rows import one_hot_alphabet
from rnntui.data.formats.source import Source
from rnntui.data.sequence import Alphabet, InputSequence
from rnntui.data.sequences import Data, read_alphabets, read_sequences
from rnntui.text.memory import ELEMENT, ENTRY, LIST, SEQUENCE, TIMESTEP
from rnntui.text.placed_text import DataPath
from rnntui.text.problems import InputError, Problem

_MOST_BYTES = 1 << 26  # of one JSON text
_LONG_TEXT = re.compile(r'"[^"]{2,}+"')  # whose characters may be timesteps
_MOST_PROBLEMS = 10


def read_json(source: Source) -> Data:
    """The sequences of a JSON text: one object, or a list of sequences.

    The object may have alphabets, as a [data] table has them; else symbols become one-hot
    vectors in order of appearance. Raises InputError with the places of what is wrong.
    """
    text = source.text(_MOST_BYTES)
    source.take(_size(text))
    json = parse_json(text, source.name)
    value = json.data
    items = Items(source.name)
    alphabets: dict[str, Any] = {}
    paths: dict[str, DataPath] = {}
    if isinstance(value, dict):
        items.add_object(json)
        for key in (key for key in ALPHABETS if key in value):
            if not isinstance(value[key], dict | list | str):
                message, hint = f"`{key}` has no symbols", 'write "AB", or {"A": [1, 0], …}'
                raise InputError(Problem(message, json.place(key), hint))
            # an object has vectors; a text or a list names the symbols of one-hot ones
            name = key if isinstance(value[key], dict) else key.replace("alphabet", "one_hot")
            alphabets[name], paths[name] = value[key], (key,)
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            items.add(json, item, (number,))
            if len(items.problems) >= _MOST_PROBLEMS:  # each of them has to be looked for
                break
    else:
        message = "there is no sequence" if value == [] else "these are not sequences"
        hint = 'write a list such as ["ABBA", "AB"], or {"inputs": …, "targets": …}'
        raise InputError(Problem(message, json.place(), hint))
    return _data(items, JsonTable(json, alphabets, paths))


def read_json_lines(source: Source) -> Data:
    """The sequences of JSON Lines, one on each line; blank lines are nothing.

    Symbols become one-hot vectors in order of appearance. Raises InputError with the places of
    what is wrong.
    """
    items = Items(source.name)
    for block in source.blocks():
        for number, line in enumerate(block.lines, start=block.line):
            if line.strip():
                source.take(_size(line))
                json = parse_json(line, source.name, number)
                items.add(json, json.data)
        _refuse(items.problems)
    if not items.tables:
        raise source.refusal("there is no sequence in the file", "write one a line")
    return _data(items)


def _size(text: str) -> int:
    """About how many bytes a JSON text takes as Python's objects, and as sequences of them."""
    tables = SEQUENCE + LIST * (text.count("[") + text.count("{")) + ENTRY * text.count(":")
    symbols = sum(len(found[0]) for found in _LONG_TEXT.finditer(text))
    return tables + ELEMENT * text.count(",") + TIMESTEP * symbols + len(text)


def _data(items: Items, alphabets: JsonTable | None = None) -> Data:
    """The sequences of all items in one alphabet, as written out or else as they have symbols."""
    problems = items.problems
    given: Alphabet = {}
    given_targets: Alphabet = {}
    shared: Mapping[str, Any] = {}
    if alphabets is not None:
        shared = alphabets.values
        given, given_targets = read_alphabets(Fields(alphabets, ("data",), problems))
    _refuse(problems)
    alphabet = given or _one_hot(items, "sequence")
    target_alphabet = given_targets or alphabet
    if not given_targets and not _symbols(items, "targets").keys() <= alphabet.keys():
        target_alphabet = _one_hot(items, "targets")
    sequences: list[InputSequence] = []
    flat_targets = False
    for table in items.tables:
        whole = replace(table, values={**table.values, **shared})
        fields = Fields(whole, ("data",), problems)
        read, flat = read_sequences(fields, alphabet, target_alphabet)
        flat_targets = flat_targets or flat
        for sequence in read:
            _check_alike(sequences[0] if sequences else sequence, sequence, fields)
        sequences += read
        if len(problems) >= _MOST_PROBLEMS:
            break
    _refuse(problems)
    return Data(tuple(sequences), alphabet, target_alphabet, flat_targets)


def _check_alike(first: InputSequence, own: InputSequence, fields: Fields) -> None:
    """Note where a sequence has other sizes than the first one."""
    for what, a, b in (
        ("inputs", first.inputs, own.inputs),
        ("targets", first.targets, own.targets),
    ):
        key = what if what == "targets" else "sequence" if own.symbols else "values"
        if (a is None) != (b is None):
            with_them = "the first sequence has targets, and this one none"
            without = "this sequence has targets, and the first one none"
            fields.problem(without if a is None else with_them, "all have them, or none", key)
        elif a is not None and b is not None and a.shape[1:] != b.shape[1:]:
            message = f"the {what} of the first sequence and of this one differ in size"
            fields.problem(message, "all sequences have equally long vectors", key)
        elif what == "inputs" and bool(first.symbols) != bool(own.symbols):
            fields.problem("symbols and numbers are mixed", "all sequences are alike", key)


def _one_hot(items: Items, key: str) -> Alphabet:
    """One-hot vectors of all symbols under a key, in order of appearance."""
    symbols = _symbols(items, key)
    rows = sum(len(table.values.get(key, ())) for table in items.tables) if symbols else 0
    return one_hot_alphabet(symbols, rows, items.file)


def _symbols(items: Items, key: str) -> dict[str, None]:
    """All symbols under a key, in order of appearance; an element that is none is refused later."""
    symbols: dict[str, None] = {}
    for table in items.tables:
        value = table.values.get(key)
        if isinstance(value, str) and not (key == "targets" and value == "next"):
            symbols |= dict.fromkeys(value)
        elif isinstance(value, list) and value and isinstance(value[0], str):
            symbols |= dict.fromkeys(symbol for symbol in value if isinstance(symbol, str))
    return symbols


def _refuse(problems: Iterable[Problem]) -> None:
    if first := tuple(problems)[:_MOST_PROBLEMS]:
        raise InputError(first)
