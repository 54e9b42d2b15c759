"""The sequence files that ship, and finding a file by its bare name."""

from __future__ import annotations

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
