"""Plain text: one sequence a line, of characters or of words."""

from __future__ import annotations

from itertools import accumulate, chain

import numpy as np

from rnntui.data.formats.rows import Coder, Symbols, TimestepRows, data_of
from rnntui.data.formats.source import Source
from rnntui.data.sequences import Data
from rnntui.text.memory import SEQUENCE, TEXT, TIMESTEP


def read_text(source: Source) -> Data:
    """The sequences of a text.

    Each line is a sequence; blank lines, and white space at the ends of a line, are nothing. Where
    any line has white space within it, the symbols are the words between, in all lines; else they
    are the characters (code points). No character is special: `#` starts no comment, because it is
    a symbol of published tasks. The alphabet is in order of appearance.
    Raises InputError where there is no sequence, or too large an alphabet for its length.
    """
    lines: list[str] = []
    words = False
    for block in source.blocks():
        stripped = [line for line in map(str.strip, block.lines) if line]
        words = words or any(len(line.split(None, 1)) > 1 for line in stripped)
        characters = sum(map(len, stripped))
        symbols_at_most = characters // 2 if words else characters
        source.take(
            len(stripped) * (TEXT + SEQUENCE)
            + characters
            + symbols_at_most * (TIMESTEP + (TEXT if words else 0))
        )
        lines += stripped
    if not lines:
        raise source.refusal("there is no sequence in the file", "write one a line")
    sequences = [line.split() for line in lines] if words else lines
    symbols = list(chain.from_iterable(sequences))
    coder = Coder()
    codes = coder.encode(symbols)
    starts = [0, *accumulate(map(len, sequences))][:-1]
    rows = TimestepRows(Symbols(codes, coder.symbols), None, np.ones(len(codes)), starts)
    return data_of(rows, source.name)
