"""A file that is yet to be read, while the screen shows already where its numbers will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rnntui.data.formats.source import ReportProgress
    from rnntui.data.sequence_file import SequenceFile


class Opens(Protocol):
    """Reads one file."""

    def __call__(self, chosen: Mapping[str, Any], progress: ReportProgress | None) -> SequenceFile:
        """The file with the options chosen (`model`, `hidden`). Raises InputError."""


@dataclass(frozen=True)
class PendingFile:
    """What the app is to open.

    name: what the screen calls it meanwhile. lacks_model: whether it is data alone, so that a
    model has to be chosen first.
    """

    name: str
    opens: Opens
    lacks_model: bool = False
