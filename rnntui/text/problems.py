"""Problems in what a user wrote: one clear message each, with its place in the file.

Every room reports bad input through `InputError`; the command line and the app only print it.
The text of a problem may come from a file, so it is data: control characters are shown as
escapes (`printable`), never sent to a terminal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from rnntui.text.terminal_cells import cell_width, fitting_end, fitting_start

_EXCERPT_WIDTH = 76


@dataclass(frozen=True)
class SourcePlace:
    """A place in a text: 1-based line and column, the line itself, and the file if there is one."""

    line: int
    column: int = 1
    text: str = ""
    file: str = ""

    def __str__(self) -> str:
        parts = [printable(self.file)] if self.file else []
        if self.line:
            parts.append(f"line {self.line}, column {self.column}")
        return ", ".join(parts)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what it is, what would be right (`hint`), and where."""

    message: str
    place: SourcePlace | None = None
    hint: str = ""

    def __str__(self) -> str:
        """The problem as `file, line, column: message`, with the line and a caret below it."""
        message = printable(self.message)
        if self.hint:
            message += f"; {printable(self.hint)}"
        if self.place is None:
            return message
        where = str(self.place)
        text = f"{where}: {message}" if where else message
        return text + self.excerpt()

    def excerpt(self) -> str:
        """The offending line and a caret under the column, as two indented lines (or nothing)."""
        place = self.place
        if place is None or not place.text.strip():
            return ""
        caret = place.column - 1
        before = printable(place.text[max(caret - _EXCERPT_WIDTH, 0) : caret])
        if cell_width(before) > _EXCERPT_WIDTH - 17:  # a long line: show the part around the caret
            before = fitting_end(before, _EXCERPT_WIDTH // 2 - 1)
        rest = printable(place.text[caret : caret + _EXCERPT_WIDTH])
        shown = fitting_start(before + rest, _EXCERPT_WIDTH).rstrip()
        return f"\n    {shown}\n    {' ' * cell_width(before)}^"


class InputError(Exception):
    """Bad input from a user: every problem found, never an empty list."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def printable(text: str) -> str:
    """`text` with everything a terminal would obey (control and format characters) escaped."""
    if text.isprintable():  # nearly always, and told at once
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def near_name(name: str, names: Iterable[str], likeness: float = 0.6) -> str:
    """A hint that names what `name` was probably meant to be, or nothing.

    likeness: how much of both has to be the same, from 0 to 1, if not all letters are.
    """
    known = list(names)
    exchanged = [other for other in known if sorted(other) == sorted(name)]
    matches = exchanged[:1] or difflib.get_close_matches(name, known, n=1, cutoff=likeness)
    return f"did you mean `{matches[0]}`?" if matches else ""
