"""CSV and TSV: one timestep a row, under a header that says what each column is."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rnntui.data.fields import counted
from rnntui.data.formats.cells import CellError, looks_numeric, read_numbers, shown
from rnntui.data.formats.columns import NAMES, Column, read_columns
from rnntui.data.formats.dialect import UNCLOSED, Dialect, explain, is_unclosed, sniff
from rnntui.data.formats.rows import Array, Symbols, TimestepRows, data_of
from rnntui.data.formats.source import Source, TextBlock
from rnntui.data.sequences import Data
from rnntui.text.memory import SEQUENCE, TIMESTEP
from rnntui.text.problems import InputError, Problem, SourcePlace

_MOST_COLUMNS = 10_000
_FIRST = 100  # rows, by which columns of symbols are told
Values = npt.NDArray[np.generic]


def read_table(source: Source, fallback: str = ",", symbols: bool = False) -> Data:
    """The sequences of a table with a header.

    Columns x… are the input and y… or target… the target, numbers all of them; or the only one of
    its kind has symbols, where none of its first cells is a number or `symbols` says so. mask is
    the weight of each row's loss. A new sequence begins after a blank line (or a row of empty
    cells), where reset is 1, and where sequence or id changes. fallback: the delimiter where none
    can be told. Raises InputError with line and column: every bad header, or the first bad cell.
    """
    table: _TableReader | None = None
    waiting: TextBlock | None = None  # it ends within a quoted cell
    for following in source.blocks():
        block = following
        if waiting is not None:
            block = TextBlock(waiting.line, waiting.lines + following.lines)
        if table is None:
            start = next((n for n, line in enumerate(block.lines) if line.strip()), None)
            if start is None:
                continue
            lines = block.lines[start:]
            table = _TableReader(source, sniff(lines, fallback), symbols)
            table.read_header(block.line + start, lines[0])
            block = TextBlock(block.line + start + 1, lines[1:])
        waiting = table.read(block)
    if table is None:
        raise source.refusal("the table is empty", f"columns are {NAMES}")
    if waiting is not None:
        raise table.unclosed(waiting)
    return table.data()


class _TableReader:
    """Takes blocks of lines one after the other, and holds the columns of all rows."""

    def __init__(self, source: Source, dialect: Dialect, symbols: bool) -> None:
        self.source, self.dialect, self.symbols = source, dialect, symbols
        self.columns: list[Column] = []
        self.starts: list[int] = []
        self.count = 0  # rows so far
        self.after_blank = True  # the next row starts a sequence
        self.ids: dict[str, None] = {}  # the last one is that of the last row

    def read_header(self, number: int, line: str) -> None:
        """Read the line that names the columns."""
        if (count := line.count(self.dialect.delimiter)) >= _MOST_COLUMNS:
            message = f"there are {count + 1:,} columns, and {_MOST_COLUMNS:,} are the most"
            raise InputError(Problem(message, self._place(number, line, 0), f"columns are {NAMES}"))
        try:
            (headers,) = self.dialect.reader([line])
        except csv.Error as error:
            raise self._refusal(TextBlock(number, [line]), 0, error) from None
        self.columns, problems = read_columns(headers)
        if problems:
            raise InputError(
                Problem(message, self._place(number, line, column), hint)
                for column, message, hint in problems
            )

    def read(self, block: TextBlock) -> TextBlock | None:
        """Add the rows of a block; what is left of it where it ends within a quoted cell."""
        if self._read_numbers(block):
            return None
        try:
            records = list(self.dialect.reader(block.lines))
        except csv.Error as error:
            start = self._malformed(block)
            if not is_unclosed(error):
                raise self._refusal(block, start, error) from None
            if start:
                self.read(TextBlock(block.line, block.lines[:start]))
            return TextBlock(block.line + start, block.lines[start:])
        kept = [number for number, record in enumerate(records) if record]
        try:
            self._add_records(records, kept)
        except CellError:
            # rows of empty cells, as spreadsheets write them, are blank lines too
            kept = [number for number in kept if "".join(records[number]).strip()]
            try:
                self._add_records(records, kept)
            except CellError as bad:
                place = self._record_place(block, kept[bad.row], bad.column)
                raise InputError(Problem(bad.message, place, bad.hint)) from None
        return None

    def unclosed(self, block: TextBlock) -> InputError:
        """The problem of a file that ends within a quoted cell, as `read` left it over."""
        return self._refusal(block, 0, csv.Error(UNCLOSED))

    def data(self) -> Data:
        """All sequences. Raises InputError if there is none."""
        if not self.count:
            raise self.source.refusal("there are no rows below the header", "one for each timestep")
        inputs = self._together("x")
        assert inputs is not None
        mask = self._together("mask")
        rows = TimestepRows(
            inputs if isinstance(inputs, Symbols) else inputs.reshape(self.count, -1),
            self._together("y"),
            mask if isinstance(mask, np.ndarray) else np.ones(self.count),
            self.starts,
        )
        return data_of(rows, self.source.name)

    def _together(self, role: str) -> Array | Symbols | None:
        """What the columns of a role hold: (rows, columns), (rows,) of one, symbols, or None."""
        columns = [column for column in self.columns if column.role == role]
        if not columns:
            return None
        (first, *others) = columns
        if first.symbolic:
            return Symbols(np.concatenate(first.parts).astype(np.intp), first.coder.symbols)
        if not others:
            return np.concatenate(first.parts).astype(np.float64)
        together = np.empty((self.count, len(columns)))
        for number, column in enumerate(columns):
            np.concatenate(column.parts, out=together[:, number])
            column.parts.clear()  # all of them twice would be the most memory of all
        return together

    def _read_numbers(self, block: TextBlock) -> bool:
        """Add the rows of a block in one go, three times as fast, if they are plainly numbers."""
        plain = self.count and all(not c.symbolic and c.role != "id" for c in self.columns)
        if not plain or any(self.dialect.quote in line for line in block.lines):
            return False
        kept = [number for number, line in enumerate(block.lines) if line.strip()]
        if not kept:
            return False
        lines = [block.lines[number] for number in kept]
        try:
            values = np.loadtxt(lines, delimiter=self.dialect.delimiter, comments=None, ndmin=2)
        except ValueError:
            return False  # the reader of cells says why, and where
        if values.shape[1] != len(self.columns) or not np.isfinite(values).all():
            return False
        try:
            self._add(list(values.T), [], kept, len(block.lines))
        except CellError:
            return False
        return True

    def _add_records(self, records: Sequence[Sequence[str]], kept: Sequence[int]) -> None:
        """Add the records that are no blank lines. Raises CellError, and then none is added."""
        rows = [records[number] for number in kept]
        for number, row in enumerate(rows if set(map(len, rows)) - {len(self.columns)} else ()):
            if len(row) != len(self.columns):
                message = f"this row has {counted(len(row), 'cell')}"
                hint = f"the header has {len(self.columns)}"
                raise CellError(number, min(len(row), len(self.columns)), message, hint)
        if rows and not self.count:
            self._tell_symbols(rows[:_FIRST])
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        values: list[Values] = [np.empty(0)] * len(self.columns)
        ids: Sequence[str] = ()
        # symbols come last: their alphabet must not have those of a row that is refused
        for number in sorted(range(len(cells)), key=lambda n: self.columns[n].symbolic):
            column = self.columns[number]
            if column.role == "id":
                ids = [cell.strip() for cell in cells[number]]
                self._refuse_empty(ids, number, "write the name of the sequence")
            elif column.symbolic:
                self._refuse_empty(cells[number], number, "write a symbol")
                values[number] = column.coder.encode(cells[number])
            else:
                values[number] = read_numbers(
                    cells[number], number, column.name, self._hint(column)
                )
        self._add(values, ids, kept, len(records))

    def _add(
        self, values: Sequence[Values], ids: Sequence[str], kept: Sequence[int], of: int
    ) -> None:
        """Add the rows with these values, by column; `kept` are their numbers among `of` lines."""
        starts = np.diff(np.array([-1, *kept])) > 1  # a blank line was left out before it
        if kept:
            starts[0] |= self.after_blank
        for number, column in enumerate(self.columns):
            if column.role == "mask":
                self._refuse(
                    values[number].astype(np.float64) < 0,
                    number,
                    "a mask is 0 or more",
                    "it weighs a loss",
                )
            elif column.role == "reset":
                wrong = (values[number] != 0) & (values[number] != 1)
                self._refuse(wrong, number, "reset is 0 or 1", "1 where a sequence starts")
                starts |= values[number] == 1
        roles = [column.role for column in self.columns]
        if "id" in roles:  # last, because it remembers them
            starts |= self._changes(ids, roles.index("id"))
        for column, part in zip(self.columns, values, strict=True):
            column.parts.append(part)
        symbolic = sum(column.symbolic for column in self.columns)
        row = 8 * len(self.columns) + (1 + symbolic) * TIMESTEP
        self.source.take(int(starts.sum()) * SEQUENCE + len(kept) * row)
        self.starts += (np.flatnonzero(starts) + self.count).tolist()
        self.count += len(kept)
        self.after_blank = kept[-1] < of - 1 if kept else self.after_blank or of > 0

    def _changes(self, ids: Sequence[str], column: int) -> npt.NDArray[np.bool_]:
        """Which rows have another id than the row before them."""
        last = next(reversed(self.ids), "")
        changes = np.array([a != b for a, b in zip((last, *ids), ids, strict=False)], dtype=bool)
        new: dict[str, None] = {}
        for row in np.flatnonzero(changes).tolist():
            if ids[row] in self.ids or ids[row] in new:
                message = f"sequence {shown(ids[row])} has ended before"
                raise CellError(row, column, message, "the rows of a sequence stand together")
            new[ids[row]] = None
        self.ids |= new
        return changes

    def _tell_symbols(self, rows: Sequence[Sequence[str]]) -> None:
        """Tell by the first rows which columns have symbols."""
        for number, column in enumerate(self.columns):
            if column.role in "xy" and column.alone:
                numeric = any(looks_numeric(row[number]) for row in rows)
                column.symbolic = self.symbols or not numeric

    def _hint(self, column: Column) -> str:
        """What to say of a cell that is no number."""
        if column.role not in "xy":
            return ""
        if column.alone:
            return "the column has numbers; `--symbols` reads them as symbols"
        return f"symbols stand in one column alone, named {column.role}"

    def _refuse_empty(self, cells: Sequence[str], column: int, hint: str) -> None:
        if "" in cells:
            message = f"there is nothing in column `{self.columns[column].name}`"
            raise CellError(cells.index(""), column, message, hint)

    def _refuse(self, wrong: Values, column: int, message: str, hint: str) -> None:
        if wrong.any():
            raise CellError(int(wrong.argmax()), column, message, hint)

    def _record_place(self, block: TextBlock, record: int, column: int) -> SourcePlace:
        """Where a cell of the block's record number `record` (from 0) stands."""
        reader = self.dialect.reader(block.lines)
        start = 0
        for _ in range(record + 1):
            start = reader.line_num
            next(reader)
        text = "\n".join(block.lines[start : reader.line_num])
        return self._place(block.line + start, text, column)

    def _place(self, number: int, record: str, column: int) -> SourcePlace:
        """Where a cell of a record stands whose first line has this number."""
        offset = self.dialect.cell_start(record, column)
        before = record[:offset].split("\n")
        line = record.split("\n")[len(before) - 1]
        return self.source.place(number + len(before) - 1, len(before[-1]) + 1, line)

    def _malformed(self, block: TextBlock) -> int:
        """The index of the line in which the first malformed record starts."""
        reader = self.dialect.reader(block.lines)
        start = 0
        try:
            for _ in reader:
                start = reader.line_num
        except csv.Error:
            pass
        return start

    def _refusal(self, block: TextBlock, start: int, error: csv.Error) -> InputError:
        message, hint = explain(error)
        place = self.source.place(block.line + start, 1, block.lines[start])
        return InputError(Problem(message, place, hint))
