"""The columns of a table of sequences: what each header is the name of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rnntui.data.formats.cells import looks_numeric, shown
from rnntui.data.formats.rows import Coder
from rnntui.text.problems import near_name

NAMES = "x…, y… or target…, mask, reset, sequence or id"

# What may stand behind x or y: x1, x_2, x[0], x.speed; not a word such as `year`.
_GROUPS = {
    "x": re.compile(r"(?:x|inputs?)(?:[\W_\d].*)?", re.IGNORECASE | re.DOTALL),
    "y": re.compile(r"(?:y|targets?)(?:[\W_\d].*)?", re.IGNORECASE | re.DOTALL),
}
_SINGLE = {"mask": "mask", "reset": "reset", "sequence": "id", "id": "id"}
_MOST_PROBLEMS = 10
_WORDS = ("x", "input", "y", "target", *_SINGLE)


@dataclass(eq=False)
class Column:
    """One column as far as it was read: numbers, or the codes of symbols, block by block.

    role: x, y, mask, reset or id. alone: it is the only one of its role.
    """

    name: str
    role: str
    alone: bool
    symbolic: bool = False
    coder: Coder = field(default_factory=Coder)
    parts: list[npt.NDArray[np.generic]] = field(default_factory=list)


def role(header: str) -> str:
    """What a column is: x, y, mask, reset or id; nothing where the header is none of the names."""
    name = header.strip()
    for group, pattern in _GROUPS.items():
        if pattern.fullmatch(name):
            return group
    return _SINGLE.get(name.lower(), "")


def is_column(header: str) -> bool:
    """Whether a header names a column of sequences."""
    return bool(role(header))


def read_columns(headers: Sequence[str]) -> tuple[list[Column], list[tuple[int, str, str]]]:
    """The columns of a table, and what is wrong with them: which one, why, what would be right."""
    if all(looks_numeric(header) for header in headers):
        hint = "write a header above them, such as x1,x2,y"
        return [], [(0, "the first row has numbers, not the names of columns", hint)]
    names = [header.strip() for header in headers]
    roles = [role(name) for name in names]
    problems: list[tuple[int, str, str]] = []
    seen: set[str] = set()
    for number, name in enumerate(names):
        if not name:
            problems.append((number, "a column has no name", f"columns are {NAMES}"))
        elif not roles[number]:
            hint = near_name(name.lower(), _WORDS) or f"columns are {NAMES}"
            problems.append((number, f"{shown(name)} is not a column of sequences", hint))
        elif name.lower() in seen:
            hint = "each column has its own name"
            problems.append((number, f"there are two columns {shown(name)}", hint))
        elif roles[number] == "id" and "id" in roles[:number]:
            problems.append((number, "`sequence` and `id` say the same", "give one of them"))
        seen.add(name.lower())
    letters = {"y": "y…", "t": "target…"}
    initials = [name[0].lower() if r == "y" else "" for name, r in zip(names, roles, strict=True)]
    if set(letters) <= set(initials):
        number = max(initials.index(letter) for letter in letters)
        message = f"{shown(names[number])} is a second kind of targets"
        problems.append((number, message, "name all of them y…, or all of them target…"))
    if "x" not in roles and not problems:
        problems.append((0, "there is no input", "name a column x, or columns x1, x2, …"))
    columns = [
        Column(name, r, alone=roles.count(r) == 1) for name, r in zip(names, roles, strict=True)
    ]
    return columns, problems[:_MOST_PROBLEMS]
