"""Cells of a terminal: how many a text takes, and texts cut and filled to a number of them.

Everything that stands in columns is measured here, whether it is printed or drawn by the
application: a wide character takes two cells, a mark above or below another character none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

# What nearly every text here is made of. Each of these takes one cell, next to any other of them;
# to know that without the tables of wcwidth saves their loading, a twentieth of the time to start.
_ONE_CELL = frozenset(
    map(
        chr,
        chain(
            range(0x20, 0x7F),  # ASCII
            range(0xA1, 0xAD),  # Latin, but for the soft hyphen
            range(0xAE, 0x300),
            range(0x370, 0x483),  # Greek and Cyrillic
            range(0x2010, 0x2028),  # dashes, quotes and dots
            range(0x2030, 0x205F),
            range(0x2070, 0x209D),  # superscripts and subscripts
            range(0x2190, 0x2300),  # arrows and operators
            range(0x2500, 0x25FD),  # lines, blocks and shapes
            range(0x2713, 0x2719),  # ticks and crosses
            range(0x2800, 0x2900),  # braille
        ),
    )
)


def cell_width(text: str) -> int:
    """How many cells `text` takes; control characters, which `printable` takes out, take none.

    >>> cell_width("σ(W x)"), cell_width("กั"), cell_width("漢字")
    (6, 1, 4)
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return _measured(text)


def left_justified(text: str, width: int) -> str:
    """`text` with spaces behind it, in at least `width` cells."""
    return text + " " * (width - cell_width(text))


def right_justified(text: str, width: int) -> str:
    """`text` with spaces before it, in at least `width` cells."""
    return " " * (width - cell_width(text)) + text


def graphemes(text: str) -> Iterator[str]:
    """What readers take for the characters of `text`: a letter with the marks on it is one."""
    if _ONE_CELL.issuperset(text):
        return iter(text)
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def fitting_start(text: str, width: int) -> str:
    """The longest start of `text` in at most `width` cells that cuts no character off its marks."""
    if cell_width(text) <= width:
        return text
    return "".join(_as_fit(graphemes(text), width))


def fitting_end(text: str, width: int) -> str:
    """The longest end of `text` in at most `width` cells that starts with no character's marks."""
    if cell_width(text) <= width:
        return text
    return "".join([*_as_fit(reversed([*graphemes(text)]), width)][::-1])


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` cells; what is left out ends in `…`."""
    if cell_width(text) <= width:
        return text
    return fitting_start(text, width - 1) + "…" if width > 0 else ""


def _as_fit(graphemes: Iterable[str], width: int) -> Iterator[str]:
    """The first characters, each with its marks, that take at most `width` cells together."""
    for grapheme in graphemes:
        width -= cell_width(grapheme)
        if width < 0:
            return
        yield grapheme


@lru_cache(4096)  # with every key the same texts are drawn again
def _measured(text: str) -> int:
    if _ONE_CELL.issuperset(text):
        return len(text)
    from wcwidth import width

    return width(text, control_codes="ignore")
