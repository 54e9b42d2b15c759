"""Files of sequences written and read, for tests of the formats."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from rnntui.data.formats.opening import open_sequences, read_source
from rnntui.data.formats.source import ReportProgress, Source
from rnntui.data.sequence_file import SequenceFile
from rnntui.data.sequences import Data
from rnntui.text.problems import InputError


def read_sequences_of(
    file: Path, progress: ReportProgress | None = None, kind: str = "", symbols: bool = False
) -> Data:
    """The sequences of a file without a model."""
    with Source(file, progress) as source:
        return read_source(source, kind, symbols)


def read(name: str, content: str | bytes, **given: Any) -> Data:
    """The sequences of a file with this name and content."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_sequences_of(file, **given)


def opened(name: str, content: str | bytes, **given: Any) -> SequenceFile:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_sequences(file, **given)


def said(folder: Path, name: str, content: bytes, **given: Any) -> str:
    """All that is printed about a file with this content."""
    (folder / name).write_bytes(content)
    with pytest.raises(InputError) as refused:
        open_sequences(folder / name, **given)
    return str(refused.value).replace(str(folder / name), name)
