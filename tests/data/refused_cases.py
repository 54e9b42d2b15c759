"""The cases in `refused/`: texts that are refused, and what is said of each.

A case is a text, a line of dashes, and everything that is printed about it, as it is printed; a
line of equals signs stands between two cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parent / "refused"


def refused_texts(name: str) -> Iterator[tuple[str, str]]:
    """Each case of a file: the text, and what is said of it."""
    content = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    for case in re.split(r"^=====\n", content, flags=re.MULTILINE):
        text, said = re.split(r"^-----\n", case, maxsplit=1, flags=re.MULTILINE)
        yield text, said.removesuffix("\n")


def cases(name: str, before: str = "", after: str = "") -> list[Any]:
    """The cases of a file as parts of a sequence file, between what is good in it."""
    return [
        pytest.param(before + text + after, said, id=f"{name} {' '.join(text.split())[:60]}")
        for text, said in refused_texts(name)
    ]
