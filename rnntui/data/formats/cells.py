"""The cells of one column as numbers, exactly those that people write as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
# Also what is no number but was meant as one: 0,5 and 1_000 and digits of other scripts.
_MEANT = re.compile(r"[+-]?[.,_]*\d[\d.,_]*(?:e[+-]?\d+)?", re.IGNORECASE)
_SHOWN = 40  # characters of a cell in a message


class CellError(Exception):
    """A cell that is refused: its row and column in the block (from 0), why, what would be right."""

    def __init__(self, row: int, column: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.row, self.column, self.message, self.hint = row, column, message, hint


def looks_numeric(cell: str) -> bool:
    """Whether a cell was meant as a number: `1e-3`, but also `nan` and `0,5`."""
    return bool(_MEANT.fullmatch(cell.strip()) or _NOT_FINITE.fullmatch(cell.strip()))


def read_numbers(cells: Sequence[str], column: int, name: str, hint: str = "") -> Array:
    """The numbers in one column, (rows,).

    hint: what to say of a cell that is no number at all. Raises CellError for the first cell that
    is not a finite number written as one.
    """
    text = "".join(cells)
    if "_" not in text and text.isascii():  # float takes 1_000 and digits of all scripts
        try:
            values = np.fromiter(map(float, cells), np.float64, len(cells))
        except ValueError:
            pass
        else:
            if np.isfinite(values).all():
                return values
    return np.array([_number(cell, row, column, name, hint) for row, cell in enumerate(cells)])


def shown(cell: str) -> str:
    """A cell as a message shows it: a long one cut off."""
    return f"`{cell}`" if len(cell) <= _SHOWN else f"`{cell[: _SHOWN - 1]}…`"


def _number(cell: str, row: int, column: int, name: str, hint: str) -> float:
    written = cell.strip()
    where = f"in column `{name}`"
    if _NUMBER.fullmatch(written):
        value = float(written)
        if math.isfinite(value):
            return value
        raise CellError(row, column, f"{shown(written)} {where} is too large a number", "")
    if not written:
        hint = "write a number; where there is none, mask = 0 keeps it out of the loss"
        raise CellError(row, column, f"there is nothing {where}", hint)
    if _NOT_FINITE.fullmatch(written):
        message = f"{shown(written)} {where} is not a value that can be computed with"
        raise CellError(row, column, message, "write a finite number")
    if _DECIMAL_COMMA.fullmatch(written):
        hint = f"write a decimal point: {written.replace(',', '.')}"
    raise CellError(row, column, f"{shown(written)} {where} is not a number", hint)
