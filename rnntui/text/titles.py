"""The title that a TOML file gives itself, for a list of files that are not read yet."""

from __future__ import annotations

import tomllib
from pathlib import Path


def title_of(path: Path) -> str:
    """The title at the head of a file, or else the file's name; the rest of it is not looked at."""
    try:
        with path.open(encoding="utf-8") as lines:
            head = next((line for line in lines if line.startswith(("title", "["))), "")
        title = tomllib.loads(head).get("title")
    except (OSError, ValueError):  # whoever opens the file is told what is wrong with it
        title = None
    return title if isinstance(title, str) and title else path.stem
