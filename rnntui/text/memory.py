"""How much memory what a file says may take, and what is said where it would take more.

Everything is counted before it is made: the text that is read, as Python's objects; the arrays of
numbers made from it; and what an iteration computes. Each of them has its bound, so that all of
them together stay below a gigabyte.
"""

from __future__ import annotations

from rnntui.text.problems import InputError, Problem, SourcePlace

MEGABYTE = 10**6
MOST_OBJECTS = 300 * MEGABYTE  # bytes of texts, lists, tables and sequences
MOST_NUMBERS = 25_000_000  # in the arrays of a file's data; 200 MB
MOST_COMPUTED = 400 * MEGABYTE  # bytes of what an iteration makes of them

# bytes, about, on a 64-bit machine
SEQUENCE = 700  # with its arrays
TIMESTEP = 40  # its symbol and its mask
TEXT = 60  # and one for each character
ENTRY = 300  # of a table, with its place in the file
TABLE = 1_000  # named in a key or header of TOML, with what is noted of it while it is read
LIST = 200
ELEMENT = 70  # of a list


def check_fits(
    what: str, size: int, most: int, place: SourcePlace | None = None, hint: str = ""
) -> None:
    """Refuse what would take more than `most` bytes.

    Raises InputError with both sizes.
    """
    if size > most:
        raise InputError(Problem(too_large(what, size, most), place, hint))


def too_large(what: str, size: int, most: int) -> str:
    """That something would take more than the most there is for it."""
    return f"{what} would take {in_words(size)} of memory, and {in_words(most)} is the most"


def in_words(size: int) -> str:
    """A number of bytes, as people say it.

    >>> in_words(3_400_000_000), in_words(25_000_000)
    ('3.4 GB', '25 MB')
    """
    for factor, unit in ((10**12, "TB"), (10**9, "GB"), (MEGABYTE, "MB")):
        if size >= factor:
            number = size / factor
            return f"{number:,.0f} {unit}" if number >= 10 else f"{number:.2g} {unit}"
    return f"{size:,} bytes"
