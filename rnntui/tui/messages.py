"""Where progress is shown to people: standard error, which need not be readable by anybody."""

from __future__ import annotations

import contextlib
import sys
from typing import IO, Any, cast

from rich.console import Console


def progress_console() -> Console:
    """A console on standard error; what cannot be written there is not worth ending a training for."""
    return Console(file=cast(IO[str], _Forgiving(sys.stderr)))


class _Forgiving:
    """A text stream whose writing never fails."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
