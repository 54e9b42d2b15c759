"""What a text of a format says, with where it says each thing: TOML has it, and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rnntui.text.problems import SourcePlace

DataPath = tuple[str | int, ...]  # the steps from a text's data to a value: `"expect", 0, "at"`


class PlacedText(Protocol):
    """A table read from a text, and the place of everything in it.

    Where a path leads nowhere, its place is that of the nearest value around.
    """

    @property
    def file(self) -> str:
        """What the text is from."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The table."""

    def place(self, *path: str | int) -> SourcePlace:
        """Where the value at a path starts."""

    def key_place(self, *path: str | int) -> SourcePlace:
        """Where the key at a path is written; for an element of a list, the element's place."""
