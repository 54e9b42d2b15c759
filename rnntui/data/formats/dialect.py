"""How a table is written down: its delimiter and quotes, and where each cell of a record stands."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = ",;\t|"
_SAMPLE = 4096  # characters; the sniffer's patterns take long on long texts
UNCLOSED = "unexpected end of data"  # what csv says where the text ends within a quoted cell
_MESSAGES = {
    UNCLOSED: ("a quoted cell is not closed", ""),
    "field larger": ("a cell is longer than 131072 characters", "is a quote not closed?"),
    "expected after": ("text stands after a closing quote", 'write a quote in a cell twice: ""'),
}


@dataclass(frozen=True)
class Dialect:
    """How cells are separated and quoted. A quote within a quoted cell is written twice."""

    delimiter: str
    quote: str = '"'
    skip_space: bool = False  # a space after a delimiter belongs to no cell

    def reader(self, lines: Sequence[str]) -> Reader:
        """A reader of records that refuses what is malformed."""
        return csv.reader(
            # with its line end, a line break within quotes is part of the cell
            (line + "\n" for line in lines),
            delimiter=self.delimiter,
            quotechar=self.quote,
            skipinitialspace=self.skip_space,
            strict=True,
        )

    def cell_start(self, record: str, index: int) -> int:
        """The offset in a record's text where cell number `index` (from 0) starts; else its end."""
        cell, start, quoted = 0, 0, False
        for offset, character in enumerate(record):
            if cell == index and not quoted:
                break
            if character == self.quote and (quoted or self._opens(record[start:offset])):
                quoted = not quoted  # a quote written twice closes and opens again
            elif character == " " and self.skip_space and not record[start:offset].strip(" "):
                continue  # where spaces separate cells, several of them are as one
            elif character == self.delimiter and not quoted:
                cell, start = cell + 1, offset + 1
        if cell < index:
            return len(record)
        return start + len(record[start:]) - len(record[start:].lstrip(" "))

    def _opens(self, before: str) -> bool:
        """Whether a quote opens one, given what stands before it in its cell."""
        return not before.strip(" ") or before.endswith(self.quote)


def sniff(lines: Sequence[str], fallback: str) -> Dialect:
    """The dialect of a table whose header is the first of the lines.

    Where the header has spaces and no other delimiter, cells are separated by spaces. The standard
    library's sniffer is believed where what it says goes with the header, which can have nothing
    but names in it: it is easily misled by decimal commas and by lone quotes.
    """
    header = lines[0].strip(" ")
    if " " in header and not any(delimiter in header for delimiter in DELIMITERS):
        return Dialect(" ", skip_space=True)
    delimiter = max(fallback + DELIMITERS, key=header.count)  # the first of the most frequent
    quote = '"'
    try:
        sniffed = csv.Sniffer().sniff("\n".join(_sample(lines)), DELIMITERS)
    except csv.Error:  # it could not tell, as of a single column
        pass
    else:
        if sniffed.delimiter and sniffed.delimiter in header:
            delimiter = sniffed.delimiter
        if sniffed.quotechar == "'" and header.lstrip().startswith("'"):
            quote = "'"
    spaced = 0 < header.count(delimiter) == header.count(delimiter + " ")
    return Dialect(delimiter, quote, spaced)


def is_unclosed(error: csv.Error) -> bool:
    """Whether the text ended within a quoted cell, which may go on in the next block."""
    return UNCLOSED in str(error)


def explain(error: csv.Error) -> tuple[str, str]:
    """What is malformed, and what would be right."""
    said = str(error)
    explained = (answer for part, answer in _MESSAGES.items() if part in said)
    return next(explained, (f"the table is malformed: {said}", ""))


def _sample(lines: Sequence[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > _SAMPLE:
            return
        yield line
