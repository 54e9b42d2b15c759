"""The sequences of a file without a model, for tests of the formats."""

from __future__ import annotations

from pathlib import Path

from rnntui.data.formats.opening import read_source
from rnntui.data.formats.source import ReportProgress, Source
from rnntui.data.sequences import Data


def read_sequences_of(
    file: Path, progress: ReportProgress | None = None, kind: str = "", symbols: bool = False
) -> Data:
    with Source(file, progress) as source:
        return read_source(source, kind, symbols)
