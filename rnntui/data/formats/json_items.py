"""What a JSON value says, taken apart into single sequences, each as a [data] table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rnntui.data.fields import counted, listed
from rnntui.data.formats.json_text import JsonTable, JsonText
from rnntui.text.placed_text import DataPath
from rnntui.text.problems import Problem, SourcePlace, near_name

ALPHABETS = ("alphabet", "one_hot", "target_alphabet", "target_one_hot")
_INPUTS = ("inputs", "x", "values", "sequence", "sequences")
_TARGETS = ("targets", "target", "y")
_OTHERS = {**dict.fromkeys(_TARGETS, "targets"), "mask": "mask"}
_MOST_PROBLEMS = 10  # of one object; each has to be looked for in the text
_ONE = "a text, a list of symbols, a list of numbers or a list of rows of numbers"

PlacedValue = tuple[Any, DataPath]  # a value, and where in the text it is


class Items:
    """The sequences of a file so far, each as a table, and what is wrong with them.

    A sequence is a text, a list of symbols, of numbers or of rows of numbers; or an object with
    one under `inputs` (or x, values, sequence), and perhaps `targets` (target, y) and `mask`.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.tables: list[JsonTable] = []
        self.problems: list[Problem] = []

    def add(self, json: JsonText, value: Any, at: DataPath = ()) -> None:
        """Add the one sequence that the value at a path of a text is."""
        if not isinstance(value, dict):
            self._take(json, (value, at), {}, at)
            return
        allowed = [key for key in (*_INPUTS, *_OTHERS) if key != "sequences"]
        if (key := self._inputs(json, value, at, allowed)) is not None:
            others = {_OTHERS[k]: (value[k], (*at, k)) for k in _OTHERS if k in value}
            self._take(json, (value[key], (*at, key)), others, at)

    def add_object(self, json: JsonText) -> None:
        """Add the sequence or the sequences of a text that is an object.

        `sequences` are several, and so are lists of lists of symbols, and of rows; targets are
        then one for each, and so is a mask that is a list of lists.
        """
        value = json.data
        key = self._inputs(json, value, (), (*_INPUTS, *_OTHERS, *ALPHABETS))
        if key is None:
            return
        others = {_OTHERS[k]: (value[k], (k,)) for k in _OTHERS if k in value}
        content = value[key]
        if key != "sequences" and not _is_several(content):
            self._take(json, (content, (key,)), others)
            return
        if not isinstance(content, list) or not content:
            message, hint = f"`{key}` is a list of sequences", 'such as ["AB", "BA"]'
            self._problem(message, hint, json.place(key))
            return
        split: dict[str, list[PlacedValue]] = {}
        for name, (whole, path) in others.items():
            parts: list[PlacedValue] = [(whole, path)] * len(content)
            if _is_for_each(name, whole):
                parts = [(part, (*path, number)) for number, part in enumerate(whole)]
            if len(parts) != len(content):
                given = counted(len(parts), "sequence")
                message = f"`{path[0]}` is for {given}, and `{key}` has {len(content)}"
                self._problem(message, "one for each", json.place(*path))
                return
            split[name] = parts
        for number, item in enumerate(content):
            own = {name: parts[number] for name, parts in split.items()}
            self._take(json, (item, (key, number)), own)

    def _inputs(
        self, json: JsonText, value: Mapping[str, Any], at: DataPath, allowed: Sequence[str]
    ) -> str | None:
        """The key of an object's inputs; None where its keys are not as they should be."""
        before = len(self.problems)
        for key in value:
            if len(self.problems) - before >= _MOST_PROBLEMS:
                break
            if key not in allowed:
                hint = near_name(key, allowed) or listed(allowed)
                message = f"`{key}` is not a key of a sequence"
                self._problem(message, hint, json.key_place(*at, key))
        for keys, what in ((_INPUTS, "inputs"), (_TARGETS, "targets")):
            given = [key for key in keys if key in value]
            if len(given) > 1:
                message = f"`{given[0]}` and `{given[1]}` are both the {what}"
                self._problem(message, "give one of them", json.place(*at, given[1]))
            if not given and what == "inputs" and len(self.problems) == before:
                self._problem("there is no `inputs`", f"it is {_ONE}", json.place(*at))
        return next(k for k in _INPUTS if k in value) if len(self.problems) == before else None

    def _take(
        self,
        json: JsonText,
        inputs: PlacedValue,
        others: Mapping[str, PlacedValue],
        at: DataPath = (),
    ) -> None:
        """Note one sequence with its targets and its mask."""
        content, path = inputs
        refused: tuple[str, str] | None = None
        if content in ("", []):
            refused = "the sequence is empty", "it has at least one timestep"
        elif not isinstance(content, str | list):
            refused = "this is not a sequence", f"it is {_ONE}"
        elif _is_several(content):
            refused = "this is more than one sequence", f"one is {_ONE}"
        if refused:
            self._problem(*refused, json.place(*path))
            return
        is_text = isinstance(content, str) or isinstance(content[0], str)
        for number, symbol in enumerate(content if is_text and isinstance(content, list) else ()):
            if not isinstance(symbol, str) or not symbol:
                hint = "symbols are texts of a character or more"
                self._problem("this is not a symbol", hint, json.place(*path, number))
                return
        values = {"sequence" if is_text else "values": inputs, **others}
        table = {name: value for name, (value, _) in values.items()}
        paths = {name: where for name, (_, where) in values.items()}
        self.tables.append(JsonTable(json, table, paths, at))

    def _problem(self, message: str, hint: str, place: SourcePlace) -> None:
        self.problems.append(Problem(message, place, hint))


def _is_several(value: Any) -> bool:
    """Whether a value is a list of lists of rows, or of symbols."""
    if not (isinstance(value, list) and value and isinstance(value[0], list) and value[0]):
        return False
    return isinstance(value[0][0], list | str)


def _is_for_each(name: str, value: Any) -> bool:
    """Whether targets or a mask are a list with one for each sequence; "next" is for all."""
    if not isinstance(value, list):
        return False
    return name == "targets" or (bool(value) and isinstance(value[0], list))
