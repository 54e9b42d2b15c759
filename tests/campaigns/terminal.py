"""The other end of a terminal: what is typed, what is shown, and how a program leaves it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_SET = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_ESCAPES = re.compile(r"\x1b\[[\d;?<>=]*[ -/]*[@-~]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")
_OFF = {"1049": "the alternate screen", "1000": "the mouse", "1003": "the mouse", "1006": "the mouse",
        "2004": "bracketed paste", "1004": "focus events"}  # fmt: skip
_KEPT = 1 << 20  # bytes of output, the last ones


class Terminal:
    """Runs a command as a job of a session in it. Use it in a `with`.

    pid: of the program. status: its exit status once it has ended. stops: how often it was stopped.
    complaints: what the shell saw.
    """

    def __init__(self, command: Sequence[str], size: tuple[int, int], environment: dict[str, str]):
        reading, writing = os.pipe()
        self._shell, self.master = pty.fork()
        if not self._shell:
            os.set_inheritable(writing, True)
            os.chdir(_ROOT)
            own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
            shell = [sys.executable, "-m", "tests.campaigns.job", str(writing), *command]
            os.execve(sys.executable, shell, {**os.environ, "PYTHONPATH": str(_ROOT), **own})
        os.close(writing)
        self.modes = termios.tcgetattr(self.master)
        self.resize(size)
        os.set_blocking(self.master, False)
        self._news, self._line = reading, b""
        self.pid, self.status, self.stops = 0, -1, 0
        self.complaints: list[str] = []
        self.output = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.pid, self._shell):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if process and (process == self._shell or self.status < 0):
                    os.kill(process, signal.SIGKILL)
        os.close(self.master)
        os.close(self._news)
        os.waitpid(self._shell, 0)

    @property
    def has_ended(self) -> bool:
        """Whether the program has, by itself."""
        return self.status >= 0

    def resize(self, size: tuple[int, int]) -> None:
        """Another number of columns and rows; the program is told."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def send(self, number: int) -> None:
        """A signal to the program."""
        with contextlib.suppress(ProcessLookupError):
            if self.pid and not self.has_ended:
                os.kill(self.pid, number)

    def stop(self, seconds: float) -> None:
        """Stop the program, and wait until it is back: what is typed meanwhile would be the shell's."""
        before = self.stops
        self.send(signal.SIGTSTP)
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.has_ended:
            self.read(0.02)
            cooked = termios.tcgetattr(self.master)[3] & termios.ICANON
            if self.stops > before and not cooked:
                return

    def write(self, keys: bytes, seconds: float) -> bool:
        """Type; what the program writes meanwhile is read. Whether it was taken in time."""
        end = time.monotonic() + seconds
        while keys and not self.has_ended:
            if time.monotonic() > end:
                return False
            self.read(0)
            with contextlib.suppress(BlockingIOError, OSError):
                keys = keys[os.write(self.master, keys) :]
                continue
            self.read(0.01)
        return True

    def read(self, seconds: float) -> bytes:
        """What the program writes within some time, or until it has ended."""
        end, found = time.monotonic() + seconds, []
        while True:
            left = max(end - time.monotonic(), 0)
            ready, _, _ = select.select([self.master, self._news], [], [], left)
            if self._news in ready:
                self._hear()
            if self.master in ready:
                with contextlib.suppress(OSError):  # the other side is closed
                    found.append(os.read(self.master, 1 << 16))
            if not ready or (self.has_ended and self.master not in ready) or not left:
                break
            if self.has_ended and not found[-1:]:
                break
        text = b"".join(found)
        self.output = (self.output + text)[-_KEPT:]
        return text

    def wait_for(self, text: bytes, seconds: float) -> bool:
        """Whether some text is written within some time."""
        end, found = time.monotonic() + seconds, b""
        while time.monotonic() < end and not self.has_ended:
            found = found[-len(text) :] + self.read(0.02)
            if text in found:
                return True
        return False

    def finish(self, seconds: float) -> bool:
        """Whether the program ends within some time."""
        end = time.monotonic() + seconds
        while not self.has_ended and time.monotonic() < end:
            self.read(0.02)
        self.read(0.1)
        return self.has_ended

    def _hear(self) -> None:
        self._line += os.read(self._news, 4096)
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            match line.decode().split():
                case ["pid", number]:
                    self.pid = int(number)
                case ["stopped", raw]:
                    self.stops += 1
                    if int(raw):
                        self.complaints.append("stopped with a raw terminal")
                case ["ended", number]:
                    self.status = int(number)
                case ["left"]:
                    self.complaints.append("processes of it are left")

    def left_on(self) -> list[str]:
        """What the program has not put back as it was."""
        last = {
            mode: switch
            for modes, switch in _SET.findall(self.output)
            for mode in modes.decode().split(";")
        }
        left = [what for mode, what in _OFF.items() if last.get(mode) == b"h"]
        if last.get("25") == b"l":
            left.append("a hidden cursor")
        if termios.tcgetattr(self.master)[:4] != self.modes[:4]:
            left.append("the terminal's modes")
        return list(dict.fromkeys(left))

    def text(self) -> str:
        """The last of what was written, without the sequences that move and colour it."""
        return _ESCAPES.sub("", self.output[-400_000:].decode("utf-8", "replace"))
