"""What a JSON value says, taken apart into single sequences, each as a [data] table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rnntui.data.fields import counted, listed
from rnntui.data.formats.json_text import JsonText, Step, json_place
from rnntui.text.problems import Problem, near_name

ALPHABETS = ("alphabet", "one_hot", "target_alphabet", "target_one_hot")
_INPUTS = ("inputs", "x", "values", "sequence", "sequences")
_TARGETS = ("targets", "target", "y")
_OTHERS = {**dict.fromkeys(_TARGETS, "targets"), "mask": "mask"}
_ONE = "a text, a list of symbols, a list of numbers or a list of rows of numbers"

Path = tuple[Step, ...]
Value = tuple[Any, Path]  # a value, and where in the text it is


class Items:
    """The sequences found so far (`found`), and what is wrong with them (`problems`).

    A sequence is a text, a list of symbols, of numbers or of rows of numbers; or an object with
    one under `inputs` (or x, values, sequence), and perhaps `targets` (target, y) and `mask`.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[JsonText] = []
        self.problems: list[Problem] = []

    def add(self, value: Any, text: str, at: Path = (), line: int = 1) -> None:
        """Add the one sequence that a value is, at that path of a text."""
        origin = JsonText(self.file, text, {}, at, line=line)
        if not isinstance(value, dict):
            self._take((value, at), {}, origin)
            return
        known = [key for key in (*_INPUTS, *_OTHERS) if key != "sequences"]
        if (key := self._inputs(value, known, origin)) is not None:
            others = {_OTHERS[k]: (value[k], (*at, k)) for k in _OTHERS if k in value}
            self._take((value[key], (*at, key)), others, origin)

    def add_object(self, value: Mapping[str, Any], text: str) -> None:
        """Add the sequence or the sequences of an object that is a whole text.

        `sequences` are several, and so are lists of lists of symbols, and of rows; targets are
        then one for each, and so is a mask that is a list of lists.
        """
        origin = JsonText(self.file, text, {})
        key = self._inputs(value, (*_INPUTS, *_OTHERS, *ALPHABETS), origin)
        if key is None:
            return
        others = {_OTHERS[k]: (value[k], (k,)) for k in _OTHERS if k in value}
        content = value[key]
        if key != "sequences" and not _is_several(content):
            self._take((content, (key,)), others, origin)
            return
        if not isinstance(content, list) or not content:
            self._problem(f"`{key}` is a list of sequences", 'such as ["AB", "BA"]', (key,), origin)
            return
        split: dict[str, list[Value]] = {}
        for name, (whole, path) in others.items():
            parts: list[Value] = [(whole, path)] * len(content)
            if _is_for_each(name, whole):
                parts = [(part, (*path, number)) for number, part in enumerate(whole)]
            if len(parts) != len(content):
                given, wanted = counted(len(parts), "sequence"), len(content)
                message = f"`{path[0]}` is for {given}, and `{key}` has {wanted}"
                self._problem(message, "one for each", path, origin)
                return
            split[name] = parts
        for number, item in enumerate(content):
            own = {name: parts[number] for name, parts in split.items()}
            self._take((item, (key, number)), own, origin)

    def _inputs(
        self, value: Mapping[str, Any], known: tuple[str, ...] | list[str], origin: JsonText
    ) -> str | None:
        """The key of an object's inputs; None where its keys are not as they should be."""
        before = len(self.problems)
        for key in value:
            if key not in known:
                hint = near_name(key, known) or listed(known)
                message = f"`{key}` is not a key of a sequence"
                place = json_place(origin.text, (*origin.at, key), self.file, origin.line, key=True)
                self.problems.append(Problem(message, place, hint))
        for keys, what in ((_INPUTS, "inputs"), (_TARGETS, "targets")):
            found = [key for key in keys if key in value]
            if len(found) > 1:
                message = f"`{found[0]}` and `{found[1]}` are both the {what}"
                self._problem(message, "give one of them", (*origin.at, found[1]), origin)
            if not found and what == "inputs" and len(self.problems) == before:
                self._problem("there is no `inputs`", f"it is {_ONE}", origin.at, origin)
        return next(k for k in _INPUTS if k in value) if len(self.problems) == before else None

    def _take(self, inputs: Value, others: Mapping[str, Value], origin: JsonText) -> None:
        """Note one sequence with its targets and its mask."""
        content, path = inputs
        if content in ("", []):
            self._problem("the sequence is empty", "it has at least one timestep", path, origin)
            return
        if not isinstance(content, str | list):
            self._problem("this is not a sequence", f"it is {_ONE}", path, origin)
            return
        if _is_several(content):
            self._problem("this is more than one sequence", f"one is {_ONE}", path, origin)
            return
        is_text = isinstance(content, str) or isinstance(content[0], str)
        for number, symbol in enumerate(content if is_text and isinstance(content, list) else ()):
            if not isinstance(symbol, str) or not symbol:
                hint = "symbols are texts of a character or more"
                self._problem("this is not a symbol", hint, (*path, number), origin)
                return
        values = {"sequence" if is_text else "values": inputs, **others}
        table = {name: value for name, (value, _) in values.items()}
        paths = {name: where for name, (_, where) in values.items()}
        at, line = origin.at, origin.line
        self.found.append(JsonText(self.file, origin.text, {"data": table}, at, paths, line))

    def _problem(self, message: str, hint: str, path: Path, origin: JsonText) -> None:
        place = json_place(origin.text, path, self.file, origin.line)
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
