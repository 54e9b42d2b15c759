"""Opening a file of sequences in any format, or standard input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnntui.data.formats.json_data import read_json, read_json_lines
from rnntui.data.formats.kinds import kind_of
from rnntui.data.formats.numpy_arrays import read_npy, read_npz
from rnntui.data.formats.options import ModelOptions, sequence_file_from_data
from rnntui.data.formats.source import ReportProgress, Source
from rnntui.data.formats.table import read_table
from rnntui.data.formats.text_lines import read_text
from rnntui.data.sequence_file import SequenceFile, parse_sequence_file, read_sequence_file
from rnntui.data.sequences import Data
from rnntui.text.problems import InputError, Problem

_MOST_TOML = 1 << 26  # bytes, as for a sequence file that is opened by its name


def open_sequences(
    file: str | Path,
    options: ModelOptions | None = None,
    progress: ReportProgress | None = None,
    kind: str = "",
    symbols: bool = False,
    overrides: Sequence[str] = (),
) -> SequenceFile:
    """A sequence file, or a file of sequences with a model by options; `-` is standard input.

    kind: one of `kinds.KINDS`, or "" to tell by the file's ending or else by its content.
    symbols: in tables, columns of symbols even where they begin with a number. overrides: keys of
    the sequence file to set, as `--set` writes them. progress is called with the bytes read so
    far and in all (None if not known).
    Raises InputError with every problem found; also for options where the file has its own model.
    """
    if str(file) != "-" and Path(file).suffix == ".toml" and not kind:
        _refuse_options(options)
        return read_sequence_file(file, overrides)
    with Source(file, progress) as source:
        kind = kind_of(source, kind)
        if kind == "toml":
            _refuse_options(options)
            return parse_sequence_file(source.text(_MOST_TOML), source.name, overrides)
        data = read_source(source, kind, symbols)
    return sequence_file_from_data(data, source.name, options, overrides)


def read_source(source: Source, kind: str = "", symbols: bool = False) -> Data:
    """The sequences of a source that has no model: text, CSV, TSV, JSON, JSON Lines, .npy, .npz.

    kind and symbols are those of `open_sequences`. Raises InputError with the problems found.
    """
    kind = kind_of(source, kind)
    match kind:
        case "toml":
            raise source.refusal("this is a sequence file, and what is wanted is data alone")
        case "text":
            return read_text(source)
        case "csv":
            return read_table(source, ",", symbols)
        case "tsv":
            return read_table(source, "\t", symbols)
        case "json":
            return read_json(source)
        case "jsonl":
            return read_json_lines(source)
        case "npy":
            return read_npy(source)
    return read_npz(source)


def _refuse_options(options: ModelOptions | None) -> None:
    if options not in (None, ModelOptions()):
        hint = "leave the options out, or change the file"
        raise InputError(Problem("a sequence file has a model and settings of its own", None, hint))
