"""A formula in colour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from rich.style import Style

from rnntui.text.problems import printable
from rnntui.tui.drawing.line import BOLD, DIM, PLAIN, Line

_STYLES = {
    "function": BOLD,
    "value": Style(color="cyan"),
    "number": Style(color="cyan"),
    "name": PLAIN,
    "sign": DIM,
    "space": PLAIN,
}


class FormulaToken(Protocol):
    """A piece of a formula. kind: function, value, number, name, sign or space."""

    @property
    def text(self) -> str:
        """What it says."""

    @property
    def kind(self) -> str:
        """What it is."""


def formula(tokens: Iterable[FormulaToken]) -> Line:
    """The tokens one after the other."""
    line = Line()
    for token in tokens:
        line.add(printable(token.text), _STYLES[token.kind])
    return line
