"""The content of a file or of standard input: unpacked, decoded and bounded, block by block."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from rnntui.text.memory import MOST_OBJECTS, too_large
from rnntui.text.opening import open_to_read
from rnntui.text.problems import InputError, Problem, SourcePlace

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Bytes read so far and in all; None where that is not known, as of a pipe.
ReportProgress = Callable[[int, int | None], None]

STANDARD_INPUT = "standard input"
# Of anything, unpacked: a small gzip file may unpack to a thousand times its size.
MOST_BYTES = 1 << 30
_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 25
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class TextBlock:
    """Whole lines of a text: the number of the first one, and all of them without line ends."""

    line: int
    lines: list[str]


class _Reported(RawIOBase):
    """The bytes as they are stored; a chunk is reported when the next is asked for, so dealt with."""

    def __init__(self, stream: BinaryIO, report: ReportProgress, total: int | None) -> None:
        self._stream, self._report, self._total = stream, report, total
        self._read = self._reported = 0

    def readable(self) -> bool:
        """Yes, and no more than that."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """As much of the next chunk as the buffer has room for."""
        if self._read > self._reported:
            self._reported = self._read
            self._report(self._read, self._total)
        view = memoryview(buffer).cast("B")
        chunk = self._stream.read(len(view))
        view[: len(chunk)] = chunk
        self._read += len(chunk)
        return len(chunk)


class Source:
    """What is in a file (or in standard input, `-`), unpacked if it is gzip.

    A context that closes the file. head: the first bytes, to tell the format by. Reading reports
    progress after every chunk, in bytes of the file as it is stored. Everything here raises
    InputError where the file cannot be read, is empty, larger than MOST_BYTES, corrupt, or not
    UTF-8.
    """

    def __init__(self, file: str | Path, progress: ReportProgress | None = None) -> None:
        self.name = STANDARD_INPUT if str(file) == "-" else str(file)
        self._progress = progress or (lambda done, total: None)
        self._taken = 0
        self._stream, self._total = self._open(file)
        try:
            self._chunks = self._bounded(self._unpacked())
            self.head = next(self._chunks, b"")
            if not self.head:
                raise self.refusal("the file is empty", "it has at least one sequence")
        except InputError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Standard input belongs to Python."""
        if self._stream is not sys.stdin.buffer:
            self._stream.close()

    def refusal(self, message: str, hint: str = "") -> InputError:
        """A problem of the file as a whole."""
        return InputError(Problem(message, SourcePlace(0, file=self.name), hint))

    def place(self, line: int, column: int, text: str) -> SourcePlace:
        """A place in the text: 1-based line and column, and the line itself."""
        return SourcePlace(line, column, text, self.name)

    def take(self, size: int) -> None:
        """Count bytes of memory for what is being made of the content, before it is made."""
        self._taken += size
        if self._taken > MOST_OBJECTS:
            what = "what is in the file" if self._total is not None else "what comes in"
            message = too_large(what, self._taken, MOST_OBJECTS).replace("would", "would already")
            raise self.refusal(message, "take a part of it, or longer sequences")

    def chunks(self) -> Iterator[bytes]:
        """The content from its start. To be called once, as are the next three."""
        yield self.head
        yield from self._chunks

    def content(self, most: int) -> bytes:
        """The whole content, at most `most` bytes."""
        content = bytearray()
        for chunk in self.chunks():
            content += chunk
            if len(content) > most:
                raise self._too_large(most)
        return bytes(content)

    def text(self, most: int) -> str:
        """The whole text, at most `most` bytes, its lines ending in LF."""
        parts: list[str] = []
        size = 0
        for block in self.blocks():
            parts.append("\n".join(block.lines))
            size += len(parts[-1])
            if size > most:
                raise self._too_large(most)
        return "\n".join(parts)

    def blocks(self) -> Iterator[TextBlock]:
        """The lines of the text, a mebibyte or so at a time.

        Lines end in LF, CR LF or CR; a byte order mark is left out.
        """
        line, rest = 1, bytearray()
        for number, chunk in enumerate(self.chunks()):
            if number == 0:
                if chunk.startswith(_UTF_16):
                    raise self.refusal("the file is UTF-16", "save it as UTF-8")
                chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
            end = chunk.rfind(b"\n") + 1
            rest += chunk[:end]
            if len(rest) + len(chunk) > _LONGEST_LINE:
                raise self.refusal(
                    f"line {line} is longer than {_LONGEST_LINE >> 20} MiB, the most that is read",
                    "write one sequence a line",
                )
            if end:
                block = TextBlock(line, self._lines(bytes(rest), line))
                yield block
                line += len(block.lines)
                rest.clear()
            rest += chunk[end:]
        if rest:
            yield TextBlock(line, self._lines(bytes(rest), line))

    def _open(self, file: str | Path) -> tuple[BinaryIO, int | None]:
        if str(file) == "-":
            return sys.stdin.buffer, None
        path = Path(file)
        try:
            if path.is_dir():  # opening one fails with another error on each system
                raise self.refusal("this is a directory, not a file of sequences")
            stream = open_to_read(path)
            return stream, path.stat().st_size if path.is_file() else None
        except FileNotFoundError:
            raise self.refusal("there is no such file") from None
        except (OSError, ValueError) as error:  # ValueError: no file can have such a name
            raise self._unreadable(error) from None

    def _unpacked(self) -> BufferedIOBase:
        """The content as it is read, a member of a gzip file after the other."""
        stored = BufferedReader(_Reported(self._stream, self._progress, self._total), _CHUNK)
        try:
            packed = stored.peek(2).startswith(_GZIP)
        except OSError as error:
            raise self._unreadable(error) from None
        if packed:
            return gzip.GzipFile(fileobj=stored)
        if self.name.endswith(".gz") and stored.peek(1):
            raise self.refusal("this is not gzip, as the file's name says")
        return stored

    def _bounded(self, content: BufferedIOBase) -> Iterator[bytes]:
        """The content a chunk at a time."""
        size = 0
        while chunk := self._chunk(content):
            size += len(chunk)
            if size > MOST_BYTES:
                raise self._too_large(MOST_BYTES)
            yield chunk

    def _chunk(self, content: BufferedIOBase) -> bytes:
        try:
            return content.read(_CHUNK)
        except EOFError:
            raise self.refusal("the gzip data is cut off", "was it copied as a whole?") from None
        except (gzip.BadGzipFile, zlib.error):
            raise self.refusal("the gzip data is corrupt", "compress it again") from None
        except OSError as error:
            raise self._unreadable(error) from None

    def _lines(self, content: bytes, line: int) -> list[str]:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            start = error.start
            message = f"the file is not UTF-8: byte 0x{content[start]:02x}"
            place = self._byte_place(content, start, line)
            raise InputError(Problem(message, place, "save it as UTF-8")) from None
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in text:
            start = content.index(b"\0")
            message = "there is a NUL byte, so this is a binary file, not a text"
            raise InputError(Problem(message, self._byte_place(content, start, line)))
        lines = text.split("\n")
        return lines if lines[-1] else lines[:-1]

    def _byte_place(self, content: bytes, offset: int, line: int) -> SourcePlace:
        """Where a byte of a block stands that starts at `line`."""
        before = content[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        last = before.rpartition(b"\n")[2]
        after = content[offset : offset + 80].split(b"\n")[0].rstrip(b"\r")
        text = (last + after).decode("utf-8", "backslashreplace")
        line += before.count(b"\n")
        return self.place(line, len(last.decode("utf-8")) + 1, text)

    def _unreadable(self, error: OSError | ValueError) -> InputError:
        return self.refusal(f"the file cannot be read: {getattr(error, 'strerror', None) or error}")

    def _too_large(self, most: int) -> InputError:
        size = f"{most >> 20} MiB" if most >> 20 else f"{most} bytes"
        return self.refusal(f"the file holds more than {size}, the most that is read", "split it")
