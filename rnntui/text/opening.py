"""Opening a file to read it, where what has that name may be no file."""

from __future__ import annotations

import io
import os
import select
import stat
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PATIENCE = 5.0  # seconds for which somebody is waited for who writes to a pipe
_LOOK = 0.05  # seconds between two looks


def open_to_read(path: Path) -> BinaryIO:
    """The content of a file, or of a pipe that somebody writes to.

    Raises OSError where it cannot be opened, for a pipe that nobody writes to after `PATIENCE`.
    """
    # what the shell makes for <(command) has its writer, and is waited for like standard input
    if not stat.S_ISFIFO(os.stat(path).st_mode) or str(path).startswith(("/dev/fd/", "/proc/")):
        return path.open("rb")
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        first = _first_byte(handle)
    except BaseException:
        os.close(handle)
        raise
    os.set_blocking(handle, True)
    return io.BufferedReader(_Pipe(handle, first))


def _first_byte(handle: int) -> bytes:
    """What was read to find out whether there is a writer: a byte, or nothing if he is not so far."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        select.select([], [], [], _LOOK)
        try:
            if first := os.read(handle, 1):
                return first
        except BlockingIOError:  # he is there, and has not written yet
            return b""
    raise OSError(f"nobody has written to this pipe for {PATIENCE:g} seconds")


class _Pipe(io.FileIO):
    """A pipe from its first byte on, which was taken already."""

    def __init__(self, handle: int, first: bytes) -> None:
        super().__init__(handle, "rb")
        self._first = first

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """As FileIO."""
        if not self._first:
            return super().readinto(buffer)
        view = memoryview(buffer).cast("B")
        view[:1], self._first = self._first, b""
        return 1
