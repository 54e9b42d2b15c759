"""How a worked answer is marked: a sign, a style and words, the same in a table and on the screen."""

from __future__ import annotations

from typing import NamedTuple

from rich.style import Style


class Mark(NamedTuple):
    """words: what is said beside the sign; empty where the sign says it all."""

    sign: str
    style: Style
    words: str


MARKS = {
    "right": Mark("✓", Style(color="green"), ""),
    "mistake": Mark("✗", Style(color="yellow"), "wrong, as announced"),
    "wrong": Mark("✗", Style(color="red", bold=True), "wrong"),
    "unexpectedly right": Mark("!", Style(color="red", bold=True), "announced as wrong, but right"),
    "unreachable": Mark("✗", Style(color="red", bold=True), "training stops before this"),
}
"""By the status of a checked value."""
