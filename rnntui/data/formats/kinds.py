"""Which format a file has: as its name says, or else as its first bytes tell."""

from __future__ import annotations

import json
import re

from rnntui.data.fields import listed
from rnntui.data.formats.columns import is_column
from rnntui.data.formats.names import KINDS
from rnntui.data.formats.source import STANDARD_INPUT, Source
from rnntui.text.problems import InputError, Problem, near_name

_BY_ENDING = {
    "txt": "text",
    "csv": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "npy": "npy",
    "npz": "npz",
    "toml": "toml",
}
_PICKLES = ("pkl", "pickle", "pt", "pth", "joblib")
_TOML = re.compile(r"(?:#.*\n\s*)*(?:\[+[^\[\]\n]+\]+\s*(?:#|\n)|[\w.-]+\s*=)")


def kind_of(source: Source, asked: str = "") -> str:
    """One of KINDS: the one asked for, or that of the file's ending, or what it looks like.

    Raises InputError where another one is asked for, or where the file is pickled.
    """
    if asked:
        if asked not in KINDS:
            hint = near_name(asked, KINDS) or listed(KINDS)
            raise InputError(Problem(f"there is no format `{asked}`", None, hint))
        return asked
    ending = "" if source.name == STANDARD_INPUT else _ending(source.name)
    if ending in _PICKLES or (ending not in _BY_ENDING and source.head.startswith(b"\x80")):
        message = "this is a pickled file, and opening one would run what is in it"
        raise source.refusal(message, "save the numbers as .npz, .csv or .json")
    return _BY_ENDING.get(ending) or _by_content(source.head)


def _ending(name: str) -> str:
    return name.lower().removesuffix(".gz").rpartition(".")[2]


def _by_content(head: bytes) -> str:
    if head.startswith(b"\x93NUMPY"):
        return "npy"
    if head.startswith(b"PK"):
        return "npz"
    text = head[: 1 << 16].decode("utf-8", "replace").removeprefix("\ufeff").lstrip()
    first, _, rest = text.partition("\n")
    if _TOML.match(text) and not _is_json(first):
        return "toml"
    if first.startswith(("[", "{")):
        return "jsonl" if _is_json(first) and rest.strip() else "json"
    cells = re.split(r"[,;\t|]", first.replace('"', ""))
    if all(is_column(cell) for cell in cells) and rest.strip():
        return "tsv" if "\t" in first else "csv"
    return "jsonl" if first.startswith('"') and _is_json(first) else "text"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
