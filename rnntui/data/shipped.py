"""The sequence files that ship, what they are called, and finding a file by its bare name."""

from __future__ import annotations

import tomllib
from pathlib import Path

from rnntui.text.problems import InputError, Problem, near_name


def shipped_folder() -> Path:
    """Where the shipped sequence files are: in the package, or in a checkout beside it."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "sequences"
    return installed if installed.is_dir() else package.parent / "sequences"


def shipped_files() -> tuple[Path, ...]:
    """The shipped sequence files, by name."""
    return tuple(sorted(shipped_folder().glob("*.toml"), key=lambda file: file.stem))


def title_of(path: Path) -> str:
    """The title at the head of a sequence file, or else its name; the rest of it is not looked at."""
    try:
        with path.open(encoding="utf-8") as lines:
            head = next((line for line in lines if line.startswith(("title", "["))), "")
        title = tomllib.loads(head).get("title")
    except (OSError, ValueError):  # whoever opens it is told
        title = None
    return title if isinstance(title, str) and title else path.stem


def find_file(name: str) -> Path:
    """The path that a user means: a file or folder, or a shipped file by its bare name.

    Raises InputError, with a near name, where there is neither.
    """
    path = Path(name)
    if path.exists():
        return path
    shipped = {file.stem: file for file in shipped_files()}
    stem = name.removesuffix(".toml")
    if stem in shipped:
        return shipped[stem]
    hint = near_name(stem, shipped) or "`rnntui` alone shows the shipped ones"
    raise InputError(Problem(f"there is no file `{name}`", None, hint))
