"""The title that a TOML file gives itself, for a list of files that are not read yet."""

from __future__ import annotations

import tomllib
from pathlib import Path

_HEAD = 1 << 16  # characters, among which the title is looked for


def title_of(path: Path) -> str:
    """The title at the head of a file, or else the file's name; the rest of it is not looked at."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return path.stem
        with path.open(encoding="utf-8") as lines:
            text = lines.read(_HEAD)
        head = next((line for line in text.split("\n") if line.startswith(("title", "["))), "")
        title = tomllib.loads(head).get("title")
    except (OSError, ValueError):  # whoever opens the file is told what is wrong with it
        title = None
    return title if isinstance(title, str) and title else path.stem
