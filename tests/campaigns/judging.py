"""Running one case in this process, and what a bad answer is."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import traceback
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from click.testing import CliRunner, Result

from rnntui.cli import main

from .cases import Case

SECONDS = 5.0  # of processor time, so that a busy machine is not taken for a slow program


@dataclass(frozen=True)
class Fault:
    """A bad answer. where: what makes it the same fault as another; detail: for its reader."""

    kind: str
    where: str
    detail: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Two faults with one key are counted as one."""
        return self.kind, self.where


class _TooLongError(BaseException):
    """Not to be caught by what it interrupts."""


def judge(case: Case) -> Fault | None:
    """Run a case in a folder of its own; what is wrong with the answer, if anything is."""
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder, contextlib.chdir(folder):
        for name, content in case.files.items():
            Path(name).write_bytes(content)
        return _judged(case)


def _judged(case: Case) -> Fault | None:
    command = case.arguments[0]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", RuntimeWarning)
        try:
            with _alarm():
                # with colour, because else click takes out what it knows of control characters
                result = CliRunner().invoke(main, case.arguments, color=True)
        except _TooLongError as error:
            return Fault("slow", command, place(error.__traceback__))
    if result.exc_info is not None and isinstance(result.exception, MemoryError):
        return Fault("memory", command, place(result.exc_info[2]))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        assert result.exc_info is not None
        where = f"{type(result.exception).__name__} {place(result.exc_info[2])}"
        return Fault("exception", where, str(result.exception)[:300])
    if warned:
        first = warned[0]
        where = f"{Path(first.filename).name}:{first.lineno}"
        return Fault("warning", f"{str(first.message)[:60]} {where}")
    return _of_answer(command, result)


def _of_answer(command: str, result: Result) -> Fault | None:
    if result.exit_code not in (0, 1, 2):
        return Fault("status", f"{command} {result.exit_code}")
    said = result.stderr
    if result.exit_code == 2 and not _is_clear(said):
        return Fault("no clear message", command, said[:300])
    for name, text in (("output", result.stdout), ("message", said)):
        for at, character in enumerate(text):
            if _is_obeyed(character):
                where = f"{command} {name} U+{ord(character):04X}"
                return Fault("control character", where, repr(text[max(at - 80, 0) : at + 40]))
    return None


def _is_clear(said: str) -> bool:
    """One line that says what is wrong, as the first or, below `Usage:`, as the last."""
    lines = said.strip().splitlines()
    if not lines or "Traceback" in said:
        return False
    if lines[0].startswith("Usage: "):
        return lines[-1].startswith("Error: ")
    message = lines[0].removeprefix("rnntui: ")
    return message != lines[0] and len(message) > 8


def _is_obeyed(character: str) -> bool:
    """Whether a terminal, or an editor, would obey a character instead of showing it."""
    if character < "\x7f":
        return character < " " and character not in "\n\t"
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def place(trace: TracebackType | None) -> str:
    """The last line of ours that was being run."""
    frames = [f for f in traceback.extract_tb(trace) if f"rnntui{os.sep}" in f.filename]
    ours = [
        f
        for f in frames
        if f"tests{os.sep}" not in f.filename and "site-packages" not in f.filename
    ]
    last = ours[-1] if ours else None
    return f"{Path(last.filename).name} {last.name}" if last else "nowhere of ours"


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
