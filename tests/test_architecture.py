"""The map of the program names files, rooms and classes that there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/*.]+\.(?:py|toml|md))`", TEXT)))
ROOMS: list[str] = re.findall(r"^\| `(\w+)/` \|", TEXT, re.MULTILINE)


@pytest.mark.parametrize("name", NAMED)
def test_every_file_it_names_is_there(name: str) -> None:
    folders = [ROOT / folder for folder in ("rnntui", "rnntui/tui", "tests", "benchmarks")]
    assert list(ROOT.glob(name)) or any(
        (folder / name).is_file() or list(folder.rglob(name)) for folder in folders
    )


def test_its_rooms_are_the_layers_in_their_order() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = contracts["importlinter"]["contracts"][0]["layers"]
    rooms = [layer.removeprefix("rnntui.") for layer in layers]
    assert ROOMS[: len(rooms)] == rooms
    assert {p.name for p in (ROOT / "rnntui").iterdir() if (p / "__init__.py").exists()} == set(
        rooms
    )


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`([A-Z][a-z]+[A-Z]?\w+)(?:\.\w+)?`", TEXT)))
)
def test_every_class_it_names_is_there(name: str) -> None:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "rnntui").rglob("*.py"))
    assert any(re.search(rf"^class {name}\b", text, re.MULTILINE) for text in texts)
